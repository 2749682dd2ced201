"""Which samples each known layer of torch.nn reads to make a sample, counted without running it."""

from fractions import Fraction
from functools import singledispatch

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from helpers.signals import POOLS, SAMPLES, conv1d_sizes, pool1d_sizes, single
from helpers.sizes import SizeError

__all__ = ["NOTHING", "Positions", "pace", "reads", "reads_everything"]

Positions = NDArray[np.int64]

NOTHING = np.iinfo(np.int64).min
"""Stands where a position would be, if nothing is read there."""

PADS = nn.ConstantPad1d | nn.ReflectionPad1d | nn.ReplicationPad1d | nn.CircularPad1d
BATCH_NORMS = nn.BatchNorm1d | nn.LazyBatchNorm1d | nn.SyncBatchNorm
INSTANCE_NORMS = nn.InstanceNorm1d | nn.LazyInstanceNorm1d


def reads(layer: nn.Module, at: Positions, length: int | None) -> Positions:
    """Return the positions in its input that a layer reads for each position in its output.

    >>> reads(nn.Conv1d(1, 1, 3, stride=2), np.array([0, 5]), 100).tolist()  # from 5 * 2 on
    [[0, 1, 2], [10, 11, 12]]

    Args:
        layer: A layer that does not read everything, as `reads_everything` says.
        at: Positions in the output, of one dimension.
        length: Samples in the input, or None for a signal without ends, whose position 0 is where
            the first sample of an input would be.

    Returns:
        A row for each position in the output, filled up with NOTHING.

    Raises:
        SizeError: Without a length, for a layer that reads other samples for each length.
    """
    found = _reads(layer, at, length)
    if length is None:
        return found
    return np.where((found >= 0) & (found < length), found, NOTHING)


def reads_everything(layer: nn.Module) -> bool:
    """Say whether a layer, in evaluation, reads its whole input for each sample that it makes.

    >>> reads_everything(nn.GroupNorm(1, 8)), reads_everything(nn.BatchNorm1d(8))
    (True, False)

    Args:
        layer: Any layer that is known.
    """
    if isinstance(layer, BATCH_NORMS | INSTANCE_NORMS):
        return layer.running_mean is None
    if isinstance(layer, nn.Softmax | nn.LogSoftmax | nn.Softmin):
        return layer.dim in SAMPLES
    return isinstance(layer, nn.GroupNorm | nn.LayerNorm | nn.RMSNorm)


def pace(layer: nn.Module) -> Fraction:
    """Return how many samples of its input a layer moves on for each sample of its output.

    >>> pace(nn.Conv1d(1, 1, 3, stride=2)), pace(nn.ConvTranspose1d(1, 1, 3, stride=2))
    (Fraction(2, 1), Fraction(1, 2))

    Args:
        layer: Any layer that is known and has the same pace for every length.
    """
    if isinstance(layer, nn.Conv1d):
        return Fraction(single("stride", layer.stride))
    if isinstance(layer, nn.ConvTranspose1d):
        return Fraction(1, single("stride", layer.stride))
    if isinstance(layer, POOLS):
        return Fraction(pool1d_sizes(layer, 1).stride)
    if isinstance(layer, nn.Upsample):
        return 1 / _scale(layer)
    return Fraction(1)


@singledispatch
def _reads(layer: nn.Module, at: Positions, length: int | None) -> Positions:
    """Return what `reads` does, for a layer that makes each sample of the one in its place.

    What lies outside the input may be among it.
    """
    return at[:, None]


@_reads.register
def _(layer: nn.Conv1d, at: Positions, length: int | None) -> Positions:
    sizes = conv1d_sizes(layer, length or 1)
    left = sizes.left_padding
    taps = sizes.dilation * np.arange(sizes.kernel_size)
    found: Positions = at[:, None] * sizes.stride - left + taps
    mode = layer.padding_mode
    return found if length is None else _folded(found, length, left, sizes.total_padding, mode)


