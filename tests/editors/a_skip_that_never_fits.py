# tool: Pyrefly

from __future__ import annotations

from typing import reveal_type

from shape_extensions import IntVar
from torch import Tensor, nn

L = IntVar("L")
down = nn.Conv1d(1, 1, 5, stride=2)
up = nn.ConvTranspose1d(1, 1, 4, stride=2)


def skip(x: Tensor[[1, 1, L]]) -> Tensor:
    return reveal_type(x + up(down(x)))
