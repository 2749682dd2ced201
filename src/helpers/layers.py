"""Stacks of layers: their lengths, the layer that undoes a layer, the decoder of an encoder.

One-dimensional layers of torch.nn are known, in nn.Sequential, nn.ModuleList and Python's lists,
nested as one likes: Conv1d, ConvTranspose1d, pooling, Upsample, padding, GLU, and whatever keeps
the length: activations, norms, dropouts, Identity; lazy layers too. Anything else raises TypeError,
a subclass with a `forward` of its own included, because its sizes can't be known: of a model with
a `forward` pass a list of what that runs.
"""

import copy
import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, SupportsIndex, TypeAlias

from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin

from helpers.lengths import required_output_padding
from helpers.signals import (
    SAMPLES,
    Signal,
    after,
    conv1d_sizes,
    described,
    first_channels,
    runs_like,
)
from helpers.sizes import SizeError, integer
from helpers.undoing import undo

__all__ = ["Trace", "mirror", "trace", "transposed_like"]

Stack: TypeAlias = "nn.Module | list[Stack] | tuple[Stack, ...]"

HEAD = ("name", "layer", "length")
CONTAINERS = (nn.Sequential, nn.ModuleList)


@dataclass(frozen=True)
class Step:
    """One layer of a trace: what goes in and, unless the layer refuses it, what comes out."""

    name: str
    layer: nn.Module
    before: Signal
    after: Signal | None

    @property
    def text(self) -> str:
        """The layer as PyTorch prints it."""
        return f"{type(self.layer).__name__}({self.layer.extra_repr()})"


