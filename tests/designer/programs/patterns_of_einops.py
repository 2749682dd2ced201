# input: 90
# answer: stopped at line 19

import torch
import torch.nn.functional as F
from torch import nn


from einops import rearrange


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 6, stride=3)

    def forward(self, x):
        x = rearrange(x, "b c (t s) -> (b s) c t", s=3)
        return self.conv(x)
