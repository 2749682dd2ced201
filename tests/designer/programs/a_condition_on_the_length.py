# input: 101
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 3, 4, 4)

    def forward(self, x):
        rest = x.size(-1) % 4
        if rest:
            x = F.pad(x, (0, 4 - rest))
        return self.conv(x)
