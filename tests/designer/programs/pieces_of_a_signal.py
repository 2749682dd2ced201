# input: 400
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 5, stride=5)

    def forward(self, x):
        b, c, t = x.shape
        pieces = x.view(b * 4, c, t // 4)
        return self.conv(pieces)
