# input: 100
# answer: stopped at line 7

from torch import nn

conv = nn.Conv1d(1, 1, 3)
conv.kernel_size = (9,)
model = nn.Sequential(conv)
