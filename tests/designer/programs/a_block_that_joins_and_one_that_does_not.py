# input: 60
# answer: stopped at line 19

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 5)
        self.short = nn.Conv1d(2, 2, 1)
        self.scale = scale

    def forward(self, x):
        y = self.conv(F.pad(x, (2, 2)))
        if self.scale:
            y = torch.einsum("bct,c->bct", y, torch.ones(2))
        return y + self.short(x)


model = nn.Sequential(Block(False), nn.MaxPool1d(3), Block(True))
