# input: 80
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 3, padding=1)

    def forward(self, x):
        even, odd = x[..., ::2], x[..., 1::2]
        x = torch.cat([even + odd, even - odd], dim=1)
        return self.conv(x)
