# input: 300
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Causal(nn.Conv1d):
    def forward(self, x):
        left = self.dilation[0] * (self.kernel_size[0] - 1)
        return self._conv_forward(F.pad(x, (left, 0)), self.weight, self.bias)


model = Causal(1, 1, 3, dilation=4)
