# input: 120
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = {"fine": 3, "coarse": 9}
        self.convs = nn.ModuleDict({name: nn.Conv1d(1, 2, k) for name, k in sizes.items()})

    def forward(self, x):
        found = {name: conv(x) for name, conv in self.convs.items()}
        return {"first": found["coarse"], "second": found["fine"]}
