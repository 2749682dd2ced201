# input: 98
# answer: stopped at line 16

import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3)

    def forward(self, x):
        y = self.conv(x)
        n = y.shape[-1]
        return F.pad(y, (n > 1, 2))


model = Net()
