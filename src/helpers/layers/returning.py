"""The lengths that come back from a model, and the rule behind them."""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import SupportsIndex

from torch import Tensor

from helpers.layers.axes import with_length
from helpers.layers.meters import Meter
from helpers.layers.runs import Channels, inputs_of
from helpers.layers.stacks import Stack
from helpers.layers.traces import checked_inputs

__all__ = ["ReturningLengths", "Rule", "ordinal", "returning_lengths", "rule_of"]

MOST_RESIDUES = 4
FURTHER = 200


@dataclass(frozen=True)
class Rule:
    """Which lengths come back.

    >>> Rule(320, (40,))
    every 320th, from 40 on
    >>> 680 in Rule(320, (40,)), 681 in Rule(320, (40,))
    (True, False)
    >>> Rule(1, (5,))
    all, from 5 on

    Attributes:
        period: From one length to the next of the same kind.
        firsts: The first lengths, one of each kind, ascending.
    """

    period: int
    firsts: tuple[int, ...]

    def __contains__(self, length: int) -> bool:
        return any(length >= first and (length - first) % self.period == 0 for first in self.firsts)

    def __repr__(self) -> str:
        every = "all" if self.period == 1 else f"every {ordinal(self.period)}"
        return ", and ".join(f"{every}, from {first} on" for first in self.firsts)


class ReturningLengths(list[int]):
    """Lengths that come back; prints as a rule where there is one, and else as a list.

    Attributes:
        rule: The rule, proven on further lengths, or None.
        asked: How many lengths were tried.
        refused: How many of these the model refused.
    """

    def __init__(
        self, lengths: Iterable[int], rule: Rule | None, *, asked: int, refused: int
    ) -> None:
        super().__init__(lengths)
        self.rule, self.asked, self.refused = rule, asked, refused

    def __repr__(self) -> str:
        if not self:
            refused = f", {self.refused:,} of which the model refuses" if self.refused else ""
            return f"none of {self.asked:,} lengths{refused}"
        return repr(self.rule) if self.rule else super().__repr__()


def returning_lengths(
    model: Stack,
    lengths: Iterable[SupportsIndex | tuple[SupportsIndex | Tensor, ...]],
    *,
    channels: Channels | list[Channels] | None = None,
    seconds: float = 60.0,
) -> ReturningLengths:
    """Return those of `lengths` for which the model's output is as long as its input.

    If they follow a rule, it is tried on lengths that were not asked for, some of them
    longer, before it is believed.

    >>> from torch import nn
    >>> halves = {"kernel_size": 3, "stride": 2, "padding": 1}
    >>> pair = [nn.Conv1d(1, 1, **halves), nn.ConvTranspose1d(1, 1, **halves)]
    >>> found = returning_lengths(pair, range(1, 100))  # 2 * ((length - 1) // 2) + 1
    >>> found
    every 2nd, from 1 on
    >>> found[:3], found.rule.period
    ([1, 3, 5], 2)
    >>> returning_lengths(nn.Conv1d(1, 1, 3), range(1, 100))  # length - 2
    none of 99 lengths, 2 of which the model refuses

    Args:
        model: As in `trace`.
        lengths: Lengths of the input, each as in `trace`; of a tuple the first length counts.
        channels: As in `trace`.
        seconds: How long a run of the model may take.

    Returns:
        A list of those that come back.

    Raises:
        TypeError: As in `trace`.
        ValueError: As in `trace`, and for an output without samples or with another batch.
        TimeoutError: As in `trace`.

    Chapter 9 looks for such lengths.
    """
    asked = [checked_inputs(inputs) for inputs in lengths]
    with Meter(model, channels, seconds) as meter:
        outputs = {inputs_of(inputs)[0]: output for inputs, output in meter.outputs(asked)}
        found = sorted(length for length, output in outputs.items() if output == length)
        # A tuple of several lengths that have to fit each other has no rule in one of them.
        alone = bool(asked) and all(len(inputs_of(inputs)) == 1 for inputs in asked)

        def comes_back(length: int) -> bool:
            return meter.output(with_length(asked[0], length)) == length

        rule = rule_of(found, outputs.keys(), comes_back) if alone else None
    refused = sum(output is None for output in outputs.values())
    return ReturningLengths(found, rule, asked=len(outputs), refused=refused)


def rule_of(
    found: Sequence[int], asked: Collection[int], comes_back: Callable[[int], bool]
) -> Rule | None:
    """Return the rule behind lengths, if there is one and it holds for further lengths, too.

    >>> rule_of([3, 6, 9], range(12), lambda length: length % 3 == 0 and length > 0)
    every 3rd, from 3 on
    >>> rule_of([3, 6, 9], range(12), lambda length: length in (3, 6, 9)) is None
    True

    Args:
        found: The lengths that come back, ascending.
        asked: All that were tried.
        comes_back: Says it of further ones.
    """
    rule = _proposed(found, asked)
    if rule is None:
        return None
    period, last = rule.period, max(asked)
    draw = random.Random(0)
    # The next lengths one by one, then members and their neighbors, then any.
    further = set(range(last + 1, last + 1 + min(2 * period, FURTHER)))
    for first in rule.firsts:
        member = first + (last - first) // period * period
        for times in (1, 2, 3, 5, 8, 3 * last // period, 9 * last // period):
            further |= {member + times * period + shift for shift in (-1, 0, 1)}
    further |= {draw.randint(last, 3 * last + 2 * period) for _ in range(20)}
    # Between the lengths that were asked for, too, if these had gaps.
    further |= {draw.randint(min(rule.firsts), last) for _ in range(20)}
    further -= set(asked)
    held = all(comes_back(length) == (length in rule) for length in sorted(further))
    return rule if held else None


def _proposed(found: Sequence[int], asked: Collection[int]) -> Rule | None:
    """Return the simplest rule for lengths among those that were tried."""
    if len(found) < 2:
        return None
    members, last = set(found), max(asked)
    steps = {
        later - earlier
        for places in range(1, MOST_RESIDUES + 1)
        for earlier, later in zip(found, found[places:], strict=False)
    }
    for period in sorted(steps):
        firsts: dict[int, int] = {}
        for length in found:
            firsts.setdefault(length % period, length)
        if len(firsts) > MOST_RESIDUES:
            continue
        rule = Rule(period, tuple(sorted(firsts.values())))
        # Each kind has to be there twice at least.
        twice = all(first + period <= last for first in rule.firsts)
        if twice and all((length in members) == (length in rule) for length in asked):
            return rule
    return None


def ordinal(number: int) -> str:
    """Return a number as a place in an order.

    >>> ordinal(2), ordinal(113)
    ('2nd', '113th')

    Args:
        number: At least 1.
    """
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    return f"{number}{ending}"
