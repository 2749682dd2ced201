"""What each layer of torch.nn makes of the shape of a signal, without running it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

from torch import nn
from torch.nn.modules import activation
from torch.nn.modules.batchnorm import _NormBase

from helpers.pytorch_errors import (
    check_adaptive_pool1d,
    check_avg_pool1d,
    check_conv1d,
    check_conv_transpose1d,
    check_max_pool1d,
    check_pad1d,
    check_upsample,
    check_upsample_settings,
)
from helpers.sizes import (
    Conv1dSizes,
    ConvTranspose1dSizes,
    Pad1dSizes,
    Pool1dSizes,
    SizeError,
    integer,
    scaled_length,
)

__all__ = [
    "SAMPLES",
    "Signal",
    "after",
    "conv1d_sizes",
    "first_channels",
    "pool1d_sizes",
    "runs_like",
    "single",
]

PAD_MODES: dict[type[nn.Module], str] = {
    nn.ConstantPad1d: "constant",
    nn.ReflectionPad1d: "reflect",
    nn.ReplicationPad1d: "replicate",
    nn.CircularPad1d: "circular",
}

CHANNELS, SAMPLES = (-2, 1), (-1, 2)


@dataclass(frozen=True)
class Signal:
    """The shape of what goes from one layer to the next.

    Attributes:
        channels: How many there are, or None while no layer has said so.
        length: In samples, at least 0.
    """

    channels: int | None
    length: int

    @property
    def width(self) -> int:
        """The channels that PyTorch's words name; one where they are unknown."""
        return self.channels or 1

    @property
    def shape(self) -> str:
        """The shape with a batch of one, as PyTorch prints it."""
        return f"[1, {self.width}, {self.length}]"


def after(layer: object, signal: Signal) -> Signal:
    """Return what comes out of a layer, without running it.

    >>> after(nn.MaxPool1d(2), Signal(8, 49))  # floor(49 / 2)
    Signal(channels=8, length=24)
    >>> after(nn.Conv1d(8, 4, 3), Signal(8, 49))  # 49 - 3 + 1
    Signal(channels=4, length=47)

    Args:
        layer: One of the layers that `helpers.layers` lists.
        signal: What goes into it.

    Raises:
        SizeError: Where the layer refuses the signal on the CPU, with a batch of one.
        TypeError: For a layer that is not known.
    """
    kind = next(kind for kind in type(layer).__mro__ if kind in _after.registry)
    name = type(layer).__name__
    if isinstance(layer, nn.Module) and issubclass(kind, nn.Module) and not runs_like(kind, layer):
        raise TypeError(f"{name} has a forward of its own, which can't be traced")
    if getattr(layer, "return_indices", False):
        raise TypeError(f"{name} with return_indices=True returns two tensors, not a signal")
    return _after(layer, signal)


def runs_like(kind: type[nn.Module], layer: nn.Module) -> bool:
    """Say whether a layer is of this kind, or of a subclass, and has the forward of the kind.

    >>> runs_like(nn.Conv1d, nn.LazyConv1d(8, 3)), runs_like(nn.Conv1d, nn.ReLU())
    (True, False)

    Args:
        kind: A class of torch.nn.
        layer: Any module; one whose own `forward` was replaced is like none.
    """
    own = "forward" in vars(layer) or type(layer).forward is not kind.forward
    return isinstance(layer, kind) and not own


def first_channels(layers: Iterable[object]) -> int | None:
    """Return how many channels a stack takes, or None if no layer says so.

    The first layer says it that refuses others; where none does, the first that names a number,
    such as the num_features of an nn.InstanceNorm1d without affine.

    >>> first_channels([nn.ReLU(), nn.GLU(dim=1), nn.Conv1d(4, 8, 3)])  # 2 * 4
    8
    >>> first_channels([nn.InstanceNorm1d(3), nn.PReLU(4)])
    4
    >>> first_channels([nn.InstanceNorm1d(3), nn.PReLU()])
    3
    >>> first_channels([nn.ReLU(), nn.MaxPool1d(2)])

    Args:
        layers: The layers, in order; one that is not known says nothing.
    """
    times, named = 1, None
    for layer in layers:
        if isinstance(layer, nn.GLU) and layer.dim in CHANNELS:
            times *= 2
        channels = times * _named_channels(layer)
        if channels and _refuses_others(layer):
            return channels
        if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
            break  # A lazy one: those behind it say nothing about what goes in.
        named = named or channels or None
    return named


