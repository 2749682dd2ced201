# tool: Pyrefly
# asked: `padding="same"` with `dilation=2`

from typing import reveal_type

import torch
from torch import nn

x = torch.zeros(1, 1, 100)
same = nn.Conv1d(1, 1, 3, padding="same", dilation=2)
reveal_type(same(x))
