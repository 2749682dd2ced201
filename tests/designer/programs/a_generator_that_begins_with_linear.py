# input: 50
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Linear(50, 16 * 8)
        self.up = nn.ConvTranspose1d(16, 1, 9, stride=4, padding=3, output_padding=1)

    def forward(self, z):
        x = self.start(z).reshape(-1, 16, 8)
        return torch.tanh(self.up(x))
