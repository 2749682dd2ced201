"""Spans and receptive fields of whole models."""

import math
from collections.abc import Sequence
from fractions import Fraction
from time import monotonic
from typing import SupportsIndex

import numpy as np
from torch import nn

from helpers.alignment.field import ReceptiveField, bounded, shifted, unbounded
from helpers.alignment.reads import NOTHING, Positions, pace, reads, reads_everything
from helpers.alignment.running import Run
from helpers.layers import Stack, trace
from helpers.layers.meters import progress
from helpers.layers.runs import Channels
from helpers.layers.stacks import as_module, flatten, text
from helpers.signals import Signal, after, first_channels
from helpers.sizes import SizeError, integer

__all__ = ["input_span", "receptive_field"]

TRIED = (1 << 5, 1 << 6, 1 << 8, 1 << 10, 1 << 12, 1 << 14, 1 << 16)
"""Lengths at which a model that has to be run is run, the first that is enough."""

PHASES = 256
"""So many phases of a model that has to be run are told apart."""

MOST_NUMBERS = 1 << 29
"""So many numbers of 8 bytes a run may keep, before no longer signal is tried."""

MORE = 16
"""So many fields beyond two turns have to repeat, too."""

LONG = 1 << 20
"""A length that few layers find too short, to check their settings by."""

FAR = 1 << 62
"""Further than any sample."""


def input_span(
    model: Stack,
    index: SupportsIndex,
    *,
    length: SupportsIndex,
    channels: Channels | None = None,
) -> range:
    """Return the input samples, from the first to the last, that an output sample depends on.

    Followed backwards from output n: nn.Conv1d reads n * stride + j * dilation - padding for each
    weight j, nn.ConvTranspose1d each i for which a weight j has i * stride + j * dilation - padding
    = n (PyTorch's documentation of both). Padding counts as no sample, but what reflect, replicate
    and circular padding repeat does. Some samples within the range may be unread: in gaps of
    dilation, or between windows. What the weights are does not matter.

    >>> layer = nn.Conv1d(1, 1, 3, stride=2, padding=1)
    >>> input_span(layer, 5, length=100), input_span(layer, 0, length=100)  # no -1
    (range(9, 12), range(0, 2))
    >>> up = nn.ConvTranspose1d(1, 1, 4, stride=2, padding=1)
    >>> input_span(up, 5, length=9)  # (5 + 1 - 3) / 2 to (5 + 1 - 0) / 2
    range(2, 4)

    Args:
        model: A stack as `helpers.layers.trace` takes it, or any model that is called with one
            tensor; of several that it returns the first counts. Time is the dimension of the output
            that changes with the length of the input; where that can't be seen its last, or the one
            before if the model ends with a layer such as nn.Linear.
        index: Which output sample, from 0 on; negative from the end, as in Python.
        length: Samples in the input, at least 1.
        channels: As in `helpers.layers.trace`, of a model that is run and whose layers do not say
            what stands between batch and length.

    Returns:
        A range within the input; it is empty if the output sample depends on no input sample.

    Raises:
        SizeError: If a layer refuses its input, and if there is no output sample `index`.
        TypeError: For what is not an integer; for a model that returns no tensor, or one without
            samples or without a gradient.

    Chapter 8 introduces it.
    """
    samples, at = integer("length", length), integer("index", index)
    if samples < 1:
        raise SizeError(f"length={samples} is too small; it has to be at least 1")
    layers = _layers(model)
    if not _known(layers):
        run = Run(as_module(model), samples, channels)
        run.axis = _axis(as_module(model), run, samples)
        return run.span(_inside(at, run.output_length))
    traced = trace(model, samples)
    if traced.error:
        raise traced.error
    *befores, last = [samples, *traced.lengths]
    found: Positions = np.array([_inside(at, last)])
    for layer, before in zip(reversed(layers), reversed(befores), strict=True):
        if not len(found):
            break
        if reads_everything(layer):
            found = np.arange(before)
        else:
            found = np.unique(reads(layer, found, before))
            found = found[found != NOTHING]
    return range(int(found[0]), int(found[-1]) + 1) if len(found) else range(0)


