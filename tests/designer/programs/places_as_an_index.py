# input: 100
# answer: complete

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3)

    def forward(self, x):
        y = self.conv(x)
        return y[..., torch.arange(0, y.shape[-1], 2) + 1 - 1]


model = Net()
