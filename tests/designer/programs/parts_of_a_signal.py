# input: 80
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 2, 5)

    def forward(self, x):
        first, second, rest = torch.split(x, [30, 30, 20], dim=-1)
        return self.conv(first) + self.conv(second)
