# input: 4096
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv1d(1, 4, 15, padding=7), nn.Conv1d(4, 4, 41, 4, 20)])
        self.last = nn.Conv1d(4, 1, 3, padding=1)

    def forward(self, x):
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.last(x), features


class Scales(nn.Module):
    def __init__(self):
        super().__init__()
        self.scales = nn.ModuleList([Scale() for _ in range(3)])
        self.pool = nn.AvgPool1d(4, 2, padding=1)

    def forward(self, x):
        outputs = []
        for i, scale in enumerate(self.scales):
            outputs.append(scale(x))
            x = self.pool(x)
        return outputs
