# input: 1000
# answer: complete

import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 64, 400, stride=160)

    def forward(self, x):
        x = x.squeeze(1)
        x = F.pad(x, (0, -x.shape[-1] % 160))
        return self.conv(x.unsqueeze(1))


model = Net()
