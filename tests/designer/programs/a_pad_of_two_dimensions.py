# input: 90
# answer: stopped at line 12

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.ReflectionPad1d((2, 3)), nn.ZeroPad2d((4, 0, 0, 0)), nn.Conv1d(3, 1, 4))

    def forward(self, x):
        return self.layers(x)
