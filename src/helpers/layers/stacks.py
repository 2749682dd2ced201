"""Stacks of known layers: their lengths by counting, without running a layer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from torch import nn

from helpers.layers.runs import is_layer
from helpers.lengths import conv1d_output_length, conv_transpose1d_output_length
from helpers.signals import Signal, after, altered, first_channels, runs_like
from helpers.sizes import SizeError

__all__ = ["Counted", "Stack", "as_module", "count", "flatten", "start", "text", "total_stride"]

Stack: TypeAlias = "nn.Module | list[Stack] | tuple[Stack, ...]"
MOST = 2**15
CONTAINERS = (nn.Sequential, nn.ModuleList)


@dataclass(frozen=True)
class Counted:
    """What counting found.

    Attributes:
        signals: What goes into the first layer, and what comes out of each that takes its input.
        error: Why the next layer refuses its input, or None.
    """

    signals: list[Signal]
    error: SizeError | None


def flatten(model: Stack, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield name and layer of all layers of a stack, in order.

    >>> [name for name, _ in flatten([nn.Conv1d(1, 1, 3), nn.Sequential(nn.ReLU(), nn.Tanh())])]
    ['0', '1.0', '1.1']

    Args:
        model: A layer, an nn.Sequential, an nn.ModuleList, or lists of them. A container with a
            hook is one layer.
        name: What stands before each name.
    """
    children: Iterable[tuple[str | int, Stack]]
    if isinstance(model, list | tuple):
        children = enumerate(model)
    elif (
        isinstance(model, CONTAINERS)
        and any(runs_like(kind, model) for kind in CONTAINERS)
        and not altered(model)
    ):
        # Unlike named_children() it names a layer that stands there twice, twice.
        children = [(key, child) for key, child in model._modules.items() if child is not None]
    else:
        yield name or "0", model
        return
    for child_name, child in children:
        whole = f"{name}.{child_name}" if name else str(child_name)
        if isinstance(child, nn.Module) and not (child._modules or isinstance(child, CONTAINERS)):
            yield whole, child
        else:
            yield from flatten(child, whole)


def as_module(model: Stack) -> nn.Module:
    """Return a stack as a module that runs it, or a module as it is.

    >>> as_module([nn.ReLU(), [nn.Tanh()]])
    Sequential(
      (0): ReLU()
      (1): Sequential(
        (0): Tanh()
      )
    )

    Args:
        model: A module, an nn.ModuleList, or lists of them.
    """
    if isinstance(model, list | tuple) or type(model) is nn.ModuleList:
        return nn.Sequential(*map(as_module, model))
    return model


def count(layers: Sequence[tuple[str, nn.Module]], signal: Signal) -> Counted:
    """Return what comes out of each layer of a stack, up to the first that refuses its input.

    >>> count([("0", nn.Conv1d(1, 8, 3)), ("1", nn.MaxPool1d(2))], Signal(1, 100)).signals[1:]
    [Signal(channels=8, length=98), Signal(channels=8, length=49)]

    Args:
        layers: Names and layers, in order.
        signal: What goes in.

    Raises:
        TypeError: For a layer that is not known.
    """
    signals = [signal]
    for name, layer in layers:
        try:
            signals.append(signal := _quickly(layer, signal) or after(layer, signal))
        except SizeError as error:
            return Counted(signals, error)
        except TypeError as error:
            raise TypeError(f"layer {name}: {error}") from None
    return Counted(signals, None)


def text(layer: nn.Module) -> str:
    """Return a layer as PyTorch prints it, without what it is made of.

    >>> text(nn.Conv1d(1, 8, 3))
    'Conv1d(1, 8, kernel_size=(3,), stride=(1,))'

    Args:
        layer: Any module.
    """
    return f"{type(layer).__name__}({layer.extra_repr()})"


def start(layers: Iterable[tuple[str, nn.Module]], length: int, channels: int | None) -> Signal:
    """Return the signal that goes into a stack, with the channels that its layers name.

    >>> start([("0", nn.Conv1d(8, 1, 3))], 100, channels=None)
    Signal(channels=8, length=100)

    Args:
        layers: Names and layers, in order.
        length: Samples in the input.
        channels: The channels, if they are given.
    """
    return Signal(channels or first_channels(layer for _, layer in layers), length)


def total_stride(layers: Iterable[nn.Module]) -> int:
    """Return the product of the strides of layers, up to 2**15: branches side by side add to it.

    >>> total_stride([nn.Conv1d(1, 1, 4, stride=2), nn.MaxPool1d(3), nn.ReLU()])
    6

    Args:
        layers: Any modules; only what makes a signal shorter counts, in two dimensions by the
            larger stride. What is made of layers does not: the `stride` that it notes down is that
            of one of them.
    """
    product = 1
    for layer in layers:
        stride = getattr(layer, "stride", None)
        if isinstance(layer, nn.ConvTranspose1d) or stride is None or not is_layer(layer):
            continue
        steps = stride if isinstance(stride, tuple | list) else [stride]
        product *= max((step for step in steps if isinstance(step, int)), default=1) or 1
    return min(product, MOST)


def _quickly(layer: nn.Module, signal: Signal) -> Signal | None:
    """Return what comes out of a common convolution, or None for all else and where it refuses."""
    kind = type(layer)
    if kind is nn.Conv1d or kind is nn.ConvTranspose1d:
        inside = vars(layer)
        if (
            "forward" in inside
            or inside["padding_mode"] != "zeros"
            or isinstance(inside["padding"], str)
            or signal.channels not in (None, inside["in_channels"])
            or altered(layer)
        ):
            return None
        more = {"output_padding": inside["output_padding"][0]} if inside["transposed"] else {}
        length = conv_transpose1d_output_length if inside["transposed"] else conv1d_output_length
        try:
            samples = length(
                signal.length,
                kernel_size=inside["kernel_size"][0],
                stride=inside["stride"][0],
                padding=inside["padding"][0],
                dilation=inside["dilation"][0],
                **more,
            )
        except (SizeError, TypeError):
            return None
        return Signal(inside["out_channels"], samples)
    return None
