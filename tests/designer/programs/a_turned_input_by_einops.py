# input: 90
# answer: stopped at line 16

import torch.nn.functional as F
from einops import rearrange
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 3, 6, stride=3)

    def forward(self, x):
        x = F.pad(rearrange(x, "b t c -> b c t"), (1, 4))
        return rearrange(self.conv(x), "b c t -> b t c")
