"""For a reader's own tests: lengths that have to come back from a model."""

from collections.abc import Iterable
from contextlib import suppress
from typing import SupportsIndex

from torch import Tensor

from helpers.layers.meters import Meter
from helpers.layers.repairs import repairs
from helpers.layers.runs import Channels, inputs_of
from helpers.layers.stacks import Stack
from helpers.layers.traces import checked_inputs, trace

__all__ = ["assert_returns"]

SHOWN = 3


def assert_returns(
    model: Stack,
    lengths: Iterable[SupportsIndex | tuple[SupportsIndex | Tensor, ...]],
    *,
    channels: Channels | list[Channels] | None = None,
    seconds: float = 60.0,
) -> None:
    """Raise AssertionError if the output of a model is not as long as its input.

    >>> from torch import nn
    >>> halves = {"kernel_size": 4, "stride": 2, "padding": 1}
    >>> model = [nn.Conv1d(1, 1, **halves), nn.ConvTranspose1d(1, 1, **halves)]
    >>> assert_returns(model, [2, 100, 16_000])  # 2 * (length // 2), of even lengths
    >>> assert_returns(model, [100, 101])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: 1 of 2 lengths does not come back: 101 becomes 100
    Fix: output_size= for each transposed layer
    ...

    Args:
        model: As in `helpers.layers.trace`.
        lengths: The lengths that have to come back, each as there.
        channels: As there.
        seconds: How long a run of the model may take.

    Raises:
        AssertionError: With the first lengths that do not come back, what came, and the fix.
        TypeError: As in `helpers.layers.returning_lengths`.
        ValueError: As there.
        TimeoutError: As there.

    Chapter 9 introduces it.
    """
    asked = [checked_inputs(inputs) for inputs in lengths]
    with Meter(model, channels, seconds) as meter:
        came = [(inputs, output) for inputs, output in meter.outputs(asked)]
    wrong = [(inputs, output) for inputs, output in came if output != inputs_of(inputs)[0]]
    if not wrong:
        return
    verb = "does" if len(wrong) == 1 else "do"
    which = "the length" if len(came) == 1 else f"{len(wrong)} of {len(came)} lengths"
    first = ", ".join(
        f"{inputs_of(inputs)[0]} {'is refused' if output is None else f'becomes {output}'}"
        for inputs, output in wrong[:SHOWN]
    )
    more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    said = [f"{which} {verb} not come back: {first}{more}"]
    inputs, output = wrong[0]
    if output is None and (error := trace(model, inputs, channels=channels, seconds=seconds).error):
        said.append(str(error))
    if isinstance(inputs, int) and not isinstance(channels, list):
        with suppress(ValueError):  # Of a model that can't be copied; what is wrong is said.
            said += [f"Fix: {repair}" for repair in repairs(model, inputs, channels=channels)[:1]]
    raise AssertionError("\n".join(said))
