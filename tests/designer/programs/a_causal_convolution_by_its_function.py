# input: 300
# answer: stopped at line 13

import torch
import torch.nn.functional as F
from torch import nn


class Causal(nn.Conv1d):
    def forward(self, x):
        left = self.dilation[0] * (self.kernel_size[0] - 1)
        x = F.pad(x, (left, 0))
        return F.conv1d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


model = nn.Sequential(*[Causal(1, 1, 3, dilation=2**i) for i in range(4)])
