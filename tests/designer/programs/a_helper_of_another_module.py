# input: 100
# answer: stopped at line 18

import torch
import torch.nn.functional as F
from torch import nn


from .utils import crop


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 7, stride=2)

    def forward(self, x):
        return crop(self.layer(x), 2)
