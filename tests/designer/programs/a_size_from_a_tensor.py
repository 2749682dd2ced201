# input: 96
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 4, 2)

    def forward(self, x):
        sizes = torch.tensor([3, 5])
        x = self.conv(x)
        return x[..., int(sizes[0]) : -sizes[1].item()]
