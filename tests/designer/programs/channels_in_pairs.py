# input: 96
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 8, 4, 4)
        self.out = nn.Conv1d(4, 1, 3)

    def forward(self, x):
        x = self.conv(x)
        b, c, t = x.shape
        x = x.view(b, 2, c // 2, t).mean(1)
        return self.out(x)
