# input: 60
# answer: stopped at line 17

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(1, 1, (1, 2 * s + 1), padding=(0, s)) for s in (3, 5)])

    def forward(self, x):
        x = x.unsqueeze(1)
        for scale, conv in zip((3, 5), self.convs):
            x = conv(F.interpolate(x, scale_factor=(1, scale), mode="nearest"))
        return x.squeeze(1)
