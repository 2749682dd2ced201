# input: 500
# answer: complete

from itertools import cycle

from torch import nn


def blocks(count, dilations=(1, 2, 4)):
    turns = cycle(dilations)
    return [nn.Conv1d(1, 1, 3, dilation=next(turns)) for _ in range(count)]


model = nn.Sequential(*blocks(5), nn.Conv1d(1, 1, 8, 8))
