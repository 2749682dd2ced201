# input: 64
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 3, 4, 4)

    def forward(self, x, t):
        if not isinstance(t, torch.Tensor):
            t = torch.tensor([t])
        elif t.dim() == 0:
            t = t[None]
        return self.conv(x)
