# input: 64
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Embedding(nn.Module):
    def forward(self, t):
        rates = torch.exp(-torch.arange(8) / 8)
        angles = t[:, None] * rates[None]
        return torch.cat([angles.sin(), angles.cos()], dim=-1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(Embedding(), nn.Linear(16, 6))
        self.conv = nn.Conv1d(1, 6, 6, stride=3)

    def forward(self, x, t):
        return self.conv(x) + self.time(t).unsqueeze(-1)
