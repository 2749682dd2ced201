# input: 100
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 9)

    def forward(self, x):
        y = self.conv(x)
        kept = torch.index_select(x, -1, torch.arange(4, 4 + y.size(-1)))
        return kept + y
