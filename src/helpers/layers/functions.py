"""The output length of a model as a few lines of integers."""

import functools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from torch import Tensor, nn

from helpers.layers.meters import Meter
from helpers.layers.runs import Channels
from helpers.layers.stacks import Stack, as_module, flatten, total_stride
from helpers.signals import Signal, after, checked

__all__ = ["LengthFunction", "Line", "composed", "length_function"]

Length = TypeVar("Length", int, Tensor)

LONG = 2**20
"""A length that a layer takes, unless it takes one length only."""
FAR = 2**17
MOST_TERMS, WIDEST = 8, 500
SHORT, NEXT = 64, 24
"""Up to where, and from the start of a function on, each length is tried."""


@dataclass(frozen=True)
class Line:
    """A straight line, rounded down: (length * times + plus) // over.

    >>> Line(1, -1, 2)(10)  # (10 - 1) // 2
    4
    >>> Line(2, 1, 1)
    length * 2 + 1
    """

    times: int
    plus: int
    over: int

    def __call__(self, length: int) -> int:
        """Return the output length."""
        return (length * self.times + self.plus) // self.over

    def __repr__(self) -> str:
        words = "length" if self.times == 1 else f"length * {self.times}"
        if self.plus:
            words += f" {'-' if self.plus < 0 else '+'} {abs(self.plus)}"
        if self.over == 1:
            return words
        return f"({words}) // {self.over}" if self.plus else f"{words} // {self.over}"


