# input: 100
# answer: complete

from torch import nn

pool = nn.MaxPool1d(2)
backbone = nn.Sequential(
    nn.Conv1d(1, 1, 3, padding=1), pool, nn.Conv1d(1, 1, 3), pool, nn.Conv1d(1, 1, 5), nn.ReLU()
)
model = nn.Sequential(*list(backbone.children())[:-1])
