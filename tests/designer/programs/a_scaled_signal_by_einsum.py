# input: 500
# answer: stopped at line 18

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 6, 5, stride=3)
        self.gate = nn.Linear(6, 6)

    def forward(self, x):
        x = self.conv(F.pad(x, (2, 2), mode="reflect"))
        gate = torch.sigmoid(self.gate(x.mean(dim=-1)))
        return torch.einsum("bct,bc->bct", x, gate)
