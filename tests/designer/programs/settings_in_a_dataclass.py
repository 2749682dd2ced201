# input: 96
# answer: stopped at line 25

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    kernel: int = 5
    strides: list = field(default_factory=lambda: [2, 3])

    @property
    def hop(self):
        return self.strides[0] * self.strides[1]


class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.ModuleList()
        for stride in config.strides:
            self.layers.append(nn.Conv1d(1, 1, config.kernel, stride))
        self.pool = nn.AvgPool1d(config.hop)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.pool(x)


model = Net(Config(kernel=4))
