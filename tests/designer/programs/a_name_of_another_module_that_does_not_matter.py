# input: 100
# answer: complete

import torch
import torch.nn.functional as F
from torch import nn


from .utils import get_logger

log = get_logger(__name__)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 7, stride=2)

    def forward(self, x):
        log.debug("shape %s", x.shape)
        return self.layer(x)
