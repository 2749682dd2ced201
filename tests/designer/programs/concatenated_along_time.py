# input: 50
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(1, 2, 3)
        self.other = nn.Conv1d(1, 2, 5)

    def forward(self, x):
        return torch.cat([self.one(x), self.other(x)], dim=2)
