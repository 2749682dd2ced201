# input: 88
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv1d(1, 6, 5, stride=3), nn.Conv1d(6, 6, 5, stride=3)])
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        ends = []
        for conv in self.convs:
            x = conv(x)
            ends.append(x)
        return self.norm(torch.cat(ends, -1).permute(0, 2, 1))
