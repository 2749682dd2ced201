"""Where the samples are in what a model's layers return."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import nn

from helpers.layers.runs import Inputs, Run, Runner
from helpers.layers.stacks import total_stride

__all__ = ["Axes", "found_axes", "with_length"]

FEATURES_LAST = (nn.Linear, nn.Bilinear, nn.Embedding, nn.LayerNorm, nn.RMSNorm)
LONG = 2048


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
    channels, length), and else there is none; nor is there one of a layer that has features last,
    such as nn.Linear.

    Args:
        runner: What ran the model.
        inputs: What went in.
        run: What the model did with it.
    """
    others = list(_others(runner, inputs, run))
    records = [
        _axis(
            record.shape,
            record.axis,
            [_like(run, other, other.records[i].shape) for other in others if _same(run, other, i)],
            isinstance(record.layer, FEATURES_LAST),
        )
        for i, record in enumerate(run.records)
    ]
    last = run.records[-1] if run.records else None
    outputs = [
        _axis(
            shape,
            None if i else run.axis,
            [_like(run, other, other.outputs[i][1]) for other in others if len(other.outputs) > i],
            last is not None and isinstance(last.layer, FEATURES_LAST),
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
    # And at last so long that what has large steps has to show them.
    for more in dict.fromkeys((step, 1, 16, 256, max(length, 2), LONG)):
        if not unsettled and not output:
            return
        other = runner.run(with_length(inputs, length + more))
        yield other
        if output and other.outputs:
            shapes = [(name, _like(run, other, shape)) for name, shape in other.outputs]
            output = any(one in run.outputs for one in shapes)
        unsettled = {
            i
            for i in unsettled
            if not _same(run, other, i)
            or _like(run, other, other.records[i].shape) == run.records[i].shape
        }


def _same(run: Run, other: Run, index: int) -> bool:
    """Say whether two runs went through the same layers up to one of them."""
    ours, theirs = ([one.name for one in each.records[: index + 1]] for each in (run, other))
    return len(theirs) > index and ours == theirs


def _like(run: Run, other: Run, shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Return a shape of another run with the batch of this one: that is no difference in length."""
    if shape and run.batch != other.batch and shape[0] == other.batch:
        return run.batch, *shape[1:]
    return shape


def _axis(
    shape: Sequence[int] | None,
    axis: int | None,
    others: Sequence[Sequence[int] | None],
    features_last: bool,
) -> int | None:
    """Return the dimension in which other shapes differ from this one."""
    if shape is None or axis is not None:
        return axis
    for other in others:
        if other is not None and len(other) == len(shape):
            differing = [i for i in range(len(shape)) if shape[i] != other[i]]
            if differing:
                return differing[-1]
    return 2 if len(shape) == 3 and not features_last else None
