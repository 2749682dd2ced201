# input: 90
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Stages(nn.ModuleList):
    def __init__(self):
        super().__init__([nn.Conv1d(1, 2, 5, 2), nn.Conv1d(2, 2, 5, 2)])

    def forward(self, x):
        for stage in self:
            x = stage(x).relu()
        return x


model = Stages()
