# tool: Pyrefly
# asked: a kernel of 200 on 100 samples

from typing import reveal_type

import torch
from torch import nn

x = torch.zeros(1, 1, 100)
reveal_type(nn.Conv1d(1, 1, 200)(x))
