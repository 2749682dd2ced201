# input: 500
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, 5, stride=3)
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.gate = nn.Sequential(nn.Linear(8, 2), nn.ReLU(), nn.Linear(2, 8), nn.Sigmoid())

    def forward(self, x):
        x = self.conv(F.pad(x, (1, 3)))
        b, c, _ = x.shape
        gate = self.gate(self.pool(x).view(b, c)).view(b, c, 1)
        return x * gate.expand_as(x)
