# input: 70
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 5, 7)
        self.mix = nn.Linear(64, 20)

    def forward(self, x):
        return self.mix(self.conv(x))
