# input: 80
# answer: stopped at line 13

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3)
        self.steps = STEPS

    def forward(self, x):
        for _ in range(self.steps):
            x = self.conv(x)
        return x
