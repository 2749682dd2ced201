"""Layers of torch.nn as the rules of `helpers.kinds` know them: by kind and settings."""

import functools
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn.modules import activation
from torch.nn.parameter import is_lazy

from helpers import kinds
from helpers.kinds import CHANNELS, SAMPLES, Signal
from helpers.sizes import Conv1dSizes, Pool1dSizes, integer

__all__ = [
    "POOLS",
    "RULED",
    "SAMPLES",
    "Described",
    "Signal",
    "after",
    "altered",
    "checked",
    "conv1d_sizes",
    "described",
    "first_channels",
    "pool1d_sizes",
    "runs_like",
    "single",
]

RULED: set[type[nn.Module]] = {getattr(nn, name) for name in kinds.KINDS}
"""The kinds that have a rule of their own."""

POOLS: tuple[type[nn.Module], ...] = tuple(getattr(nn, name) for name in kinds.POOLS)
"""Those of them that pool windows."""

LAZY: dict[type[nn.Module], type[nn.Module]] = {
    nn.LazyConv1d: nn.Conv1d,
    nn.LazyConvTranspose1d: nn.ConvTranspose1d,
    nn.LazyBatchNorm1d: nn.BatchNorm1d,
    nn.LazyInstanceNorm1d: nn.InstanceNorm1d,
}

KEEPERS: set[type[nn.Module]] = {
    nn.AlphaDropout,
    nn.Dropout,
    nn.Dropout1d,
    nn.FeatureAlphaDropout,
    nn.Identity,
    nn.LocalResponseNorm,
}
"""The kinds that take and return a signal of any shape, beside the activations."""
KEEPERS |= {
    getattr(nn, name)
    for name in activation.__all__
    if name not in ("MultiheadAttention", "Softmax2d")
}

SINGLE = {"kernel_size", "stride", "padding", "output_padding", "dilation", "output_size", "size"}
"""Settings that PyTorch takes as a number or as a tuple of one."""

TENSORS = {"bias", "device", "dtype"}
"""Arguments that say something of a layer's tensors, and not of a signal."""

PADDING = (nn.ConstantPad1d, nn.ReflectionPad1d, nn.ReplicationPad1d, nn.CircularPad1d)
"""The kinds of layers whose padding is one number for each side."""

PYTORCHS = ("torch.nn.utils.", "torch.nn.modules.lazy")
"""Where the hooks are at home that PyTorch gives a layer itself, and that keep its lengths."""

NAMING = ("in_channels", "num_features", "num_channels", "num_parameters", "normalized_shape")
"""Settings that say how many channels a layer takes."""


@dataclass(frozen=True)
class Described:
    """A layer as `helpers.kinds` knows it.

    Attributes:
        kind: The name of its class in torch.nn, or of its own class where that is not known here.
        settings: Its arguments, as PyTorch's signature names them, and whether it is training; none
            of a kind without a rule.
    """

    kind: str
    settings: dict[str, Any]


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
    known = described(checked(layer))
    if known.kind == "GLU" and known.settings["dim"] not in CHANNELS + SAMPLES:
        raise TypeError(f"GLU(dim={known.settings['dim']}) halves neither channels nor samples")
    return kinds.shape_after(known.kind, known.settings, signal)


def checked(layer: object) -> nn.Module:
    """Return a layer that does what its kind and its settings say, as far as can be seen.

    >>> checked(nn.ReLU())
    ReLU()

    Args:
        layer: Anything.

    Raises:
        TypeError: For all else, which says why it is not known.
    """
    kind, name = _kind(type(layer)), type(layer).__name__
    if kind is None or not isinstance(layer, nn.Module):
        advice = _advice(layer)
        raise TypeError(f"{name} is not one of the one-dimensional layers known here{advice}")
    if not runs_like(kind, layer):
        raise TypeError(f"{name} has a forward of its own, which can't be traced")
    if getattr(layer, "return_indices", False):
        raise TypeError(f"{name} with return_indices=True returns two tensors, not a signal")
    if why := altered(layer):
        raise TypeError(f"{name} {why}")
    return layer


def altered(layer: nn.Module) -> str | None:
    """Return why a layer may do something else than its settings say, or None.

    >>> conv = nn.Conv1d(1, 1, 1)
    >>> altered(conv)
    >>> conv.weight = nn.Parameter(conv.weight.repeat(1, 1, 9))
    >>> altered(conv)
    'has a weight of shape (1, 1, 9), and its settings say (1, 1, 1)'
    >>> _ = conv.register_forward_hook(lambda layer, inputs, output: output[..., 1:])
    >>> altered(conv)
    'has a hook, whose effect only a run can tell'

    Args:
        layer: Any module. What PyTorch itself hooks on, such as nn.utils.weight_norm, keeps what
            the settings say, and so does a parametrization, unless it is unsafe.
    """
    inside = vars(layer)
    before, behind = inside["_forward_pre_hooks"], inside["_forward_hooks"]
    if (before or behind) and not all(map(_is_pytorchs, [*before.values(), *behind.values()])):
        return "has a hook, whose effect only a run can tell"
    if "parametrizations" in inside["_modules"]:
        for one in inside["_modules"]["parametrizations"].values():
            if one.unsafe and not all(map(_is_pytorchs, one)):
                return "has an unsafe parametrization, whose effect only a run can tell"
        return None
    # Where a norm or a mask is hooked on, the weight is no parameter.
    weight = inside["_parameters"].get("weight")
    weight = inside.get("weight") if weight is None else weight
    if not isinstance(weight, Tensor) or is_lazy(weight):
        return None
    said = _weight_shape(layer)
    if said is None or said == weight.shape:
        return None
    return f"has a weight of shape {tuple(weight.shape)}, and its settings say {said}"


