# input: 70
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 5, 7)
        self.mix = nn.Linear(5, 9)

    def forward(self, x):
        x = self.conv(x).transpose(1, 2)
        return self.mix(x).transpose(1, 2)
