# input: 60
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 5, 3, padding=1)
        self.out = nn.Linear(5, 3)

    def forward(self, x):
        x = self.conv(x).permute(2, 0, 1)
        return self.out(x[0])
