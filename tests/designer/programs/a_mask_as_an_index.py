# input: 100
# answer: stopped at line 16

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3)

    def forward(self, x):
        keep = torch.arange(x.shape[-1]) < 60

        return self.conv(x[..., keep])


model = Net()
