# input: 100
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 5, padding=2)

    def forward(self, x):
        batch, _, length = x.size()
        x = x.reshape(batch, 1, length)
        return self.conv(F.pad(x, (3, 0)))
