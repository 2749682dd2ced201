# input: 100
# answer: stopped at line 16

import torch
import torch.nn.functional as F
from torch import nn


from .utils import activation


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 7, stride=2)
        self.act = activation("swish")

    def forward(self, x):
        return self.act(self.layer(x))
