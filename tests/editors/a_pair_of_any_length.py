# tool: Pyrefly
# asked: the pair with `kernel_size=3`, any length $L$

from __future__ import annotations

from typing import reveal_type

from shape_extensions import IntVar
from torch import Tensor, nn

L = IntVar("L")
down = nn.Conv1d(1, 1, 3, stride=2, padding=1)
up = nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1)


def there_and_back(x: Tensor[[1, 1, L]]) -> Tensor:
    return reveal_type(up(down(x)))
