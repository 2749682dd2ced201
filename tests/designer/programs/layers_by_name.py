# input: 500
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(1, 4):
            setattr(self, "block%d" % i, nn.Sequential(nn.Conv1d(1, 1, 4, 2), nn.ReLU()))

    def forward(self, x):
        for i in range(1, 4):
            x = getattr(self, "block{}".format(i))(x)
        return x
