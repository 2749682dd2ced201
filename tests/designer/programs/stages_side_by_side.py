# input: 75
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(2, 2, 5, padding=2)
        self.two = nn.Conv1d(2, 2, 7, padding=3)

    def forward(self, x):
        x = self.one(x)
        found = [x]
        found.append(self.two(x))
        return torch.stack(found)
