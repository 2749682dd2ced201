# input: 100
# answer: stopped at line 15

import torch
import torch.nn.functional as F
from torch import nn


from .config import KERNEL


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, KERNEL, stride=2)

    def forward(self, x):
        return self.layer(x)
