# input: 50
# answer: refused

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 6, padding=2)

    def forward(self, x):
        return self.conv(x) + x