def single(name: str, value: Any) -> int:
    """Return a setting that PyTorch takes as a number or as a tuple of one.

    >>> single("stride", 2), single("stride", (2,))
    (2, 2)

    Args:
        name: What the words of an error call it.
        value: An integer, or a tuple or list of one.

    Raises:
        SizeError: For what does not fit into 64 bits.
        TypeError: For anything else.
    """
    if isinstance(value, tuple | list) and len(value) == 1:
        value = value[0]
    return integer(name, value)


def conv1d_sizes(conv: nn.Conv1d, length: int) -> Conv1dSizes:
    """Return the sizes of a convolution that meets `length` samples, unchecked.

    >>> conv1d_sizes(nn.Conv1d(8, 4, 3, stride=2), 100).output_length  # 97 // 2 + 1
    49

    Args:
        conv: The layer; its padding may be a word.
        length: Samples in its input.
    """
    padding = conv.padding if isinstance(conv.padding, str) else single("padding", conv.padding)
    settings = _settings(conv, "kernel_size", "stride", "dilation")
    return Conv1dSizes(length=length, padding=padding, **settings)


def pool1d_sizes(pool: nn.MaxPool1d | nn.AvgPool1d | nn.LPPool1d, length: int) -> Pool1dSizes:
    """Return the sizes of a pooling layer that meets `length` samples, unchecked.

    >>> pool1d_sizes(nn.AvgPool1d(2), 49).output_length  # floor(47 / 2) + 1
    24

    Args:
        pool: The layer; without a stride of its own it moves by kernel_size.
        length: Samples in its input.
    """
    names = [name for name in ("padding", "dilation") if hasattr(pool, name)]
    settings = _settings(pool, "kernel_size", *names)
    stride = settings["kernel_size"] if pool.stride is None else single("stride", pool.stride)
    return Pool1dSizes(length=length, stride=stride, ceil_mode=pool.ceil_mode, **settings)


def _named_channels(layer: object) -> int:
    """Return how many channels a layer is made for, or 0 if it does not say."""
    if isinstance(layer, nn.LayerNorm | nn.RMSNorm):
        return layer.normalized_shape[-2] if len(layer.normalized_shape) > 1 else 0
    if isinstance(layer, nn.PReLU):
        return layer.num_parameters if layer.num_parameters > 1 else 0
    names = ("in_channels", "num_features", "num_channels")
    return next((getattr(layer, name) for name in names if hasattr(layer, name)), 0)


def _refuses_others(layer: object) -> bool:
    """Say whether a layer refuses other channels than those it is made for."""
    return getattr(layer, "affine", True) or getattr(layer, "track_running_stats", False)


def _settings(layer: nn.Module, *names: str) -> dict[str, int]:
    """Return these settings of a layer as numbers."""
    return {name: single(name, getattr(layer, name)) for name in names}


@singledispatch
def _after(layer: object, signal: Signal) -> Signal:
    """Return what comes out of a layer, by its kind."""
    name = type(layer).__name__
    raise TypeError(f"{name} is not one of the one-dimensional layers known here{_advice(layer)}")


def _advice(layer: object) -> str:
    """Return what to pass instead of something that is no layer of torch.nn."""
    if not isinstance(layer, nn.Module):
        return "; a stack is a layer, an nn.Sequential, an nn.ModuleList or a list of these"
    if type(layer).__module__.startswith("torch.nn."):
        return ""
    advice = (
        ", and what its forward does can't be seen from outside; pass a list of the layers that it"
        " runs, in that order, with a layer for each function, such as nn.MaxPool1d(2) for"
        " F.max_pool1d(x, 2)"
    )
    parts = ", ".join(f"model.{name}" for name, _ in layer.named_children())
    return f"{advice}. Its own, as they were assigned: [{parts}]" if parts else advice


@_after.register
def _(layer: nn.Conv1d, signal: Signal) -> Signal:
    sizes = conv1d_sizes(layer, signal.length)
    if layer.padding_mode != "zeros":
        left = sizes.total_padding // 2
        pad = Pad1dSizes(length=sizes.length, left=left, right=sizes.total_padding - left)
        check_pad1d(pad, layer.padding_mode, signal.channels)
        sizes = replace(sizes, length=pad.output_length, padding=0)
    met = sizes.padded_length - 2 * sizes.left_padding  # One more than length for an odd 'same'.
    _check_conv_channels(layer, replace(signal, length=met))
    check_conv1d(sizes, signal.width)
    return Signal(layer.out_channels, sizes.output_length)


