"""How long the arithmetic takes, beside running the real layers and PyTorch's meta device."""

import timeit
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from helpers import conv1d_output_length, conv_transpose1d_output_length, layers

SETTINGS: Any = {"kernel_size": 3, "stride": 2, "padding": 1}


def nanoseconds(call: Callable[[], object]) -> float:
    """Return the best time of one call, over five rounds of at least 0.2 seconds."""
    timer = timeit.Timer(call)
    number, _ = timer.autorange()
    return min(timer.repeat(repeat=5, number=number)) / number * 1e9


def lengths() -> list[tuple[str, float]]:
    """Time one length in five ways."""
    real = nn.Conv1d(1, 1, **SETTINGS)
    meta = nn.Conv1d(1, 1, **SETTINGS, device="meta")
    transposed = nn.ConvTranspose1d(1, 1, **SETTINGS, device="meta")
    sample, ghost = torch.zeros(1, 1, 100), torch.zeros(1, 1, 100, device="meta")
    with torch.no_grad():
        return [
            ("`conv1d_output_length`", nanoseconds(lambda: conv1d_output_length(100, **SETTINGS))),
            (
                "`conv_transpose1d_output_length`",
                nanoseconds(lambda: conv_transpose1d_output_length(50, **SETTINGS)),
            ),
            ("`nn.Conv1d` on the CPU", nanoseconds(lambda: real(sample))),
            ("`nn.Conv1d` on the meta device", nanoseconds(lambda: meta(ghost))),
            ("`nn.ConvTranspose1d` on the meta device", nanoseconds(lambda: transposed(ghost))),
        ]


def traces(depth: int = 1000) -> list[tuple[str, float]]:
    """Time the lengths through a stack of `depth` layers in three ways."""
    stack = nn.Sequential(*(nn.Conv1d(1, 1, 3, padding=1) for _ in range(depth)))
    ghosts = nn.Sequential(*(nn.Conv1d(1, 1, 3, padding=1, device="meta") for _ in range(depth)))
    sample, ghost = torch.zeros(1, 1, 16_000), torch.zeros(1, 1, 16_000, device="meta")
    with torch.no_grad():
        return [
            ("`helpers.layers.trace`", nanoseconds(lambda: layers.trace(stack, 16_000))),
            ("running the layers on the CPU", nanoseconds(lambda: stack(sample))),
            ("running them on the meta device", nanoseconds(lambda: ghosts(ghost))),
        ]