@dataclass(frozen=True)
class Terms:
    """What repeats with a period, as a sum of rounded lines.

    Attributes:
        slope: Output samples for each input sample, apart from the steps.
        plus: A constant.
        period: From one step to the next of the same kind.
        steps: How high each step is, and how many samples before a multiple of the period.
    """

    slope: int
    plus: int
    period: int
    steps: tuple[tuple[int, int], ...]

    def __call__(self, length: int) -> int:
        """Return the output length."""
        stairs = sum(high * ((length + shift) // self.period) for high, shift in self.steps)
        return length * self.slope + self.plus + stairs

    def __repr__(self) -> str:
        words = [repr(Line(1, shift, self.period)) for _, shift in self.steps]
        high = [height for height, _ in self.steps]
        parts = [
            word if height == 1 else f"{word} * {height}"
            for word, height in zip(words, high, strict=True)
        ]
        if self.slope:
            parts.insert(0, repr(Line(self.slope, 0, 1)))
        if self.plus:
            parts.append(str(self.plus))
        return " + ".join(parts).replace("+ -", "- ")


@dataclass(frozen=True, repr=False)
class LengthFunction:
    """The output length of a model, to call and to paste.

    Attributes:
        code: A function in Python that needs no import, for ints and integer tensors.
    """

    code: str
    _run: Callable[[object], object] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        names: dict[str, Any] = {}
        exec(self.code, names)
        object.__setattr__(self, "_run", names["output_length"])

    def __call__(self, length: Length) -> Length:
        """Return the output length, for an int or an integer tensor of lengths."""
        return self._run(length)  # type: ignore[return-value]

    def __repr__(self) -> str:
        return self.code


def length_function(
    model: Stack, *, channels: Channels | None = None, seconds: float = 60.0
) -> LengthFunction:
    """Return the output length of a model as a plain function of integers.

    That of a stack of known layers is put together from those of its layers. That of any other
    model is looked for in what the model returns when it is run, and tried on further lengths, long
    and short ones, before it is believed. Where a model does something else with short inputs, the
    function's docstring says from which length on it holds. What it returns for shorter ones means
    nothing, and nor does what it returns for lengths that the model refuses.

    >>> stack = [nn.Conv1d(1, 1, 10, stride=5), nn.Conv1d(1, 1, 8, stride=4)]
    >>> length_function(stack)  # ((length - 10) // 5 + 1 - 8) // 4 + 1
    def output_length(length):
        \"\"\"Samples that come out, for lengths that the model takes.\"\"\"
        return (length - 25) // 20
    >>> length_function(stack)(1000)  # 975 // 20
    48
    >>> resample = [nn.MaxPool1d(3), nn.Upsample(scale_factor=2)]
    >>> length_function(resample).code.splitlines()[-2:]
    ['    length = length // 3', '    return length * 2']
    >>> class Cut(nn.Module):
    ...     def forward(self, x):
    ...         return x[..., 5:]
    >>> length_function(Cut(), channels=1)  # 3 - 5 is less than nothing
    def output_length(length):
        \"\"\"Samples that come out, for lengths from 5 on that the model takes.\"\"\"
        return length - 5

    Args:
        model: As in `trace`, with one length as its input.
        channels: As in `trace`.
        seconds: How long a run of the model may take.

    Returns:
        The function; `code` is its source.

    Raises:
        SizeError: For a layer that refuses all lengths.
        TypeError: As in `trace`.
        ValueError: As in `trace`, and where no function of integers was found.
        TimeoutError: As in `trace`.

    Chapter 10 introduces it.
    """
    layers = [layer for _, layer in flatten(model)]
    try:
        return _written(composed(map(line_of, layers)))
    except TypeError:
        if not all(isinstance(layer, nn.Module) for layer in layers):
            raise
    with Meter(as_module(model), channels, seconds) as meter:
        return _written(*_found(meter))


def line_of(layer: nn.Module) -> Line:
    """Return the output length of a layer as a line, as its own lengths have it.

    >>> line_of(nn.Conv1d(1, 1, 3, stride=2, padding=1))  # (length + 2 - 3) // 2 + 1
    (length + 1) // 2
    >>> line_of(nn.Upsample(scale_factor=1.5))
    length * 3 // 2

    Args:
        layer: A layer that `helpers.signals` knows.

    Raises:
        SizeError: For a layer that refuses all lengths.
        TypeError: For a layer that is not known.
        ValueError: For an Upsample whose factor no integers can stand for.
    """
    if isinstance(checked(layer), nn.LayerNorm | nn.RMSNorm):
        return Line(1, 0, 1)

    def length(samples: int) -> int:
        return after(layer, Signal(None, samples)).length

    stride: Any = getattr(layer, "stride", None) or getattr(layer, "kernel_size", 1)
    over: int = stride[0] if isinstance(stride, tuple) else stride
    if isinstance(layer, nn.ConvTranspose1d):
        over = 1
    if isinstance(layer, nn.Upsample) and layer.scale_factor is not None:
        factor = layer.scale_factor
        factor = factor[0] if isinstance(factor, tuple) else factor
        over = Fraction(factor).limit_denominator(1000).denominator
    if isinstance(layer, nn.GLU):
        over = 2 if layer.dim in (2, -1) else 1
    draw = random.Random(0)
    points = [LONG + i * (2 if isinstance(layer, nn.GLU) else 1) for i in range(2 * over)]
    points += [LONG + draw.randrange(LONG) // 2 * 2 for _ in range(200)]
    line = _fitted({samples: length(samples) for samples in points}, over)
    if line is None or not _exact(layer, line):
        raise ValueError(
            f"{type(layer).__name__}({layer.extra_repr()}) computes its length in floats, for which"
            " no integers can stand exactly; give it a size, or a factor such as 2 or 0.5"
        )
    return line


def _exact(layer: nn.Module, line: Line) -> bool:
    """Say whether integers stand for the floats of an Upsample, by trying a million lengths."""
    factor = getattr(layer, "scale_factor", None)
    if not isinstance(layer, nn.Upsample) or factor is None:
        return True
    lengths = np.arange(1, LONG)
    floats = (lengths * float(factor[0] if isinstance(factor, tuple) else factor)).astype(int)
    return bool((floats == (lengths * line.times + line.plus) // line.over).all())


def composed(lines: Iterable[Line]) -> list[Line]:
    """Return lines, one after the other, as few as possible.

    >>> composed([Line(1, -10, 5), Line(1, -8, 4)])  # ((length - 10) // 5 - 8) // 4
    [(length - 50) // 20]
    >>> composed([Line(1, 0, 2), Line(2, 1, 1), Line(4, -2, 2)])  # 2 * (2 * (length // 2) + 1) - 1
    [length // 2, length * 4 + 1]

    Args:
        lines: What happens to a length first, what to that, and so on.
    """
    found: list[Line] = []
    for line in lines:
        found.append(line)
        while len(found) > 1 and (joined := _joined(*found[-2:])):
            found[-2:] = [joined]
    kept = [line for line in map(_reduced, found) if line != Line(1, 0, 1)]
    return kept or [Line(1, 0, 1)]


def _reduced(line: Line) -> Line:
    """Return a line without a common factor: floor((q * a + c) / (b * a)) has c rounded down."""
    common = math.gcd(line.times, line.over) if line.times else line.over
    return Line(line.times // common, line.plus // common, line.over // common)


def _joined(first: Line, second: Line) -> Line | None:
    """Return two lines as one, if they are one: a rounding in between has to be no loss."""
    first, second = _reduced(first), _reduced(second)
    if second.times == 0:
        return second
    if first.over == 1 or second.times == 1:
        # floor((floor(x / a) + c) / b) = floor((x + a * c) / (a * b))
        return _reduced(
            Line(
                first.times * second.times,
                first.plus * second.times + first.over * second.plus,
                first.over * second.over,
            )
        )
    return None


def _fitted(values: Mapping[int, int], over: int) -> Line | None:
    """Return the line that goes through all values, rounded down, if there is one."""
    first, last = min(values), max(values)
    if len(values) < 2:
        return None
    times = round(Fraction(values[last] - values[first], last - first) * over)
    lows = [over * output - length * times for length, output in values.items()]
    plus = max(lows)
    return _reduced(Line(times, plus, over)) if plus < min(lows) + over else None


def _found(meter: Meter) -> tuple[Sequence[Line | Terms], int]:
    """Return the output length of a model that is run, and from which length on it holds."""
    start, step = _accepted(meter)
    output = functools.lru_cache(maxsize=None)(meter.output)
    lines = _fitting(meter, output, start, step)

    def right(length: int) -> bool:
        try:
            there = output(length)
        except (TypeError, ValueError):  # Of these samples it makes something else, or none.
            return False
        return there is None or there == functools.reduce(
            lambda one, line: line(one), lines, length
        )

    return lines, _first(right, start)


def _first(right: Callable[[int], bool], start: int) -> int:
    """Return the length from which on a function holds, as far as shorter inputs tell.

    >>> _first(lambda length: length >= 400, 2560)
    400
    >>> _first(lambda length: length % 7 != 3 or length > 30, 64)
    25

    Args:
        right: Says whether it holds for a length.
        start: A length from which on it does.
    """
    tried = list(range(1, min(start, SHORT) + 1))
    while tried[-1] < start:
        tried.append(min(tried[-1] * 6 // 5, start))
    wrong = next((place for place, one in reversed([*enumerate(tried)]) if not right(one)), None)
    if wrong is None:
        return 1
    low, high = tried[wrong], tried[wrong + 1]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if right(middle) else (middle, high)
    # What was right in the middle may have been refused, or right by chance.
    while more := [one for one in range(high, high + NEXT) if not right(one)]:
        high = more[-1] + 1
    return high


def _fitting(
    meter: Meter, output: Callable[[int], int | None], start: int, step: int
) -> Sequence[Line | Terms]:
    """Return the output length for `start` and longer inputs."""
    # Not from one length alone: short signals may all be padded to the same length.
    far = start + 50 * step
    growth = max(1, ((output(far) or 0) - (output(start) or 0)) // (far - start))
    values = _taken(meter, [*range(start, start + NEXT), *_further(start, step, growth)])

    if line := _fitted(values, 1):
        return [line]
    for stair in _stairs(output, start, step):
        inner, outer = stair
        if all(outer(inner(length)) == out for length, out in values.items()):
            return composed(stair)
    near = range(start, start + 2 * min(step, WIDEST) + 64)
    terms = _terms({length: out for length, out in _taken(meter, near).items() if out})
    if terms and all(terms(length) == out for length, out in values.items()):
        return [terms]
    raise ValueError(
        "no function of integers was found that has the output length of all lengths that were run"
    )


def _stairs(
    output: Callable[[int], int | None], start: int, step: int
) -> Iterator[tuple[Line, Line]]:
    """Yield stairs of even steps that start where the output length first changes."""
    low, high = start, start + step
    if step == 1 or None in (output(low), output(high)) or output(low) == output(high):
        return
    while high - low > 1:
        middle = (low + high) // 2
        if output(middle) is None:
            return
        low, high = (low, middle) if output(middle) != output(start) else (middle, high)
    before, there = output(low), output(high)
    if before is None or there is None:
        return
    for period in sorted(_divisors(step), reverse=True):
        inner = Line(1, -high % period, period)
        rise = there - before
        yield inner, Line(rise, there - rise * inner(high), 1)


def _taken(meter: Meter, lengths: Iterable[int]) -> dict[int, int]:
    """Return lengths with their outputs, without those that the model refuses."""
    found = meter.outputs(dict.fromkeys(lengths))
    return {one: out for one, out in found if isinstance(one, int) and out is not None}


def _further(start: int, step: int, growth: int) -> list[int]:
    """Return lengths on which a function is proven, a few of them far away: these take long.

    Args:
        start: The first length.
        step: The product of the strides.
        growth: How many times as long the output is: a vocoder's signals are long enough.
    """
    draw = random.Random(0)
    far = [start + times * step for times in (30, 50)]
    # Far from all that the steps say, too: what looks constant has to be.
    far += [start + draw.randrange(reach // 2, reach) // growth for reach in (4096, 16_384)]
    far += [draw.randrange(start, start + 60 * step + 400) for _ in range(4)]
    return [*far, *(draw.randrange(start, start + 8 * step + 400) for _ in range(36))]


def _accepted(meter: Meter) -> tuple[int, int]:
    """Return a length that the model takes, and the product of its strides."""
    step = total_stride(as_module(meter.model).modules())
    # The signals of a model with very large steps are not made longer still, if that can be.
    for times in sorted((16, 32, 64, 128, 1, 256), key=lambda times: times * step > FAR):
        for more in (0, 1, -1, step // 2):
            if (length := max(times * step, 64) + more) and meter.output(length) is not None:
                return length, step
    for length in (16_000, 2**15, 2**16, 44_100, 1000, 512, 500, 256, 100):
        if meter.output(length) is not None:
            return length, step
    raise ValueError(
        "the model refused all lengths that were tried: it may be made for one length only;"
        " trace(model, length) tells of one length why"
    )


def _divisors(number: int) -> list[int]:
    """Return the numbers that divide a number, ascending."""
    small = [n for n in range(1, math.isqrt(number) + 1) if number % n == 0]
    return sorted({*small, *(number // n for n in small)})


def _terms(values: Mapping[int, int]) -> Terms | None:
    """Return the sum of rounded lines that has all these values, if there is one with few steps."""
    lengths = sorted(values)
    first, last = lengths[0], lengths[-1]
    if len(lengths) < last - first + 1:
        return None  # The model refuses some in between.
    rises = [values[length + 1] - values[length] for length in lengths[:-1]]
    for period in range(1, len(rises) // 2 + 1):
        if all(a == b for a, b in zip(rises, rises[period:], strict=False)):
            break
    else:
        return None
    slope = Counter(rises[:period]).most_common(1)[0][0]
    steps = tuple(
        (rise - slope, -(first + i + 1) % period)
        for i, rise in enumerate(rises[:period])
        if rise != slope
    )
    if len(steps) > MOST_TERMS:
        return None
    bare = Terms(slope, 0, period, steps)
    terms = Terms(slope, values[first] - bare(first), period, steps)
    return terms if all(terms(length) == out for length, out in values.items()) else None


def _written(lines: Sequence[Line | Terms], first: int = 1) -> LengthFunction:
    """Return a function made of lines, one after the other, that holds from a length on."""
    *before, last = [repr(line) for line in lines]
    body = [f"    length = {line}" for line in before] + [f"    return {last}"]
    where = f" from {first} on" if first > 1 else ""
    doc = f'    """Samples that come out, for lengths{where} that the model takes."""'
    return LengthFunction("\n".join(["def output_length(length):", doc, *body]))