def receptive_field(
    model: Stack,
    *,
    length: SupportsIndex | None = None,
    channels: Channels | None = None,
    sample_rate: float | None = None,
    seconds: float = 60.0,
) -> ReceptiveField:
    """Return what the output samples of a model depend on, away from the ends of the input.

    For nn.Conv1d layers alone, size is 1 + the sum of dilation * (kernel_size - 1) for each layer,
    times the strides before it, and step is the product of the strides (Araujo, Norris and Sim
    2019, Computing Receptive Fields of Convolutional Neural Networks). On the way up the fields of
    neighbors differ, so each is followed through the layers.

    >>> pair = [nn.Conv1d(1, 8, 3, stride=2, padding=1), nn.Conv1d(8, 8, 3)]
    >>> receptive_field(pair)  # 1 + 2 + 2 * 2; -1 + 3 is the middle, -1 + 6 the last
    size         7
    step         2
    offset      -1
    center       2
    look-ahead   5
    >>> receptive_field(nn.ConvTranspose1d(8, 1, 4, stride=2, padding=1), sample_rate=1000)
    size           2  2.000 ms
    step         1/2  0.500 ms
    offset        -1  -1.000 ms
    center      -1/4  -0.250 ms
    look-ahead     1  1.000 ms
    field 0     -1 to 0
    field 1     0 to 1

    Args:
        model: As in `input_span`. If it has to be run, it is run with some lengths, up to 65,536.
        length: The length to run it with, if there are some that it needs; at least 1.
        channels: As in `input_span`.
        sample_rate: Input samples in a second, above 0, to have milliseconds as well.
        seconds: How long a model that has to be run may be read.

    Raises:
        SizeError: If a layer refuses its settings or its input; if a layer, such as adaptive
            pooling, reads other samples for each length; if a model that is run has a field that
            can't be told from the ends at these lengths, or more than 256 of them.
        TimeoutError: If no field was found within `seconds`, as of a codec with hundreds of them.
        TypeError: As `input_span` raises it.
        ValueError: For a sample rate that is not above 0.

    Chapter 8 introduces it.
    """
    if sample_rate is not None and not 0 < sample_rate < math.inf:
        raise ValueError(f"sample_rate={sample_rate} has to be above 0, in samples in a second")
    layers = _layers(model)
    if _known(layers):
        return _followed(layers, sample_rate)
    lengths = TRIED if length is None else (integer("length", length),)
    if min(lengths) < 1:
        raise SizeError(f"length={length}, and it has to be at least 1")
    try:
        return _tried(as_module(model), lengths, channels, sample_rate, monotonic() + seconds)
    except TimeoutError:
        raise TimeoutError(
            f"no receptive field was found within {seconds:g} seconds; seconds= sets how long it"
            " may take, and input_span(model, index, length=...) tells what one output sample reads"
        ) from None


def _inside(index: int, length: int) -> int:
    """Return an index as it counts from the front."""
    if not -length <= index < length:
        raise SizeError(
            f"index={index} is none of the {length} output samples;"
            + (f" it has to be from {-length} to {length - 1}" if length else " there are none")
        )
    return index % length


def _layers(model: Stack) -> list[nn.Module]:
    """Return the layers of a stack, in order; of any other model, the model itself."""
    layers = [layer for _, layer in flatten(model)]
    for layer in layers:
        if not isinstance(layer, nn.Module):
            raise TypeError(
                f"the model has a {type(layer).__name__}; it has to be an nn.Module or a list of"
                " them"
            )
    return layers


def _known(layers: list[nn.Module]) -> bool:
    """Say whether all layers are known, so that none has to be run."""
    for layer in layers:
        try:
            after(layer, Signal(None, LONG))
        except SizeError:
            continue
        except TypeError:
            return False
    return True


def _followed(layers: list[nn.Module], sample_rate: float | None) -> ReceptiveField:
    """Return the receptive field of a stack of known layers.

    From layer to layer it has the first and the last input sample that each of `count` samples
    depends on; those of the samples that follow are the same, `shift` input samples further on.
    """
    channels, everything = first_channels(layers), False
    firsts, lasts, shift = np.zeros(1, np.int64), np.zeros(1, np.int64), 1
    for number, layer in enumerate(layers):
        try:
            if not isinstance(layer, nn.LayerNorm | nn.RMSNorm):  # These are made for one length.
                channels = after(layer, Signal(channels, LONG)).channels
            everything |= reads_everything(layer)
            count = len(firsts)
            periods = count / pace(layer)
            found = np.zeros((0, 1), np.int64)
            found = reads(layer, np.arange(periods.numerator), None)
        except SizeError as error:
            raise SizeError(f"layer {number}, {text(layer)}: {error}", error.pytorch) from None
        turns, phases = np.divmod(found, count)
        read = (found != NOTHING) & (firsts <= lasts)[phases]
        moved = np.where(read, turns, 0) * shift
        firsts = np.where(read, firsts[phases] + moved, FAR).min(axis=1)
        lasts = np.where(read, lasts[phases] + moved, -FAR).max(axis=1)
        shift *= periods.denominator
    fields = [
        range(first, last + 1) if first <= last else range(0)
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]
    step = Fraction(shift, len(fields))
    if everything:
        return unbounded(step, -math.inf, math.inf, sample_rate)
    return bounded(fields, step, sample_rate)


