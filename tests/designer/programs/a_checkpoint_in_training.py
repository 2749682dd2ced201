# input: 100
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 6, stride=2, padding=2)

    def forward(self, x):
        if self.training and x.requires_grad:
            x = checkpoint(self.conv, x, use_reentrant=False)
        else:
            x = self.conv(x)
        return x
