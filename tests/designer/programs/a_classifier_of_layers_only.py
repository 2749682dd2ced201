# input: 64
# answer: complete

import torch
from torch import nn


model = nn.Sequential(
    nn.Conv1d(1, 4, 5),
    nn.MaxPool1d(2),
    nn.Flatten(),
    nn.Linear(4 * 30, 10),
)
