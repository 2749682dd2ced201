# input: 77
# answer: stopped at line 16

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2)
        self.conv = nn.Conv1d(1, 1, 3)

    def forward(self, x):
        y = self.conv(x)

        y = self.up(y.flatten(1))
        return y


model = Net()
