"""The other way round: all settings that lead from one length to another."""

from collections.abc import Callable, Iterable, Iterator
from typing import SupportsIndex

from helpers.lengths import conv1d_output_length, conv_transpose1d_output_length
from helpers.sizes import Conv1dSizes, ConvTranspose1dSizes, SizeError, increasing, integer

__all__ = ["conv1d_settings", "conv_transpose1d_settings"]

BOUNDS = {
    "kernel_size": range(1, 8),
    "stride": range(1, 5),
    "padding": range(0, 4),
    "dilation": range(1, 3),
}
"""Where a search looks if it is not told."""

MOST = 60_000
"""How many settings the layer designer looks through at the most."""


def conv1d_settings(
    length: SupportsIndex,
    output_length: SupportsIndex,
    *,
    kernel_size: Iterable[SupportsIndex] = BOUNDS["kernel_size"],
    stride: Iterable[SupportsIndex] = BOUNDS["stride"],
    padding: Iterable[SupportsIndex] = BOUNDS["padding"],
    dilation: Iterable[SupportsIndex] = BOUNDS["dilation"],
) -> Iterator[dict[str, int]]:
    """Yield all settings with which nn.Conv1d makes `output_length` samples of `length`.

    They come in increasing order, kernel_size first, then stride, padding and dilation. Settings
    that PyTorch refuses are left out.

    >>> only = {"kernel_size": [2, 4], "stride": [1], "dilation": [1]}
    >>> for settings in conv1d_settings(100, 99, **only):
    ...     print(settings)
    {'kernel_size': 2, 'stride': 1, 'padding': 0, 'dilation': 1}
    {'kernel_size': 4, 'stride': 1, 'padding': 1, 'dilation': 1}
    >>> next(conv1d_settings(100, 50))  # floor((100 - 1) / 2) + 1
    {'kernel_size': 1, 'stride': 2, 'padding': 0, 'dilation': 1}

    Args:
        length: Samples in the input; below 1 there are no settings.
        output_length: Samples in the output; below 1 there are no settings.
        kernel_size: The kernel sizes to try.
        stride: The strides to try.
        padding: The paddings to try, as numbers.
        dilation: The dilations to try.

    Raises:
        SizeError: For what does not fit into 64 bits. Like TypeError, it comes with the first
            setting that is asked for, not with the call.
        TypeError: For what is not an integer.

    The layer designer's page introduces it.
    """
    start, goal = integer("length", length), integer("output_length", output_length)
    for settings in _grid(
        kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    ):
        # Counted before it is checked, which takes longer; PyTorch refuses some that count right.
        if (
            settings["stride"] > 0
            and Conv1dSizes(length=start, **settings).output_length == goal
            and _accepted(conv1d_output_length, start, settings) == goal
        ):
            yield settings


def conv_transpose1d_settings(
    length: SupportsIndex,
    output_length: SupportsIndex,
    *,
    kernel_size: Iterable[SupportsIndex] = BOUNDS["kernel_size"],
    stride: Iterable[SupportsIndex] = BOUNDS["stride"],
    padding: Iterable[SupportsIndex] = BOUNDS["padding"],
    dilation: Iterable[SupportsIndex] = BOUNDS["dilation"],
    output_padding: Iterable[SupportsIndex] | None = None,
) -> Iterator[dict[str, int]]:
    """Yield all settings with which nn.ConvTranspose1d makes `output_length` samples of `length`.

    They come in increasing order, kernel_size first, then stride, padding and dilation, which
    leave one output_padding at the most: the samples that are missing without it. Settings that
    PyTorch refuses are left out.

    >>> only = {"kernel_size": [3], "stride": [2], "dilation": [1]}
    >>> settings = conv_transpose1d_settings(50, 100, **only)
    >>> next(settings)  # 49 * 2 - 2 + 2 + 1 = 99, and 1 is missing
    {'kernel_size': 3, 'stride': 2, 'padding': 1, 'dilation': 1, 'output_padding': 1}
    >>> list(settings)  # 101 without padding is too many, 97 with 2 would lack 3
    []

    Args:
        length: Samples in the input; below 1 there are no settings.
        output_length: Samples in the output; below 1 there are no settings.
        kernel_size: The kernel sizes to try.
        stride: The strides to try.
        padding: The paddings to try.
        dilation: The dilations to try.
        output_padding: The output_paddings to try; all that are legal if it is None.

    Raises:
        SizeError: For what does not fit into 64 bits. Like TypeError, it comes with the first
            setting that is asked for, not with the call.
        TypeError: For what is not an integer.

    The layer designer's page introduces it.
    """
    start, goal = integer("length", length), integer("output_length", output_length)
    allowed = None if output_padding is None else increasing("output_padding", output_padding)
    for settings in _grid(
        kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    ):
        missing = goal - ConvTranspose1dSizes(length=start, **settings).output_length
        if missing >= 0 and (allowed is None or missing in allowed):
            settings["output_padding"] = missing
            if _accepted(conv_transpose1d_output_length, start, settings) == goal:
                yield settings


def _accepted(
    output_length: Callable[..., int], length: int, settings: dict[str, int]
) -> int | None:
    """Return the output length, or None where PyTorch refuses these settings."""
    try:
        return output_length(length, **settings)
    except SizeError:
        return None


def _grid(
    *,
    kernel_size: Iterable[SupportsIndex],
    stride: Iterable[SupportsIndex],
    padding: Iterable[SupportsIndex],
    dilation: Iterable[SupportsIndex],
) -> Iterator[dict[str, int]]:
    """Yield all combinations of the choices, each once, in increasing order."""
    strides, paddings = increasing("stride", stride), increasing("padding", padding)
    dilations = increasing("dilation", dilation)
    for k in increasing("kernel_size", kernel_size):
        for s in strides:
            for p in paddings:
                for d in dilations:
                    yield {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
