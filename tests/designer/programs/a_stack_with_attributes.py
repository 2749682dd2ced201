# input: 100
# answer: complete

import torch
from torch import nn


class Down(nn.Sequential):
    def __init__(self, stride):
        super().__init__(nn.Conv1d(1, 1, 4, stride=stride), nn.ReLU())
        self.stride = stride
        self.lengths = []
        self.trim = lambda y: y[..., :-1]
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x * self.scale


model = nn.Sequential(Down(3), Down(2))
