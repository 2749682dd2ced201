# input: 77
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 5, padding=2)

    def forward(self, x):
        if x.shape[1] % 2:
            x = torch.cat([x, x[:, -1:]], dim=1)
        x = x[:, ::2, :]
        return self.conv(x.transpose(1, 2)).transpose(1, 2)
