# input: 60
# answer: stopped at line 18

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv1d(2, 6, 5, stride=2)
        self.conv = nn.Conv2d(1, 1, 3, stride=(3, 2), padding=(0, 1))
        self.pool = nn.MaxPool2d((1, 2))

    def forward(self, x):
        x = self.stem(x).unsqueeze(1)
        x = self.pool(self.conv(x))
        return x.flatten(1, 2)
