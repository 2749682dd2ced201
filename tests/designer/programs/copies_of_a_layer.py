# input: 120
# answer: complete

import copy

import torch
import torch.nn.functional as F
from torch import nn


def clones(layer, count):
    return nn.ModuleList([copy.deepcopy(layer) for _ in range(count)])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = clones(nn.Conv1d(2, 2, 4, stride=2), 3)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
