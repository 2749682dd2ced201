# input: 100
# answer: complete

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(1, 1, 4, stride=2)
        self.up = nn.ConvTranspose1d(1, 1, 4, stride=2)
        self.up.weight = self.down.weight

    def forward(self, x):
        return self.up(self.down(x))


model = Net()
