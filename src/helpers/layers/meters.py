"""Output lengths of one model for many input lengths."""

import contextlib
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from torch import nn
from tqdm.auto import tqdm

from helpers.layers.axes import found_axes
from helpers.layers.refusals import refusal_of
from helpers.layers.runs import Channels, Inputs, Runner
from helpers.layers.stacks import Stack, as_module, count, flatten, start
from helpers.layers.traces import batch_refusal

__all__ = ["Meter", "progress"]

PATIENCE = 5.0
"""Seconds before a progress bar shows."""


class Meter:
    """Tells output lengths, by counting where all layers are known and by running where not.

    >>> with Meter(nn.MaxPool1d(2)) as meter:
    ...     meter.output(9), meter.output(1)
    (4, None)

    Args:
        model: As in `helpers.layers.trace`.
        channels: As there.
        seconds: As there.
    """

    def __init__(
        self,
        model: Stack,
        channels: Channels | list[Channels] | None = None,
        seconds: float = 60.0,
    ) -> None:
        self.model, self.channels, self.seconds = model, channels, seconds
        self.layers = list(flatten(model))
        self.runner: Runner | None = None
        self.axis: int | None = None
        self.name = "output"
        self._settled = False
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def output(self, inputs: Inputs) -> int | None:
        """Return the length of the (first) output, or None where the model refuses the input.

        Args:
            inputs: A length, or a tuple of lengths and tensors.

        Raises:
            TypeError: As in `helpers.layers.trace`.
            ValueError: As there, and for an output without samples or with another batch.
        """
        channels = self.channels
        if self.runner is not None:
            return self._ran(inputs)
        if isinstance(inputs, int) and (channels is None or isinstance(channels, int)):
            try:
                counted = count(self.layers, start(self.layers, inputs, channels))
                return None if counted.error else counted.signals[-1].length
            except TypeError:
                if not all(isinstance(layer, nn.Module) for _, layer in self.layers):
                    raise
        return self._ran(inputs)

    def _ran(self, inputs: Inputs) -> int | None:
        """Return what comes out of the model when it is run."""
        if self.runner is None:
            runner = Runner(as_module(self.model), self.channels, self.seconds)
            self.runner = self._stack.enter_context(runner)
        run = self.runner.run(inputs)
        if run.failure is not None:
            refusal_of(run, self.runner, list)
            return None
        if not run.outputs:
            raise TypeError(f"{type(self.runner.model).__name__} returns no tensor")
        if not self._settled:
            self.axis, self._settled = found_axes(self.runner, inputs, run).outputs[0], True
        self.name, shape = run.outputs[0]
        if refusal := batch_refusal(run, self.axis):
            raise ValueError(str(refusal))
        if self.axis is None or self.axis >= len(shape):
            raise ValueError(
                f"the output has the shape {shape}: no dimension of samples was found, one that"
                " changes with the length of the input, among the lengths that the model takes"
            )
        return shape[self.axis]

    def outputs(self, lengths: Iterable[Inputs]) -> Iterator[tuple[Inputs, int | None]]:
        """Yield inputs and outputs; a sweep that takes long shows a progress bar.

        Args:
            lengths: The inputs.
        """
        asked = list(lengths)
        with progress(len(asked), " lengths") as bar:
            for inputs in asked:
                yield inputs, self.output(inputs)
                bar.update()


@contextlib.contextmanager
def progress(total: int, unit: str) -> "Iterator[tqdm[Any]]":
    """Show a bar for what takes long, and leave nothing of it, be it done, left or stopped.

    Args:
        total: How many updates there will be, at most.
        unit: What is counted.
    """
    bar = tqdm(total=total, unit=unit, leave=False, delay=PATIENCE)
    try:
        yield bar
    finally:
        bar.total = bar.n  # A bar that is not full stays, in red, where a notebook draws it.
        bar.close()
