# input: 75
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(2, 2, 5, stride=2)
        self.two = nn.Conv1d(2, 2, 7, padding=3)

    def forward(self, x):
        x = self.one(x)
        y = self.two(x)
        return torch.cat((x.unsqueeze(0), y[None]), dim=0)