@_after.register
def _(layer: nn.ConvTranspose1d, signal: Signal) -> Signal:
    names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    sizes = ConvTranspose1dSizes(length=signal.length, **_settings(layer, *names))
    _check_conv_channels(layer, signal)
    check_conv_transpose1d(sizes, signal.width)
    return Signal(layer.out_channels, sizes.output_length)


@_after.register
def _(layer: nn.MaxPool1d, signal: Signal) -> Signal:
    sizes = pool1d_sizes(layer, signal.length)
    check_max_pool1d(sizes, signal.width)
    return replace(signal, length=sizes.output_length)


@_after.register
def _(layer: nn.AvgPool1d | nn.LPPool1d, signal: Signal) -> Signal:
    sizes = pool1d_sizes(layer, signal.length)
    check_avg_pool1d(sizes, signal.width)
    return replace(signal, length=sizes.output_length)


@_after.register
def _(layer: nn.AdaptiveAvgPool1d | nn.AdaptiveMaxPool1d, signal: Signal) -> Signal:
    size = single("output_size", layer.output_size)
    kind = "avg" if isinstance(layer, nn.AdaptiveAvgPool1d) else "max"
    check_adaptive_pool1d(signal.length, size, kind, signal.width)
    return replace(signal, length=size)


@_after.register
def _(layer: nn.Upsample, signal: Signal) -> Signal:
    check_upsample_settings(layer.mode, layer.size, layer.scale_factor, layer.align_corners)
    if layer.scale_factor is None:
        size = single("size", layer.size)
    else:
        size = scaled_length(signal.length, layer.scale_factor)
    if layer.mode == "area":
        check_adaptive_pool1d(signal.length, size, "avg", signal.width)
    else:
        check_upsample(signal.length, size)
    return replace(signal, length=size)


@_after.register
def _(
    layer: nn.ConstantPad1d | nn.ReflectionPad1d | nn.ReplicationPad1d | nn.CircularPad1d,
    signal: Signal,
) -> Signal:
    mode = next(mode for kind, mode in PAD_MODES.items() if isinstance(layer, kind))
    left, right = (integer("padding", side) for side in layer.padding)
    sizes = Pad1dSizes(length=signal.length, left=left, right=right)
    check_pad1d(sizes, mode, signal.channels)
    return replace(signal, length=sizes.output_length)


@_after.register
def _(layer: nn.ChannelShuffle, signal: Signal) -> Signal:
    if layer.groups < 1:
        raise SizeError(
            f"groups={layer.groups} is too small; it has to be at least 1",
            "Number of groups to divide channels in must be positive. Value of"
            f" groups:{layer.groups}",
        )
    if signal.channels is not None and signal.channels % layer.groups:
        raise SizeError(
            f"channels={signal.channels} can't be divided by groups={layer.groups}",
            f"Number of channels must be divisible by groups. Got {signal.channels} channels and"
            f" {layer.groups} groups.",
        )
    return signal


@_after.register
def _(layer: nn.Softmax | nn.LogSoftmax | nn.Softmin, signal: Signal) -> Signal:
    # Without a dim PyTorch takes one that a signal has.
    if layer.dim is not None and layer.dim not in range(-3, 3):
        raise SizeError(
            f"dim={layer.dim} is none of the three dimensions of a signal",
            f"Dimension out of range (expected to be in range of [-3, 2], but got {layer.dim})",
        )
    return signal


