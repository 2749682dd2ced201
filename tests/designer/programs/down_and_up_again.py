# input: 80
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.ReplicationPad1d(2), nn.Conv1d(1, 4, 5), nn.ConvTranspose1d(4, 1, 10, stride=5, padding=2))

    def forward(self, x):
        return self.layers(x)
