"""The smallest changes that bring a model's lengths back, each proven by running it changed."""

import functools
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, SupportsIndex

from torch import Tensor, nn
from torch.nn import functional

from helpers.layers.meters import Meter
from helpers.layers.returning import ordinal, returning_lengths
from helpers.layers.runs import Channels, Run, Runner
from helpers.layers.stacks import Stack, as_module, total_stride
from helpers.layers.traces import checked_inputs
from helpers.layers.untouched import copied
from helpers.signals import POOLS

__all__ = ["Repair", "Repairs", "padding_for", "repairs"]

WIDEST, FARTHEST = 600, 2**14
SEARCH = 30.0
"""Seconds after which a search for lengths that come back ends if there was none."""
SHRINKS: tuple[type[nn.Module], ...] = (nn.Conv1d, *POOLS)


@dataclass(frozen=True)
class Repair:
    """One change.

    Attributes:
        what: What is changed.
        serves: Which lengths come back with it, as tried.
        code: The change as Python.
    """

    what: str
    serves: str
    code: str

    def __str__(self) -> str:
        return f"{self.what}\n{self.serves}\n\n{self.code}"


class Repairs(tuple[Repair, ...]):
    """Changes, each of which brings a length back; prints as text with code.

    Attributes:
        why: What there is to say where there is no change.
    """

    why: str

    def __new__(cls, changes: Iterable[Repair] = (), why: str = "no change was found") -> Self:
        """Return changes."""
        made = super().__new__(cls, changes)
        made.why = why
        return made

    def __repr__(self) -> str:
        if not self:
            return self.why
        return "\n\n\n".join(f"{number}. {repair}" for number, repair in enumerate(self, start=1))


def repairs(
    model: Stack,
    length: SupportsIndex,
    *,
    channels: Channels | None = None,
    seconds: float = 60.0,
) -> Repairs:
    """Return the changes that make a model's output as long as its input.

    Looked for are `output_size=` in each transposed layer, from the length that went into the layer
    that it undoes; padding before the model and cropping after it; and a fixed output_padding for
    each transposed layer. Each is tried on many lengths around `length`, and only what works for
    `length` is there.

    >>> halves = {"kernel_size": 4, "stride": 2, "padding": 1}
    >>> model = [nn.Conv1d(1, 1, **halves), nn.ConvTranspose1d(1, 1, **halves)]
    >>> for repair in repairs(model, 101):  # 2 * (101 // 2) = 100
    ...     print(repair.what, "|", repair.serves)
    output_size= for each transposed layer | all 41 lengths from 81 to 121 come back
    pad the end, cut the output | all 41 lengths from 81 to 121 come back
    output_padding for this length | 101 comes back, and with it every 2nd length
    >>> repairs(model, 100)
    no change is needed: 100 comes back

    Args:
        model: As in `helpers.layers.trace`, with one length as its input.
        length: Samples in the input.
        channels: As in `helpers.layers.trace`.
        seconds: How long a run of the model may take.

    Returns:
        The changes; none for a length that comes back already, nor for one of which the model
        makes half or less, or twice as much or more: then it is no model that brings it back.
        Which of these it is, is what is printed.

    Raises:
        TypeError: As in `helpers.layers.returning_lengths`.
        ValueError: As there, and for a model that can't be copied to try a change on.
        TimeoutError: As there.

    Chapter 9 goes through all three.
    """
    samples = checked_inputs(length)
    if not isinstance(samples, int):
        raise TypeError(
            "several inputs have no single length to bring back; give the model all but one before,"
            " as in model.forward = functools.partial(model.forward, step=torch.tensor([3]))"
        )
    whole = as_module(model)
    if _returns(whole, [samples], channels, seconds) == [samples]:
        return Repairs(why=f"no change is needed: {samples} comes back")
    with Meter(Forwarding(whole), channels, seconds) as meter:
        output = meter.output(samples)
    if output is not None and not samples < 2 * output < 4 * samples:
        return Repairs(
            why=f"no change was looked for: {samples} becomes {output}, so that the model does not"
            " seem to be meant to bring lengths back"
        )
    around = range(max(1, samples - 20), samples + 21)
    found = (
        _by_output_size(whole, samples, around, channels, seconds),
        _by_padding(whole, samples, around, channels, seconds),
        _by_output_padding(whole, samples, channels, seconds),
    )
    return Repairs(repair for repair in found if repair is not None)


