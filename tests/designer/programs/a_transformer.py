# input: 80
# answer: stopped at line 14

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 4, 2)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x):
        x = self.conv(x).permute(0, 2, 1)
        return self.encoder(x).permute(0, 2, 1)
