# input: 120
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 7, 5, stride=2)
        self.out = nn.Linear(7, 2)

    def forward(self, x):
        x = F.adaptive_avg_pool1d(self.conv(x), 1).permute(0, 2, 1)
        return self.out(x)