def described(layer: nn.Module) -> Described:
    """Return a layer's kind and, where there is a rule for it, its settings.

    >>> described(nn.MaxPool1d(2)).settings["kernel_size"]
    2
    >>> described(nn.ReLU())
    Described(kind='ReLU', settings={})

    Args:
        layer: Any module; of one that is not known there are no settings.

    Raises:
        SizeError: For settings that do not fit into 64 bits.
        TypeError: For settings that are no numbers.
    """
    kind = _built(type(layer))
    names = _arguments(kind.__name__) if kind in RULED else ()
    settings = {name: _setting(layer, name) for name in names if hasattr(layer, name)}
    return Described(kind.__name__, settings)


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
    return kinds.first_channels(map(_naming, layers))


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
    names = ("kernel_size", "stride", "padding", "dilation")
    return kinds.conv_sizes({name: _setting(conv, name) for name in names}, length)


def pool1d_sizes(pool: nn.Module, length: int) -> Pool1dSizes:
    """Return the sizes of a pooling layer that meets `length` samples, unchecked.

    >>> pool1d_sizes(nn.AvgPool1d(2), 49).output_length  # floor(47 / 2) + 1
    24

    Args:
        pool: One of POOLS; without a stride of its own it moves by kernel_size.
        length: Samples in its input.
    """
    return kinds.pool_sizes(described(pool).settings, length)


def _is_pytorchs(what: object) -> bool:
    """Say whether a hook or a parametrization is one of PyTorch's own."""
    return str(getattr(what, "__module__", "")).startswith(PYTORCHS)


def _weight_shape(layer: nn.Module) -> tuple[Any, ...] | None:
    """Return the shape that a layer's settings give its weight, or None where they give none."""
    inside = vars(layer)
    if "transposed" in inside:
        first, second = inside["out_channels"], inside["in_channels"]
        if inside["transposed"]:
            first, second = second, first
        kernel = inside["kernel_size"]
        taps = kernel if isinstance(kernel, tuple) else (kernel,)
        return first, second // (inside["groups"] or 1), *taps
    for name in NAMING[1:]:
        if name in inside:
            said = inside[name]
            return said if isinstance(said, tuple) else (said,)
    return None


def _kind(own: type) -> type[nn.Module] | None:
    """Return the nearest class of torch.nn that is known here, of a class and its bases."""
    known = (kind for kind in own.__mro__ if kind in RULED or kind in LAZY or kind in KEEPERS)
    return next(known, None)


@functools.cache
def _arguments(kind: str) -> list[str]:
    """Return the names of a kind's settings."""
    named = inspect.signature(getattr(nn, kind)).parameters
    return [*(name for name in named if name not in TENSORS), "training"]


def _built(own: type) -> type:
    """Return the nearest class known here, for a lazy one what it becomes, or the class itself."""
    kind = _kind(own)
    return own if kind is None else LAZY.get(kind, kind)


def _setting(layer: nn.Module, name: str) -> Any:
    """Return a setting as a rule takes it."""
    value = getattr(layer, name)
    if name in ("in_channels", "num_features"):
        return value or None  # A lazy layer says 0.
    if name == "padding" and isinstance(layer, PADDING):
        return tuple(integer(name, side) for side in value)
    if name == "padding" and isinstance(layer, nn.Conv1d) and isinstance(value, str):
        return value
    return single(name, value) if name in SINGLE and value is not None else value


def _naming(layer: object) -> Described:
    """Return of a layer what says how many channels it takes; a lazy one says 0, which is none."""
    names = (*NAMING, "affine", "track_running_stats", "dim")
    settings = {name: getattr(layer, name) for name in names if hasattr(layer, name)}
    settings |= {name: None for name in NAMING if settings.get(name) == 0}
    return Described(_built(type(layer)).__name__, settings)


def _advice(layer: object) -> str:
    """Return what to pass instead of something that is no layer of torch.nn."""
    if not isinstance(layer, nn.Module):
        return "; a stack is a layer, an nn.Sequential, an nn.ModuleList or a list of these"
    if type(layer).__module__.startswith("torch.nn."):
        return f": it {why}" if (why := altered(layer)) else ""
    advice = (
        ", and what its forward does can't be seen from outside; pass a list of the layers that it"
        " runs, in that order, with a layer for each function, such as nn.MaxPool1d(2) for"
        " F.max_pool1d(x, 2)"
    )
    parts = ", ".join(f"model.{name}" for name, _ in layer.named_children())
    return f"{advice}. Its own, as they were assigned: [{parts}]" if parts else advice
