# input: 100
# answer: stopped at line 7

import collections
from collections import namedtuple
Config = namedtuple("Config", "kernel stride")
Other = collections.namedtuple("Other", ["kernel", "stride", "padding"], defaults=(1,))
config, other = Config(3, stride=2), Other(5, 3)
kernel, stride = config
model = nn.Sequential(
    nn.Conv1d(1, 1, config.kernel, stride=config.stride),
    nn.Conv1d(1, 1, *other),
    nn.MaxPool1d(stride + config[0]),
)
