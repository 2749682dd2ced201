# input: 100
# answer: stopped at line 8

import torch
from torch import nn

conv = nn.Conv1d(1, 1, 3)
conv.weight = nn.Parameter(torch.zeros(1, 1, 7))
model = nn.Sequential(conv)
