# input: 60
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 5, 3, padding=1)

    def forward(self, x):
        return self.conv(x)[..., -1]
