# input: 80
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 4, 2)
        self.rnn = nn.LSTM(8, 16, batch_first=True, bidirectional=True)
        self.out = nn.Conv1d(32, 1, 3)

    def forward(self, x):
        x = self.conv(x).transpose(1, 2)
        x, (h, c) = self.rnn(x)
        return self.out(x.transpose(1, 2))
