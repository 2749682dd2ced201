# input: 100
# answer: stopped at line 10

from .common import *


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.ReLU(), AvgPool1d(4))

    def forward(self, x):
        return self.layers(x)
