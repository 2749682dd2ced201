# input: 100
# answer: stopped at line 13

from torch import nn

from .blocks import Conv1d


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(1, 4, 3)
        self.second = Conv1d(4, 4, 5)

    def forward(self, x):
        return self.second(self.first(x))
