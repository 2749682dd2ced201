# input: 77
# answer: complete

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 3)
        self.pool = nn.MaxPool1d(2)

    def forward(self, x):
        y = self.conv(x)
        return self.pool(y[0])


model = Net()
