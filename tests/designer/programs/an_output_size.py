# input: 81
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(1, 2, 4, stride=4)
        self.up = nn.ConvTranspose1d(2, 1, 4, stride=4)

    def forward(self, x):
        y = self.down(x)
        return self.up(y, output_size=x.size())