@_reads.register
def _(layer: nn.ConvTranspose1d, at: Positions, length: int | None) -> Positions:
    names = ("kernel_size", "stride", "padding", "dilation")
    kernel_size, stride, padding, dilation = (single(name, getattr(layer, name)) for name in names)
    # Input i and weight j meet at i * stride + j * dilation - padding.
    scattered = at[:, None] + padding - dilation * np.arange(kernel_size)
    return np.where(scattered % stride == 0, scattered // stride, NOTHING)


def _windows(layer: nn.Module, at: Positions, length: int | None) -> Positions:
    sizes = pool1d_sizes(layer, length or 1)
    taps = sizes.dilation * np.arange(sizes.kernel_size)
    found: Positions = at[:, None] * sizes.stride - sizes.left_padding + taps
    return found


for _pool in POOLS:
    _reads.register(_pool, _windows)


@_reads.register
def _(layer: PADS, at: Positions, length: int | None) -> Positions:
    left, right = (int(side) for side in layer.padding)
    found: Positions = at[:, None] - left
    if length is None:
        return found
    modes = {
        nn.ReflectionPad1d: "reflect",
        nn.ReplicationPad1d: "replicate",
        nn.CircularPad1d: "circular",
    }
    mode = next((mode for kind, mode in modes.items() if isinstance(layer, kind)), "zeros")
    return _folded(found, length, left, left + right, mode)


@_reads.register
def _(
    layer: nn.AdaptiveAvgPool1d | nn.AdaptiveMaxPool1d, at: Positions, length: int | None
) -> Positions:
    if length is None:
        raise SizeError(_changing(layer))
    return _shares(at, length, single("output_size", layer.output_size))


@_reads.register
def _(layer: nn.GLU, at: Positions, length: int | None) -> Positions:
    if layer.dim not in SAMPLES:
        return at[:, None]
    if length is None:
        raise SizeError(_changing(layer))
    return np.stack([at, at + length // 2], axis=1)


@_reads.register
def _(layer: nn.Upsample, at: Positions, length: int | None) -> Positions:
    if length is None:
        scale = _scale(layer)
        return _upsampled(at, scale.numerator, scale.denominator, layer.mode)
    # PyTorch rounds the places between samples in floats, so it is PyTorch that is asked.
    with torch.inference_mode(False), torch.enable_grad():
        signal = torch.zeros(1, 1, length, dtype=torch.float64, requires_grad=True)
        (gradient,) = torch.autograd.grad(layer(signal)[0, 0, torch.from_numpy(at)].sum(), signal)
    return np.flatnonzero(gradient)[None]


def _folded(found: Positions, length: int, left: int, total: int, mode: str) -> Positions:
    """Return where padding takes its samples from: `found` with what lies outside led inside."""
    last = length - 1
    if mode == "reflect":
        found = np.where(found < 0, -found, found)
        return np.where(found > last, 2 * last - found, found)
    if mode == "replicate":
        return found.clip(0, last)
    if mode == "circular":
        # A crop on one side comes first; what would need a second turn PyTorch leaves unwritten.
        start, stop = max(-left, 0), length - max(left - total, 0)
        turned = np.where(found < start, found + stop - start, found)
        turned = np.where(found >= stop, found - stop + start, turned)
        return np.where((turned >= start) & (turned < stop), turned, NOTHING)
    return found


def _shares(at: Positions, length: int, size: int) -> Positions:
    """Return what adaptive pooling reads: from floor(n * length / size) to just before the next."""
    starts, stops = at * length // size, -(-(at + 1) * length // size)
    found = starts[:, None] + np.arange((stops - starts).max(initial=0))
    return np.where(found < stops[:, None], found, NOTHING)


def _scale(layer: nn.Upsample) -> Fraction:
    """Return by how much a layer lengthens signals of every length, as its author wrote it."""
    scale = layer.scale_factor
    scale = scale[0] if isinstance(scale, tuple) else scale
    whole = scale is not None and float(scale).is_integer()
    exact = (
        layer.mode in ("nearest", "nearest-exact", "linear") and not layer.recompute_scale_factor
    )
    if scale is None or layer.align_corners or not (whole or exact):
        raise SizeError(_changing(layer))
    # 1/3 is given as 0.3333333333333333: the fraction that was meant is the one beside it.
    written, meant = Fraction(str(scale)), Fraction(str(scale)).limit_denominator(10_000)
    return meant if abs(meant - written) < 1e-15 else written


def _upsampled(at: Positions, up: int, down: int, mode: str) -> Positions:
    """Return what nn.Upsample reads, away from the ends, if it makes `up` samples of `down`."""
    if mode == "linear":  # What is around (n + 1/2) * down / up - 1/2.
        below, rest = np.divmod((2 * at + 1) * down - up, 2 * up)
        return np.stack([below, below + (rest > 0)], axis=1)
    if mode == "nearest-exact":
        return ((2 * at + 1) * down // (2 * up))[:, None]
    return (at * down // up)[:, None]


def _changing(layer: nn.Module) -> str:
    """Say that no field of this layer holds for every length."""
    return (
        f"{type(layer).__name__}({layer.extra_repr()}) reads other samples for each length of its"
        " input, so that no receptive field holds for all of them; ask"
        " input_span(model, index, length=...) for one"
    )
