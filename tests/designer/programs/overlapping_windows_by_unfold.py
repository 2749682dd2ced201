# input: 900
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(25, 3)

    def forward(self, x):
        return self.out(x.unfold(2, 25, 5))
