# input: 64
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.ModuleList(), nn.ModuleList()
        self.up.append(nn.ConvTranspose1d(2, 1, 6, stride=2, padding=2))
        self.middle = nn.Conv1d(2, 2, 3, padding=1)
        self.down.append(nn.Conv1d(1, 2, 6, stride=2, padding=2))

    def forward(self, x):
        for layer in self.down:
            x = layer(x)
        x = self.middle(x)
        for layer in self.up:
            x = layer(x)
        return x
