# input: 96
# answer: stopped at line 12

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        rates = [float(r) for r in torch.linspace(0, 0.2, 4)]
        self.layers = nn.ModuleList()
        for i, rate in enumerate(rates):
            self.layers.append(nn.Sequential(nn.Dropout(rate), nn.Conv1d(1, 1, 3, dilation=2**i)))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
