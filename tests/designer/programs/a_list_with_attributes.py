# input: 100
# answer: complete

from torch import nn


class Layers(nn.ModuleList):
    def __init__(self):
        super().__init__([nn.Conv1d(1, 1, 3), nn.Conv1d(1, 1, 5)])
        self.hop = 8


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = Layers()
        self.last = nn.MaxPool1d(len(self.layers))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.last(x)


model = Net()
