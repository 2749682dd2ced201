# input: 200
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 6, 9, stride=2)
        self.head = nn.Linear(6 * 96, 5)

    def forward(self, x):
        x = torch.relu(self.conv(x))
        return self.head(x.reshape(x.shape[0], -1))
