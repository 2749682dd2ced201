# input: 100
# answer: stopped at line 9

from torch import nn

from .base import BaseModel


class Net(BaseModel):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 7, stride=2)

    def forward(self, x):
        return self.layer(x)
