# input: 100
# answer: stopped at line 19

from torch import nn


class Stack(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv1d(1, 1, 3), nn.MaxPool1d(2), nn.Conv1d(1, 1, 5))
        self.hop = 4

    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x


stack = Stack()
model = nn.Sequential(*stack[:-1])