@dataclass(frozen=True, repr=False)
class Trace:
    """The lengths on the way through a stack; prints as a table.

    Attributes:
        input_length: Samples that go in.
        steps: One for each layer, up to the first that refuses its input.
        error: Why that layer refuses, or None if none does; `error.pytorch` has PyTorch's words.
    """

    input_length: int
    steps: tuple[Step, ...]
    error: SizeError | None

    @property
    def lengths(self) -> list[int]:
        """The length after each layer that takes its input."""
        return [step.after.length for step in self.steps if step.after]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Name, layer and length of each row of the table."""
        steps = [
            (step.name, step.text, str(step.after.length) if step.after else "refused")
            for step in self.steps
        ]
        return [("input", "", str(self.input_length)), *steps]

    def __repr__(self) -> str:
        table = [HEAD, *self.rows]
        name, layer, length = (max(map(len, column)) for column in zip(*table, strict=True))
        lines = [f"{a:<{name}}  {b:<{layer}}  {c:>{length}}" for a, b, c in table]
        return "\n".join(lines + [f"{who}: {why}" for who, why in self._reasons()])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
        rows = "".join(
            f'<tr><th scope="row">{html.escape(name)}</th>'
            f"<td>{_code(layer)}</td><td>{length}</td></tr>"
            for name, layer, length in self.rows
        )
        reasons = "".join(f"<p>{who}: {_code(why)}</p>" for who, why in self._reasons())
        return (
            f'<table class="trace"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
            f"{reasons}"
        )

    def _reasons(self) -> list[tuple[str, str]]:
        """Return why the last layer refuses its input, in this book's words and in PyTorch's."""
        if self.error is None:
            return []
        own = [("Refused", str(self.error))]
        return own + ([("PyTorch", self.error.pytorch)] if self.error.pytorch else [])


def _code(text: str) -> str:
    """Return text as code in HTML."""
    return f"<code>{html.escape(text)}</code>" if text else ""


def trace(model: Stack, length: SupportsIndex) -> Trace:
    """Return the length after each layer of a stack, without running a layer.

    Each layer is taken to run on the CPU, with a batch of one; BatchNorm1d and GroupNorm, which
    refuse a single number per channel in training, are taken to have more in their batch.

    >>> trace([nn.Conv1d(1, 8, 3, stride=2), nn.ReLU(), nn.AvgPool1d(2)], 100)
    name   layer                                                   length
    input                                                             100
    0      Conv1d(1, 8, kernel_size=(3,), stride=(2,))                 49
    1      ReLU()                                                      49
    2      AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))      24
    >>> trace([nn.Conv1d(1, 8, 3, stride=2), nn.Conv1d(8, 8, 3)], 6).lengths  # 2 < 3
    [2]

    Args:
        model: A layer, an nn.Sequential, an nn.ModuleList, or lists of them, nested as you like. Of
            a model with a `forward` of its own: a list of the layers that it runs, in that order.
        length: Samples in the input, at least 0.

    Returns:
        The trace. It ends at a layer that refuses its input; `lengths` stops before that layer, and
        `error` says which layer it is and why.

    Raises:
        SizeError: For a length below 0; what a layer refuses is not raised, but told by `error`.
        TypeError: For a layer that is not known here, and for what is not an integer.

    Chapter 9 introduces it, chapter 12 traces real models.
    """
    layers = list(_flatten(model))
    start = signal = Signal(first_channels(layer for _, layer in layers), integer("length", length))
    if start.length < 0:
        raise SizeError(f"length={start.length} is too small; it has to be at least 0")
    steps: list[Step] = []
    for name, layer in layers:
        step = Step(name, layer, signal, None)
        try:
            signal = after(layer, signal)
        except SizeError as error:
            reason = f"layer {name}, {step.text}, refuses length {signal.length}: {error}"
            return Trace(start.length, (*steps, step), SizeError(reason, error.pytorch))
        except TypeError as error:
            raise TypeError(f"layer {name}: {error}") from None
        steps.append(replace(step, after=signal))
    return Trace(start.length, tuple(steps), None)


def transposed_like(conv: nn.Conv1d, length: SupportsIndex) -> nn.ConvTranspose1d:
    """Return the nn.ConvTranspose1d that takes the output of `conv` back to `length` samples.

    Channels are swapped; kernel_size, stride, padding, dilation, groups, bias or none, device and
    dtype are those of `conv`; the weights are new. output_padding is
    (length + 2 * padding - dilation * (kernel_size - 1) - 1) mod stride.

    >>> conv = nn.Conv1d(16, 32, 3, stride=2)
    >>> transposed_like(conv, 100)  # (100 + 0 - 2 - 1) mod 2
    ConvTranspose1d(32, 16, kernel_size=(3,), stride=(2,), output_padding=(1,))
    >>> transposed_like(conv, 99)  # (99 + 0 - 2 - 1) mod 2
    ConvTranspose1d(32, 16, kernel_size=(3,), stride=(2,))

    Args:
        conv: The layer to undo the length of. Of its padding modes only the number is kept,
            because nn.ConvTranspose1d has no modes.
        length: Samples in the input of `conv`, at least 1.

    Raises:
        SizeError: Where `conv` refuses `length` samples, and for a padding='same' that adds one
            sample more on the right, because no nn.ConvTranspose1d crops that way.
        TypeError: If `conv` is no nn.Conv1d, or a lazy one that has not run yet.

    Chapter 9 introduces it.
    """
    if not isinstance(conv, nn.Conv1d):
        raise TypeError(f"conv is a {type(conv).__name__}; it has to be an nn.Conv1d")
    sizes = conv1d_sizes(conv, _accepted(conv, length).input_length)
    required_output_padding(**vars(sizes))  # Refuses a padding that has to be cropped besides.
    back, *_ = _undo(conv, Signal(None, sizes.length), {}) or []
    assert isinstance(back, nn.ConvTranspose1d)
    return back


def mirror(encoder: Stack, length: SupportsIndex) -> nn.Sequential:
    """Return a decoder that takes the encoder's output back to `length` samples, exactly.

    Each layer is undone, the last one first: nn.Conv1d by the layer that `transposed_like` gives,
    nn.ConvTranspose1d by nn.Conv1d, a stride of pooling by nn.Upsample and the other way round,
    padding by cropping. What is then too long or too short is cropped or padded with zeros by an
    nn.ConstantPad1d. Activations, norms and dropouts that stand between two of these layers are
    copied, with new parameters, between the layers that undo them; those before the first and
    after the last are left out, so that the decoder's output is not confined.

    >>> mirror([nn.Conv1d(1, 4, 4, stride=2), nn.ReLU(), nn.Conv1d(4, 8, 3)], 101)
    Sequential(
      (0): ConvTranspose1d(8, 4, kernel_size=(3,), stride=(1,))
      (1): ReLU()
      (2): ConvTranspose1d(4, 1, kernel_size=(4,), stride=(2,), output_padding=(1,))
    )
    >>> mirror(nn.Conv1d(1, 1, 4, padding="same"), 9)  # 3 = 1 + 2 samples of padding
    Sequential(
      (0): ConvTranspose1d(1, 1, kernel_size=(4,), stride=(1,), padding=(1,))
      (1): ConstantPad1d(padding=(0, -1), value=0.0)
    )

    Args:
        encoder: A stack as `trace` takes it.
        length: Samples in the encoder's input, at least 1.

    Returns:
        The decoder, with new weights; their device and dtype are those of the encoder.

    Raises:
        SizeError: If a layer of the encoder refuses its input.
        TypeError: For a layer that is not known here, or a lazy one that has not run yet.

    Chapter 9 introduces it.
    """
    traced = _accepted(encoder, length)
    weights = [weight for step in traced.steps for weight in step.layer.parameters()]
    place = {"device": weights[0].device, "dtype": weights[0].dtype} if weights else {}
    decoder: list[nn.Module] = []
    between: list[nn.Module] = []
    for step in reversed(traced.steps):
        undone = _undo(step.layer, step.before, place)
        if undone is None:
            between.insert(0, step.layer)
            continue
        if decoder:
            decoder += map(_renewed, between)
        decoder += undone
        between.clear()
    mirrored = nn.Sequential(*decoder)
    _accepted(mirrored, [traced.input_length, *traced.lengths][-1])
    return mirrored


def _accepted(model: Stack, length: SupportsIndex) -> Trace:
    """Return the trace, or raise its error."""
    traced = trace(model, length)
    if traced.error is not None:
        raise traced.error
    return traced


def _flatten(model: Stack, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield name and layer of all layers of a stack, in order."""
    children: Iterable[tuple[str | int, Stack]]
    if isinstance(model, list | tuple):
        children = enumerate(model)
    elif isinstance(model, CONTAINERS) and any(runs_like(kind, model) for kind in CONTAINERS):
        children = model.named_children()
    else:
        yield name or "0", model
        return
    for child_name, child in children:
        yield from _flatten(child, f"{name}.{child_name}".lstrip("."))


