# input: 81
# answer: complete

import torch
from torch import nn


class Halves(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(2, 1, 6, stride=2, padding=2)

    def forward(self, x):
        return self.layer(x)


class Thirds(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(2, 1, 9, stride=3, padding=3)

    def forward(self, x):
        return self.layer(x)