@_after.register
def _(layer: nn.GLU, signal: Signal) -> Signal:
    if layer.dim not in CHANNELS + SAMPLES:
        raise TypeError(f"GLU(dim={layer.dim}) halves neither channels nor samples")
    name, dimension = ("channels", 1) if layer.dim in CHANNELS else ("length", 2)
    whole = getattr(signal, name)
    if whole is not None and whole % 2:
        raise SizeError(
            f"{name}={whole} is odd, and GLU halves it",
            f"Halving dimension must be even, but dimension {dimension} is size {whole}",
        )
    return replace(signal, **{name: whole and whole // 2})


@_after.register
def _(layer: nn.LayerNorm | nn.RMSNorm, signal: Signal) -> Signal:
    wanted = list(layer.normalized_shape)
    channels = wanted[-2] if signal.channels is None and len(wanted) > 1 else signal.width
    if isinstance(layer, nn.RMSNorm) and len(wanted) > 3:
        raise SizeError(
            f"normalized_shape={wanted} has more dimensions than a signal",
            f"Input tensor must have at least {len(wanted)} dimensions, but got 3",
        )
    if [1, channels, signal.length][-len(wanted) :] != wanted:
        star = "*, " if isinstance(layer, nn.LayerNorm) else "*"
        raise SizeError(
            f"length={signal.length} is not the one it was made for, normalized_shape={wanted}",
            f"Given normalized_shape={wanted}, expected input with shape"
            f" [{star}{str(wanted)[1:]}, but got input of size{signal.shape}",
        )
    return signal


@_after.register
def _(layer: nn.BatchNorm1d | nn.LazyBatchNorm1d | nn.SyncBatchNorm, signal: Signal) -> Signal:
    _check_statistics(layer, signal, "running_mean", "weight")
    return signal


@_after.register
def _(layer: nn.InstanceNorm1d | nn.LazyInstanceNorm1d, signal: Signal) -> Signal:
    if layer.affine:
        words = (
            f"expected input's size at dim=1 to match num_features ({layer.num_features}), but"
            f" got: {signal.channels}."
        )
        _check_channels(signal, layer.num_features, words)
    if signal.length == 0 and layer.training and layer.track_running_stats:
        words = f"shape '[1, {signal.channels}]' is invalid for input of size {layer.num_features}"
        _check_channels(signal, layer.num_features, words)
    if signal.length == 1 and (layer.training or not layer.track_running_stats):
        raise SizeError(
            "length=1 has no spread to normalize; it has to be at least 2",
            "Expected more than 1 spatial element when training, got input size"
            f" torch.Size({signal.shape})",
        )
    _check_statistics(layer, signal, "running_mean")
    return signal


@_after.register
def _(layer: nn.GroupNorm, signal: Signal) -> Signal:
    words = (
        "Expected number of channels in input to be divisible by num_groups, but got input of"
        f" shape {signal.shape} and num_groups={layer.num_groups}"
        if signal.width % layer.num_groups
        else "Expected weight to be a vector of size equal to the number of channels in input, but"
        f" got weight of shape [{layer.num_channels}] and input of shape {signal.shape}"
    )
    if layer.affine or signal.width % layer.num_groups:
        _check_channels(signal, layer.num_channels, words)
    return signal


@_after.register
def _(layer: nn.PReLU, signal: Signal) -> Signal:
    if layer.num_parameters > 1:
        words = (
            "Mismatch of parameter numbers and input channel size. Found parameter numbers ="
            f" {layer.num_parameters} and channel size = {signal.channels}."
        )
        _check_channels(signal, layer.num_parameters, words)
    return signal


def _kept(layer: nn.Module, signal: Signal) -> Signal:
    """Return the signal as it is, for a layer that takes any."""
    return signal


for _name in set(activation.__all__) - {"MultiheadAttention", "Softmax2d"}:
    if (_kind := getattr(nn, _name)) not in _after.registry:
        _after.register(_kind, _kept)
for _kind in (
    nn.AlphaDropout,
    nn.Dropout,
    nn.Dropout1d,
    nn.FeatureAlphaDropout,
    nn.Identity,
    nn.LocalResponseNorm,
):
    _after.register(_kind, _kept)


def _check_channels(signal: Signal, channels: int, words: str) -> None:
    """Raise SizeError if other channels come in than a layer takes; a lazy one takes any."""
    if channels and signal.channels not in (None, channels):
        raise SizeError(f"{signal.channels} channels come in, and it takes {channels}", words)


def _check_statistics(layer: _NormBase, signal: Signal, *names: str) -> None:
    """Raise SizeError if the first tensor that a norm has of these is for other channels."""
    name = next((name for name in names if getattr(layer, name) is not None), None)
    words = f"{name} should contain {signal.channels} elements not {layer.num_features}"
    if name and signal.length:
        _check_channels(signal, layer.num_features, words)


def _check_conv_channels(layer: nn.Conv1d | nn.ConvTranspose1d, signal: Signal) -> None:
    """Raise SizeError if other channels come in than a convolution takes."""
    inward, outward = layer.in_channels, layer.out_channels
    if layer.transposed:
        given, weight = "transposed=1", [inward, outward // layer.groups]
    else:
        given, weight = f"groups={layer.groups}", [outward, inward // layer.groups]
    _check_channels(
        signal,
        inward,
        f"Given {given}, weight of size {[*weight, *layer.kernel_size]}, expected"
        f" input{signal.shape} to have {inward} channels, but got {signal.channels} channels"
        " instead",
    )
