# input: 90
# answer: stopped at line 16

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 3, 4, 4)

    def forward(self, x):
        if x.shape[-1] % 4 != 0:
            raise ValueError("the length has to be a multiple of 4")
        return self.conv(x)
