"""What the output samples of a model depend on, as numbers and as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from helpers.sizes import SizeError

__all__ = ["ReceptiveField", "bounded", "shifted", "unbounded"]

SHOWN = 8
"""So many phases are printed."""


@dataclass(frozen=True, repr=False)
class ReceptiveField:
    """What the output samples of a model depend on, away from the ends of the input.

    Positions are those of the input: 0 is its first sample, and what lies before it is padding.
    Output sample n has its own place at n * step. Its field is a shifted copy of the field of
    another, n less the number of fields; on the way up there are several.

    Attributes:
        size: Samples in the largest field, from its first to its last; math.inf if the fields grow
            with the input, as with a norm over time.
        step: Input samples from one output sample to the next; below 1 on the way up.
        offset: Where the field of the first output sample starts; -math.inf if fields have no start
            of their own.
        center: Where the middle of the first output sample's field is: the mean of (first + last)
            / 2 - n * step over the fields; math.nan where they have none.
        look_ahead: How many samples after its own place an output sample waits for, at most;
            math.inf if it waits for the end.
        fields: The samples from the first to the last of each field, from that of the first output
            sample on; an empty range where an output sample depends on nothing. No field is here if
            they grow with the input.
        sample_rate: Input samples in a second, if it was given.
    """

    size: int | float
    step: Fraction
    offset: int | float
    center: Fraction | float
    look_ahead: int | float
    fields: tuple[range, ...]
    sample_rate: float | None = None

    @property
    def look_ahead_ms(self) -> float | None:
        """The look-ahead in milliseconds, if the sample rate was given.

        look_ahead / sample_rate * 1000
        """
        return None if self.sample_rate is None else self._milliseconds(self.look_ahead)

    def _milliseconds(self, samples: float | Fraction) -> float:
        return float(samples * 1000 / Fraction(self.sample_rate or 1))

    def __repr__(self) -> str:
        rows: list[tuple[str, int | float | Fraction]] = [
            ("size", self.size),
            ("step", self.step),
            ("offset", self.offset),
            ("center", self.center),
            ("look-ahead", self.look_ahead),
        ]
        texts = [(name, _text(value), self._time(value)) for name, value in rows]
        width = max(len(text) for _, text, _ in texts)
        lines = [f"{name:<10}  {text:>{width}}{time}".rstrip() for name, text, time in texts]
        return "\n".join([*lines, *self._phases()])

    def _time(self, samples: int | float | Fraction) -> str:
        """Return the samples in milliseconds, if they can be told."""
        if self.sample_rate is None or not math.isfinite(samples):
            return ""
        return f"  {self._milliseconds(samples):.3f} ms"

    def _phases(self) -> list[str]:
        """Return a line for each field, if there are several."""
        if len(self.fields) < 2:
            return []
        lines = [
            f"{f'field {n}':<10}  {f'{f.start} to {f.stop - 1}' if f else 'nothing'}"
            for n, f in enumerate(self.fields[:SHOWN])
        ]
        more = len(self.fields) - SHOWN
        return lines + ([f"and {more} more"] if more > 0 else [])


def _text(value: int | float | Fraction) -> str:
    """Return a number as it is printed."""
    if math.isnan(value):
        return "none"
    return "unbounded" if math.isinf(value) else str(value)


def bounded(
    fields: Sequence[range], step: Fraction, sample_rate: float | None = None
) -> ReceptiveField:
    """Return the receptive field of a model whose fields have an end on both sides.

    Args:
        fields: Those of the first output samples, up to where they repeat.
        step: Input samples from one output sample to the next.
        sample_rate: Input samples in a second.
    """
    fields = _shortest(fields, step)
    full = [(n, field) for n, field in enumerate(fields) if field]
    if not full:
        raise SizeError("no output sample depends on any input sample")
    middles = [Fraction(field[0] + field[-1], 2) - n * step for n, field in full]
    return ReceptiveField(
        size=max(map(len, fields)),
        step=step,
        offset=full[0][1].start,
        center=sum(middles, Fraction(0)) / len(middles),
        look_ahead=max(0, *(field[-1] - math.floor(n * step) for n, field in full)),
        fields=tuple(fields),
        sample_rate=sample_rate,
    )


def unbounded(
    step: Fraction, offset: float, look_ahead: float, sample_rate: float | None = None
) -> ReceptiveField:
    """Return the receptive field of a model whose fields grow with the input.

    Args:
        step: Input samples from one output sample to the next.
        offset: Where the first field starts, or -math.inf.
        look_ahead: How many samples an output sample waits for, or math.inf.
        sample_rate: Input samples in a second.
    """
    center = offset + look_ahead  # Infinite on one side, or no number at all.
    return ReceptiveField(math.inf, step, offset, center, look_ahead, (), sample_rate)


def _shortest(fields: Sequence[range], step: Fraction) -> Sequence[range]:
    """Return the fields without those that repeat the first ones, shifted."""
    count = len(fields)
    for part in (n for n in range(1, count) if count % n == 0):
        shift = part * step
        if shift.denominator == 1 and all(
            shifted(before, int(shift)) == after
            for before, after in zip(fields, fields[part:], strict=False)
        ):
            return fields[:part]
    return fields


def shifted(field: range, by: int) -> range:
    """Return a field further on; one that is empty stays where it is."""
    return range(field.start + by, field.stop + by) if field else field