def _settled(layer: nn.Module) -> nn.Module:
    """Return the layer, unless it is a lazy one that does not know its channels yet."""
    if isinstance(layer, LazyModuleMixin) and layer.has_uninitialized_params():
        name = type(layer).__name__
        raise TypeError(f"{name} does not know its channels yet; run the model once before")
    return layer


def _renewed(layer: nn.Module) -> nn.Module:
    """Return a copy with new parameters."""
    renewed = copy.deepcopy(_settled(layer))
    for module in renewed.modules():
        if callable(reset := getattr(module, "reset_parameters", None)):
            reset()
    return renewed


def _undo(layer: nn.Module, before: Signal, place: dict[str, Any]) -> list[nn.Module] | None:
    """Return what leads back to the signal before a layer, or None if the layer keeps its shape.

    Args:
        layer: The layer to undo.
        before: The signal that went into it.
        place: The device and dtype of the parameters that no layer gives.
    """
    known = described(layer)
    settings = known.settings
    if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
        settings |= {"bias": _settled(layer).bias is not None}
        place = {"device": layer.weight.device, "dtype": layer.weight.dtype}
    if known.kind == "GLU" and settings["dim"] not in SAMPLES and before.channels is None:
        raise TypeError("GLU halves channels, and no layer before it says how many there are")
    undone = undo(known.kind, settings, before, after(layer, before))
    if undone is None:
        return None
    return [
        getattr(nn, one.kind)(**one.settings, **(place if "bias" in one.settings else {}))
        for one in undone
    ]
