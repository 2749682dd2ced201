# input: 100
# answer: stopped at line 8

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, channels, depth):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Conv1d(channels, channels, 3, 2) for _ in range(depth)])

    def forward(self, x):
        return self.layers(x)
