"""Where the samples are in what a model's layers return."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helpers.layers.runs import Inputs, Run, Runner
from helpers.layers.stacks import total_stride

__all__ = ["Axes", "found_axes", "with_length"]


@dataclass(frozen=True)
class Axes:
    """The dimension of the samples: in what each layer returned, and in each output.

    None stands where there is none.
    """

    records: list[int | None]
    outputs: list[int | None]


def found_axes(runner: Runner, inputs: Inputs, run: Run) -> Axes:
    """Return where the samples are: where the kind of a layer says it, or where sizes vary.

    Of what no kind of layer settles, the model is run with other lengths, and the dimension that
    changes with them is the one. Where none changes it is the last of three, as in (batch,
    channels, length), and else there is none.

    Args:
        runner: What ran the model.
        inputs: What went in.
        run: What the model did with it.
    """
    others = list(_others(runner, inputs, run))
    shapes = [record.shape for record in run.records]
    records = [
        _axis(
            shape, record.axis, [other.records[i].shape for other in others if _same(run, other, i)]
        )
        for i, (shape, record) in enumerate(zip(shapes, run.records, strict=True))
    ]
    outputs = [
        _axis(
            shape,
            None if i else run.axis,
            [other.outputs[i][1] for other in others if len(other.outputs) > i],
        )
        for i, (_, shape) in enumerate(run.outputs)
    ]
    return Axes(records, outputs)


def with_length(inputs: Inputs, length: int) -> Inputs:
    """Return inputs with another length of the first signal.

    >>> with_length((100, 10), 50)
    (50, 10)

    Args:
        inputs: A length, or a tuple of lengths and tensors.
        length: The other length.
    """
    if not isinstance(inputs, tuple):
        return length
    several = list(inputs)
    several[next(i for i, one in enumerate(several) if isinstance(one, int))] = length
    return tuple(several)


def _others(runner: Runner, inputs: Inputs, run: Run) -> Iterator[Run]:
    """Run the model with other lengths, as long as something is not settled."""
    unsettled = {i for i, record in enumerate(run.records) if record.shape and record.axis is None}
    output = len(run.outputs) > 1 or (bool(run.outputs) and run.axis is None)
    length, step = run.length, total_stride(runner.model.modules())
    # Twice the length, because it may have to be a multiple of something.
    for more in dict.fromkeys((step, 1, 16, 256, max(length, 2))):
        if not unsettled and not output:
            return
        other = runner.run(with_length(inputs, length + more))
        yield other
        if output and other.outputs:
            output = any(one in run.outputs for one in other.outputs)
        unsettled = {
            i
            for i in unsettled
            if not _same(run, other, i) or other.records[i].shape == run.records[i].shape
        }


def _same(run: Run, other: Run, index: int) -> bool:
    """Say whether two runs went through the same layers up to one of them."""
    ours, theirs = ([one.name for one in each.records[: index + 1]] for each in (run, other))
    return len(theirs) > index and ours == theirs


def _axis(
    shape: Sequence[int] | None, axis: int | None, others: Sequence[Sequence[int] | None]
) -> int | None:
    """Return the dimension in which other shapes differ from this one."""
    if shape is None or axis is not None:
        return axis
    for other in others:
        if other is not None and len(other) == len(shape):
            differing = [i for i in range(len(shape)) if shape[i] != other[i]]
            if differing:
                return differing[-1]
    return 2 if len(shape) == 3 else None
