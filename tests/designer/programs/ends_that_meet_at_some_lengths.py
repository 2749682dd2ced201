# input: 50
# answer: refused

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(1, 1, 6, stride=3)
        self.up = nn.ConvTranspose1d(1, 1, 6, stride=3)

    def forward(self, x):
        return self.up(self.down(x)) + x
