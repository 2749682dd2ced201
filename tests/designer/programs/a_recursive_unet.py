# input: 96
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Level(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.down = nn.Conv1d(1, 1, 4, stride=2, padding=1)
        self.inner = Level(depth - 1) if depth > 1 else nn.Identity()
        self.up = nn.ConvTranspose1d(1, 1, 4, stride=2, padding=1)

    def forward(self, x):
        return x + self.up(self.inner(self.down(x)))


model = Level(4)
