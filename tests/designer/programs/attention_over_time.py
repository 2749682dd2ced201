# input: 80
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 4, 2)
        self.q, self.k, self.v = (nn.Conv1d(8, 8, 1) for _ in range(3))

    def forward(self, x):
        x = self.conv(x)
        weights = torch.softmax(self.q(x).transpose(1, 2) @ self.k(x), dim=-1)
        return self.v(x) @ weights.transpose(1, 2)
