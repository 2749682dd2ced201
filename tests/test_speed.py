"""How fast lengths are, beside the same layers in the same run; with room for a busy machine."""

import time
from collections.abc import Callable

import pytest
import torch
from tests import oracle  # noqa: F401 (It keeps torch to one thread.)
from torch import nn

from helpers import conv1d_output_length, conv_transpose1d_output_length
from helpers.layers import trace

SETTINGS = {"kernel_size": 3, "stride": 2, "padding": 1}


def times_as_fast(fast: Callable[[], object], slow: Callable[[], object], calls: int) -> float:
    """Return how many of one call take as long as the other, best of several rounds that alternate.

    What else the machine does makes a round longer, never shorter.
    """
    best = {fast: float("inf"), slow: float("inf")}
    for _ in range(9):
        for call in best:
            started = time.perf_counter()
            for _ in range(calls):
                call()
            best[call] = min(best[call], time.perf_counter() - started)
    return best[slow] / best[fast]


@pytest.mark.parametrize(
    ("length", "layer"),
    [
        (conv1d_output_length, nn.Conv1d),
        (conv_transpose1d_output_length, nn.ConvTranspose1d),
    ],
)
def test_a_length_comes_at_once(length: Callable[..., int], layer: type[nn.Module]) -> None:
    meta, ghost = layer(1, 1, **SETTINGS, device="meta"), torch.zeros(1, 1, 100, device="meta")
    with torch.no_grad():
        ratio = times_as_fast(lambda: length(100, **SETTINGS), lambda: meta(ghost), calls=300)
    assert ratio > 15  # About 50 on a quiet machine.


def test_a_thousand_layers_are_counted_faster_than_run() -> None:
    stack = nn.Sequential(*(nn.Conv1d(1, 1, 3, padding=1) for _ in range(1000)))
    signal = torch.zeros(1, 1, 16_000)
    with torch.no_grad():
        ratio = times_as_fast(lambda: trace(stack, 16_000), lambda: stack(signal), calls=1)
    assert ratio > 3
