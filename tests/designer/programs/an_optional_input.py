# input: 64
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 3, 4, 4)

    def forward(self, x, mask=None):
        x = self.conv(x)
        if mask is not None:
            x = x * mask[:, None, ::4]
        return x
