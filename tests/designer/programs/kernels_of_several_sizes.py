# input: 40
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(3, 5, k) for k in (2, 3, 7))

    def forward(self, x):
        found = [torch.relu(conv(x)).amax(dim=-1) for conv in self.convs]
        return torch.cat(found, 1)
