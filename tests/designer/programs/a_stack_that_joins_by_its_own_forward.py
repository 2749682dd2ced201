# input: 64
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Dense(nn.Sequential):
    def __init__(self, depth):
        super().__init__()
        for i in range(depth):
            self.add_module(f"layer{i}", nn.Conv1d(2 + 3 * i, 3, 5, padding=2))

    def forward(self, x):
        for name, layer in self.named_children():
            x = torch.cat((x, layer(x)), dim=1)
        return x


model = Dense(3)
