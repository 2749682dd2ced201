# input: 999
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Conv1d):
    def __init__(self):
        super().__init__(2, 3, 6, stride=4)
        self.before = nn.ReplicationPad1d((4, 1))

    def forward(self, x):
        return super().forward(self.before(x))
