# input: 777
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Conv1d):
    def __init__(self):
        super().__init__(1, 2, 9, stride=2, dilation=2)
        self.shorter = nn.AvgPool1d(3)

    def forward(self, x):
        return torch.relu(super().forward(x))
