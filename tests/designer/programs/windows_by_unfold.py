# input: 900
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(20, 6, 3)

    def forward(self, x):
        frames = x.squeeze(1).unfold(-1, 20, 10).transpose(1, 2)
        return self.conv(frames)
