# tool: Pyrefly
# asked: `x + up(down(x))` with 100 samples

from typing import reveal_type

import torch
from torch import nn

x = torch.zeros(1, 1, 100)
down = nn.Conv1d(1, 1, 3, stride=2, padding=1)
up = nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1)
reveal_type(x + up(down(x)))