def _axis(model: nn.Module, run: Run, length: int) -> int:
    """Return where time is in the output of a run: what another length changes, or the last."""
    same = 0
    for other in (2 * length, length + 256, length + 2048):
        try:
            shape = Run(model, other, run.channels).shape
        except SizeError:
            continue
        if len(shape) == len(run.shape):
            if differing := [i for i, size in enumerate(shape) if size != run.shape[i]]:
                return differing[-1]
            same = other
    if same and len(run.shape) < 3:
        raise TypeError(
            f"the output has the shape {run.shape} with {length} input samples and with {same}"
            " alike: it has no dimension of samples"
        )
    return run.axis


def _tried(
    model: nn.Module,
    lengths: Sequence[int],
    channels: Channels | None,
    sample_rate: float | None,
    until: float,
) -> ReceptiveField:
    """Return the receptive field of a model by running it with the first length that is enough."""
    refused: SizeError | None = None
    tried = lengths[0]
    open_before, axis, numbers = False, None, 0.0
    for length in lengths:
        if numbers * length > MOST_NUMBERS:
            break
        tried = length
        try:
            run = Run(model, length, channels)
        except SizeError as error:
            refused = error
            continue
        channels, numbers = run.channels, run.numbers / length
        run.axis = axis = _axis(model, run, length) if axis is None else axis
        if (found := _pattern(run, until)) is not None:
            return bounded(*found, sample_rate)
        local = Run(model, length, channels, local=True)
        local.axis = axis
        if (steady := _pattern(local, until)) is None:
            continue
        ends = _ends(run, *steady)
        if math.isinf(sum(ends)) or math.isnan(sum(ends)):
            # Norms, recurrence or attention reach an end of the input that nothing else reaches.
            if open_before or length == lengths[-1] or 4 * length * numbers > MOST_NUMBERS:
                return unbounded(steady[1], *ends, sample_rate)
            open_before = True
    if refused:
        raise SizeError(
            f"of {', '.join(map(str, lengths))} input samples, the model takes no length for which"
            f" this can be told; give one as length=. For the last one that it refused: {refused}",
            refused.pytorch,
        )
    raise SizeError(
        f"with {tried} input samples, fields still reach an end of the input, because they are"
        f" longer or grow with it, or more than {PHASES} of them differ; give a larger length=, or"
        " ask input_span(model, index, length=...) for single output samples"
    )


def _pattern(run: Run, until: float) -> tuple[list[range], Fraction] | None:
    """Return the fields up to where they repeat, with the step, if a run is long enough.

    Args:
        run: The run.
        until: When to give up, as `time.monotonic` counts.

    Raises:
        TimeoutError: If it is not found by then.
    """
    middle = run.output_length // 2
    fields: list[range] = []
    with progress(2 * PHASES + MORE, " reads, at most") as bar:
        for count in range(1, PHASES + 1):
            while len(fields) < 2 * count + MORE:
                if monotonic() > until:
                    raise TimeoutError
                place = middle + len(fields)
                if place >= run.output_length or any(run.at_the_ends(field := run.span(place))):
                    return None
                fields.append(field)
                bar.update()
            full = next((n for n, field in enumerate(fields[:count]) if field), None)
            if full is None:
                continue
            shift = fields[full + count].start - fields[full].start
            if shift > 0 and all(
                shifted(before, shift) == after
                for before, after in zip(fields, fields[count:], strict=False)
            ):
                first = -middle % count
                turned = [fields[first + n] for n in range(count)]
                turns = (middle + first) // count
                return [shifted(field, -turns * shift) for field in turned], Fraction(shift, count)
    return None


def _ends(run: Run, fields: list[range], step: Fraction) -> tuple[float, float]:
    """Return the offset and the look-ahead of a run, infinite where its fields reach the ends.

    Args:
        run: The run.
        fields: Those of the run without norms, recurrence and attention.
        step: Input samples from one output sample to the next.
    """
    count = len(fields)
    first = run.output_length // 2 // count * count
    places = range(first, min(first + count, run.output_length))
    spans = [(place, span) for place in places if (span := run.span(place))]
    starts, stops = zip(*(run.at_the_ends(span) for _, span in spans), strict=True)
    offset = spans[0][1].start - math.floor(spans[0][0] * step)
    waits = [span[-1] - math.floor(place * step) for place, span in spans]
    return -math.inf if any(starts) else offset, math.inf if any(stops) else max(0, *waits)
