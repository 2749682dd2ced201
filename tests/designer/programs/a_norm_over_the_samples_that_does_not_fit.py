# input: 88
# answer: refused

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 6, 5, stride=3)
        self.norm = nn.LayerNorm(30)

    def forward(self, x):
        return self.norm(self.conv(x))