def _returns(
    model: nn.Module, lengths: Iterable[int], channels: Channels | None, seconds: float
) -> list[int]:
    """Return the lengths that come back from a model, without a rule."""
    with Meter(model, channels, seconds) as meter:
        return [length for length in lengths if meter.output(length) == length]


def _served(returned: Sequence[int], around: range) -> str:
    """Say which of the lengths around come back."""
    shortest = min(returned)
    tried = [length for length in around if length >= shortest]
    if list(returned) == tried:
        return f"all {len(tried)} lengths from {tried[0]} to {tried[-1]} come back"
    return f"{len(returned)} of {len(tried)} lengths from {tried[0]} to {tried[-1]} come back"


def _path(name: str) -> str:
    """Return a layer's name as Python: up.0 as self.up[0]."""
    parts = (f"[{part}]" if part.isdigit() else f".{part}" for part in name.split("."))
    return "self" + "".join(parts)


# --- output_size= ------------------------------------------------------------------------------


class _Undoing:
    """Tells each transposed layer the length that went into the layer that it undoes."""

    def __init__(self, model: nn.Module) -> None:
        self.calls: Counter[str] = Counter()
        self.noted: list[tuple[tuple[str, int], int, int]] = []
        self.pairs: dict[tuple[str, int], tuple[str, int]] = {}  # Which call undoes which.
        model.register_forward_pre_hook(self.begin)
        for name, layer in model.named_modules():
            if isinstance(layer, nn.ConvTranspose1d):
                layer.register_forward_pre_hook(
                    functools.partial(self.undo, name), with_kwargs=True
                )
            elif isinstance(layer, SHRINKS):
                layer.register_forward_pre_hook(functools.partial(self.note, name))

    def begin(self, *_: Any) -> None:
        """Begin a run."""
        self.calls.clear()
        self.noted.clear()

    def note(self, name: str, layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Note what goes into a layer that makes a signal shorter."""
        self.calls[name] += 1
        if (stride := total_stride([layer])) > 1:
            self.noted.append(((name, self.calls[name]), stride, inputs[0].shape[-1]))

    def undo(
        self, name: str, layer: nn.ConvTranspose1d, inputs: tuple[Any, ...], more: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        """Ask for the length that the last layer of the same stride met."""
        self.calls[name] += 1
        for index in range(len(self.noted) - 1, -1, -1):
            down, stride, length = self.noted[index]
            if stride == layer.stride[0]:
                del self.noted[index]
                self.pairs[name, self.calls[name]] = down
                return inputs, {**more, "output_size": [length]}
        return None


def _by_output_size(
    model: nn.Module, length: int, around: range, channels: Channels | None, seconds: float
) -> Repair | None:
    """Return the change by output_size=, if it works."""
    changed = Forwarding(copied(model))
    undoing = _Undoing(changed.model)
    returned = _returns(changed, around, channels, seconds)
    if length not in returned:
        return None
    downs = list(dict.fromkeys(undoing.pairs.values()))[::-1]
    numbers = {down: number for number, down in enumerate(downs)}
    again = {name for name, number in [*undoing.pairs, *downs] if number > 1}

    def which(name: str, number: int) -> list[str]:
        return [f"the {ordinal(number)} time"] if name in again else []

    code = []
    for (name, number), i in numbers.items():
        words = ", ".join([f"before {_path(name)}(x)", *which(name, number)])
        code.append(f"length_{i} = x.shape[-1]  # {words}")
    for (name, number), down in undoing.pairs.items():
        line = f"x = {_path(name)}(x, output_size=[length_{numbers[down]}])"
        comments = which(name, number)
        if type(model.get_submodule(name.rpartition(".")[0])) is nn.Sequential:
            comments.append("one by one: nn.Sequential takes no output_size")
        code.append("  # ".join([line, ", ".join(comments)]) if comments else line)
    what = "output_size= for each transposed layer"
    return Repair(what, _served(returned, around), "\n".join(code))


class Forwarding(nn.Module):
    """A model inside a module, so that it is run and not counted."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> Any:
        """Run the model."""
        return self.model(*inputs)


# --- Padding and cropping ----------------------------------------------------------------------

PADDED = '''\
class Padded(nn.Module):
    """Pads the end to a length that comes back, and cuts the output."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        length = x.shape[-1]
        output = self.model(F.pad(x, (0, {padding})))
        return {output}[..., :length]'''


def padding_for(first: int, period: int) -> str:
    """Return how much to pad at the end, in terms of `length`.

    >>> padding_for(32, 16)
    '-length % 16'
    >>> padding_for(36, 32)
    '(4 - length) % 32'

    Args:
        first: A length that comes back.
        period: From one such length to the next.
    """
    place = first % period
    return f"({place} - length) % {period}" if place else f"-length % {period}"


def _by_padding(
    model: nn.Module, length: int, around: range, channels: Channels | None, seconds: float
) -> Repair | None:
    """Return the change by padding and cropping, if it works."""
    with Meter(Forwarding(model), channels, seconds) as meter:
        padding = _padding(meter, length)
    if padding is None:
        return None
    code = PADDED.format(padding=padding, output=meter.name)
    names: dict[str, Any] = {"nn": nn, "F": functional}
    exec(code, names)
    returned = _returns(names["Padded"](model), around, channels, seconds)
    if length not in returned:
        return None
    return Repair("pad the end, cut the output", _served(returned, around), code)


def _padding(meter: Meter, length: int) -> str | None:
    """Return how much to pad at the end, as code."""
    whole = total_stride(as_module(meter.model).modules())
    # Most often it is the multiples of something: three of these are soon asked.
    for period in (one for one in range(1, min(whole, FARTHEST) + 1) if whole % one == 0):
        first = length + -length % period
        if all(meter.output(n) == n for n in range(first, first + 3 * period, period)):
            return padding_for(first, period)
    step = min(whole, WIDEST)
    outputs: dict[int, int | None] = {}
    until = time.monotonic() + SEARCH
    for other, output in meter.outputs(range(length, length + 3 * step + 64)):
        assert isinstance(other, int)
        outputs[other] = output
        returning = [n for n, output in outputs.items() if output == n]
        if len(returning) == 3 and returning[2] - returning[1] == returning[1] - returning[0]:
            return padding_for(returning[0], returning[1] - returning[0])
        if time.monotonic() > until and not returning:
            return None
    if not any(outputs.values()):
        return None  # Such as a model that is made for one length.
    # None comes back by itself: the same padding for all, with which enough comes out of each.
    lengths = range(length, length + step)
    for padding in range(8 * step + 64):
        for one in lengths:
            if one + padding not in outputs:
                outputs[one + padding] = meter.output(one + padding)
            if (outputs[one + padding] or 0) < one:
                break
        else:
            return str(padding)
    return None


# --- output_padding ----------------------------------------------------------------------------


def _by_output_padding(
    model: nn.Module, length: int, channels: Channels | None, seconds: float
) -> Repair | None:
    """Return the change by a fixed output_padding of each transposed layer, if it works."""
    changed = copied(model)
    layers = {
        name: layer
        for name, layer in changed.named_modules()
        if isinstance(layer, nn.ConvTranspose1d)
    }
    before = {name: layer.output_padding for name, layer in layers.items()}

    def run() -> Run:
        with Runner(changed, channels, seconds) as runner:
            return runner.run(length)

    def far(padding: int, layer: nn.ConvTranspose1d) -> tuple[int, int]:
        """Say how far the model gets with this padding; an output that is too long is no gain."""
        layer.output_padding = (padding,)
        ran = run()
        output = ran.outputs[0][1][-1] if ran.outputs else 0
        return len(ran.records) + len(ran.outputs), output if output <= length else -output

    for layer in layers.values():
        layer.output_padding = (0,)
    done: set[str] = set()
    while pending := [r.name for r in run().records if r.name in layers and r.name not in done]:
        name = pending[0]
        layer = layers[name]
        paddings = range(max(layer.stride[0], layer.dilation[0]))
        layer.output_padding = (max(paddings, key=lambda one: (far(one, layer), -one)),)
        done.add(name)
    if _returns(changed, [length], channels, seconds) != [length]:
        return None
    differing = {name: one for name, one in layers.items() if one.output_padding != before[name]}
    code = [
        f"{_path(name)}.output_padding = {layer.output_padding}"
        for name, layer in differing.items()
    ]
    step = min(total_stride(model.modules()), WIDEST // 2)
    near = range(max(1, length - step), length + 2 * step + 8)
    served = returning_lengths(changed, near, channels=channels, seconds=seconds)
    every = ordinal(served.rule.period) if served.rule and served.rule.period > 1 else ""
    words = (
        f"{length} comes back, and with it every {every} length".replace("  ", " ")
        if served.rule
        else f"{length} comes back; of the lengths around it, {served!r}"
    )
    return Repair("output_padding for this length", words, "\n".join(code))
