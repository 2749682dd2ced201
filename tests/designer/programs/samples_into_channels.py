# input: 400
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(8, 4, 3, padding=1)

    def forward(self, x):
        b, c, t = x.shape
        x = x.view(b, c, t // 4, 4).permute(0, 1, 3, 2).reshape(b, c * 4, t // 4)
        return self.conv(x)
