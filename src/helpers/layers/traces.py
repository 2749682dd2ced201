"""The length after each layer of any model."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import SupportsIndex

from torch import Tensor, nn

from helpers.layers.axes import found_axes, with_length
from helpers.layers.refusals import RefusedError, nearest_lengths, refusal_of
from helpers.layers.runs import Channels, Inputs, Run, Runner, inputs_of
from helpers.layers.stacks import Stack, as_module, count, flatten, start, text, total_stride
from helpers.sizes import integer

__all__ = ["Step", "Trace", "batch_refusal", "trace"]


@dataclass(frozen=True)
class Step:
    """One row of a trace.

    Attributes:
        name: The layer's name in the model.
        layer: The layer, or None for what is none, such as the output.
        length: Samples that come out, or None where it refuses or has no dimension of samples.
        shape: What comes out of a layer that was run.
        refused: Whether this is what refuses its input.
        line: The line of code that refuses, where it is no layer.
    """

    name: str
    layer: nn.Module | None
    length: int | None
    shape: tuple[int, ...] | None = None
    refused: bool = False
    line: str = ""

    @property
    def text(self) -> str:
        """The layer as PyTorch prints it, or the line."""
        return text(self.layer) if self.layer is not None else self.line

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        length = "refused" if self.refused else "-" if self.length is None else str(self.length)
        return self.name, self.text, length, str(self.shape or "")


@dataclass(frozen=True, repr=False)
class Trace:
    """The lengths on the way through a model; prints as a table.

    Attributes:
        input_length: Samples that go in.
        steps: One for each layer, up to the first that refuses its input.
        error: Why the model refuses the length, or None; `error.pytorch` has PyTorch's words.
        output_length: Samples that come out, or None where there is no such number.
        more: Further outputs, where the model returns several tensors.
    """

    input_length: int
    steps: tuple[Step, ...]
    error: RefusedError | None
    output_length: int | None
    more: tuple[Step, ...] = ()

    @property
    def lengths(self) -> list[int]:
        """The length after each layer that takes its input, the output's last."""
        return [step.length for step in self.steps if step.length is not None]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Name, layer and length of each row, and the shape if the model was run."""
        steps = [Step("input", None, self.input_length), *self.steps, *self.more]
        ran = any(step.shape for step in steps)
        return [step.cells if ran else step.cells[:3] for step in steps]

    @property
    def head(self) -> tuple[str, ...]:
        """The names of the columns."""
        return ("name", "layer", "length", "shape")[: len(self.rows[0])]

    def __repr__(self) -> str:
        table = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = []
        for row in table:
            cells = [
                cell.rjust(width) if index == 2 else cell.ljust(width)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join(cells).rstrip())
        reasons = self.error.reasons if self.error else []
        return "\n".join(lines + [f"{name}: {what}" for name, what in reasons])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in self.head)
        rows = "".join(
            f'<tr><th scope="row">{html.escape(row[0])}</th><td>{_code(row[1])}</td>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[2:])
            + "</tr>"
            for row in self.rows
        )
        table = f'<table class="trace"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        return table + (self.error._repr_html_() if self.error else "")


def _code(words: str) -> str:
    """Return text as code in HTML."""
    return f"<code>{html.escape(words)}</code>" if words else ""


def trace(
    model: Stack,
    length: SupportsIndex | tuple[SupportsIndex | Tensor, ...],
    *,
    channels: Channels | list[Channels] | None = None,
    seconds: float = 60.0,
) -> Trace:
    """Return the length after each layer of any model.

    Stacks of layers that are known here are counted, layer by layer, without running one. Each is
    taken to run on the CPU, with a batch of one; BatchNorm1d and GroupNorm, which refuse a single
    number per channel in training, are taken to have more in their batch. What has a `forward` of
    its own, a hook, or a weight whose shape its settings do not say, is run by PyTorch: on the CPU,
    with a batch of one signal of noise, without gradients, in the mode in which it is; its layers
    are noted as they run, and the model and the random states are left as they were.

    >>> trace([nn.Conv1d(1, 8, 3, stride=2), nn.ReLU(), nn.AvgPool1d(2)], 100)
    name   layer                                                   length
    input                                                             100
    0      Conv1d(1, 8, kernel_size=(3,), stride=(2,))                 49
    1      ReLU()                                                      49
    2      AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))      24
    >>> trace([nn.Conv1d(1, 8, 3, stride=2), nn.Conv1d(8, 8, 3)], 6).lengths  # 2 < 3
    [2]
    >>> trace([nn.LSTM(8, 4, batch_first=True)], 100, channels=(..., 8)).output_length
    100

    Args:
        model: A module, or lists of them, nested as you like.
        length: Samples in the input, at least 0. For several inputs a tuple of lengths and of
            tensors, which are handed on as they are: `(100, torch.tensor([3]))`.
        channels: What stands between batch and length, where no layer says it: a number; or the
            sizes, `(1, 22)` for an input of shape (1, 1, 22, length) and `()` for one of shape (1,
            length); or these with `...` where the length stands, `(..., 64)` for (1, length, 64).
            A list of these for several lengths.
        seconds: How long a run of the model may take.

    Returns:
        The trace. It ends where the model refuses its input, before which `lengths` stops; `error`
        says which layer or which line of your code it is, why, and which lengths work nearby.

    Raises:
        SizeError: For a length below 0; what the model refuses is not raised, but told by `error`.
        TypeError: For what is no module, for a model that takes other inputs or returns no tensor,
            and for what is not an integer.
        ValueError: For a model to be run that is not on the CPU, or in half precision.
        TimeoutError: For a model that does not return in time.
        MemoryError: For a length that is too long to run.

    Chapter 9 introduces it, chapter 12 traces real models.
    """
    inputs = checked_inputs(length)
    layers = list(flatten(model))
    if isinstance(inputs, int) and (channels is None or isinstance(channels, int)):
        try:
            return _counted(layers, inputs, channels)
        except TypeError:
            if not all(isinstance(layer, nn.Module) for _, layer in layers):
                raise
    with Runner(as_module(model), channels, seconds) as runner:
        return _ran(runner, inputs)


def checked_inputs(length: SupportsIndex | tuple[SupportsIndex | Tensor, ...]) -> Inputs:
    """Return inputs with plain ints in them."""
    if isinstance(length, tuple):
        inputs: Inputs = tuple(
            one if isinstance(one, Tensor) else integer("length", one) for one in length
        )
    else:
        inputs = integer("length", length)
    inputs_of(inputs)
    return inputs


def _counted(layers: Sequence[tuple[str, nn.Module]], length: int, channels: int | None) -> Trace:
    """Return the trace of a stack whose layers are all known."""
    counted = count(layers, start(layers, length, channels))
    after = counted.signals[1:]
    steps = tuple(
        Step(name, layer, signal.length)
        for (name, layer), signal in zip(layers, after, strict=False)
    )
    if counted.error is None:
        return Trace(length, steps, None, counted.signals[-1].length)
    name, layer = layers[len(steps)]

    def works(other: int) -> bool:
        return count(layers, start(layers, other, channels)).error is None

    refusal = RefusedError(
        f"layer {name}, {text(layer)}, refuses length {counted.signals[-1].length}",
        str(counted.error),
        counted.error.pytorch,
        lambda: nearest_lengths(works, length, total_stride(layer for _, layer in layers)),
    )
    return Trace(length, (*steps, Step(name, layer, None, refused=True)), refusal, None)


def _ran(runner: Runner, inputs: Inputs) -> Trace:
    """Return the trace of a model that is run."""
    run = runner.run(inputs, quiet=False)
    axes = found_axes(runner, inputs, run)
    steps = [
        Step(record.name, record.layer, _length(record.shape, axis), record.shape)
        for record, axis in zip(run.records, axes.records, strict=True)
    ]
    if run.failure is not None:

        def works(other: int) -> bool:
            return runner.run(with_length(inputs, other)).failure is None

        step = total_stride(runner.model.modules())
        refusal, (name, layer, line) = refusal_of(
            run, runner, lambda: nearest_lengths(works, run.length, step)
        )
        steps.append(Step(name, layer, None, refused=True, line=line))
        refusal.nearest  # noqa: B018 (Looked up now, and kept.)
        return Trace(run.length, tuple(steps), refusal, None)
    if not run.outputs:
        raise TypeError(f"{type(runner.model).__name__} returns no tensor")
    rows = [
        Step(name, None, _length(shape, axis), shape)
        for (name, shape), axis in zip(run.outputs, axes.outputs, strict=True)
    ]
    output, more = rows[0], tuple(rows[1:])
    if changed := batch_refusal(run, axes.outputs[0]):
        steps.append(replace(output, length=None, refused=True))
        return Trace(run.length, tuple(steps), changed, None, more)
    last = steps[-1] if steps else None
    if more or last is None or (last.shape, last.length) != (output.shape, output.length):
        steps.append(output)
    return Trace(run.length, tuple(steps), None, output.length, more)


def batch_refusal(run: Run, axis: int | None) -> RefusedError | None:
    """Return what there is to say about an output whose batch is not the input's."""
    name, shape = run.outputs[0]
    if (axis == 0 and len(shape) == 1) or (axis != 0 and shape[:1] == (run.batch,)):
        return None
    return RefusedError(
        f"the {name}",
        f"it has the shape {shape}, and its first dimension should be the batch, which is"
        f" {run.batch}",
        None,
    )


def _length(shape: tuple[int, ...] | None, axis: int | None) -> int | None:
    """Return the samples of a shape, if it has any."""
    return None if shape is None or axis is None else shape[axis]
