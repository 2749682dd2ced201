# tool: Pyrefly
# asked: `output_padding=1` at stride 1

from typing import reveal_type

import torch
from torch import nn

x = torch.zeros(1, 1, 100)
reveal_type(nn.ConvTranspose1d(1, 1, 3, output_padding=1)(x))
