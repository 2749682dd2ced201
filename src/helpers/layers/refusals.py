"""Why a model refuses a length: who refuses, in which line, what it means, and what would work."""

import ast
import functools
import html
import linecache
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import FrameSummary, walk_tb
from types import FrameType

import torch
from torch import nn

from helpers.layers.meanings import PAGE, meaning_of
from helpers.layers.runs import SAMPLES_LAST, Run, Runner, is_layer
from helpers.layers.stacks import text
from helpers.signals import Signal, after
from helpers.sizes import SizeError

__all__ = ["RefusedError", "nearest_lengths", "refusal_of"]

# How far to look for lengths that work: one by one, at most; by doubling, at most; in seconds.
NEAR, FAR, FARTHEST, SECONDS = 64, 2048, 2**17, 10.0

OURS = Path(__file__).resolve().parents[1]
LIBRARIES = [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib", "stdlib")]


class RefusedError(SizeError):
    """Why a model refuses a length.

    Attributes:
        where: The layer that refuses, and what it refuses; or the line of code.
        meaning: What the numbers mean, or None where only the section says more.
        line: The line of code that ran the layer, if it was found.
        pytorch: PyTorch's words, or None where the refusal is not PyTorch's.
        section: The page and section of this book that explains them, or None.
    """

    def __init__(
        self,
        where: str,
        meaning: str | None,
        pytorch: str | None,
        nearest: Callable[[], list[int]] = list,
        line: str | None = None,
    ) -> None:
        super().__init__(where, pytorch)
        self.where, self.meaning, self.line = where, meaning, line
        self.section = f"{PAGE}#{meaning_of(pytorch).section}" if pytorch else None
        self._nearest = nearest

    @functools.cached_property
    def nearest(self) -> list[int]:
        """The nearest lengths that work, one below and one above, as far as there are any."""
        return self._nearest()

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """What there is to say, each with a word in front."""
        said = [("Refused", self.where)]
        if self.meaning and "refuses" in self.where:
            said = [("Refused", f"{self.where}: {self.meaning}")]
        elif self.meaning:
            said.append(("That is", self.meaning))
        if self.line:
            said.append(("Run by", self.line))
        if self.pytorch:
            said.append(("PyTorch", self.pytorch))
        if self.nearest:
            said.append(("Nearest lengths that work", " and ".join(map(str, self.nearest))))
        if self.section:
            said.append(("Explained in", self.section))
        return said

    def __str__(self) -> str:
        (_, refused), *more = self.reasons
        return "\n".join([refused, *(f"{name}: {what}" for name, what in more)])

    def __reduce__(self) -> tuple[object, ...]:
        found: Callable[[], list[int]] = functools.partial(list, self.nearest)
        return RefusedError, (self.where, self.meaning, self.pytorch, found, self.line)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{name}: {_html(name, what)}</p>" for name, what in self.reasons)


def _html(name: str, what: str) -> str:
    """Return one of the reasons as HTML."""
    if name != "Explained in":
        return f"<code>{html.escape(what)}</code>"
    # The notebook beside this one; a build of the site makes its page of it.
    address = html.escape(what.removeprefix("notebooks/").replace(".html#", ".ipynb#"))
    return f'<a href="{address}">{html.escape(what)}</a>'


def nearest_lengths(works: Callable[[int], bool], length: int, step: int = 1) -> list[int]:
    """Return the nearest length below and the nearest one above that work.

    >>> nearest_lengths(lambda length: length % 16 == 0, 100)
    [96, 112]
    >>> nearest_lengths(lambda length: length >= 5000, 100)
    [5000]

    Args:
        works: Says whether a length works.
        length: The one that does not.
        step: The product of the strides: the further lengths are tried up to twice as far.
    """
    until = time.monotonic() + SECONDS

    def first(lengths: Iterator[int] | range) -> int | None:
        for one in lengths:
            if time.monotonic() > until:
                return None
            if works(one):
                return one
        return None

    reach = min(max(NEAR, 2 * step), FAR)
    below = first(range(length - 1, max(0, length - reach) - 1, -1))
    above = first(range(length + 1, length + reach + 1))
    if above is None and below is None:
        above = _shortest(works, length + reach, until)
    return [one for one in (below, above) if one is not None]


def _shortest(works: Callable[[int], bool], length: int, until: float) -> int | None:
    """Return the shortest length above one, if all above it work and it is not too far."""
    low, high = length, 2 * length
    while not works(high):
        if high > FARTHEST or time.monotonic() > until:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


def refusal_of(
    run: Run, runner: Runner, nearest: Callable[[], list[int]]
) -> tuple[RefusedError, tuple[str, nn.Module | None, str]]:
    """Return why a run failed, and the name, layer and line that refuse.

    Args:
        run: A run that has a failure.
        runner: What ran the model.
        nearest: Looks for the nearest lengths that work.

    Raises:
        TypeError: If the model takes other inputs than it was given.
    """
    failure = run.failure
    assert failure is not None
    frames = list(walk_tb(failure.__traceback__))
    modules = [module for frame, _ in frames if (module := _running(frame)) is not None]
    readers = _readers(frames, runner.model)
    called = frames[-1][0].f_code.co_name in ("_call_impl", "inner")
    if isinstance(failure, TypeError) and called and len(modules) == 1:
        raise TypeError(
            f"{failure}; several inputs go into a tuple of lengths and tensors, such as"
            " (100, torch.zeros(1))"
        ) from failure
    words = str(failure)
    if not isinstance(failure, RuntimeError | ValueError | NotImplementedError | IndexError):
        words = f"{type(failure).__name__}: {words}" if words else ""
    words = words or type(failure).__name__  # An assert need not say anything.
    line = _line(*readers[-1]) if readers else None
    layer = next((module for module in modules if is_layer(module)), None)
    guessed = (
        ""
        if runner.given or run.records
        else (f" (channels={runner.channels} was tried; channels= says what goes in)")
    )
    if layer is None:
        where = line or type(runner.model).__name__
        meaning = meaning_of(words).words
        refusal = RefusedError(f"{where}{guessed}", meaning, words, nearest)
        return refusal, ("", None, where)
    shape = run.entered[1] if run.entered and run.entered[0] is layer else None
    meaning = _own_words(layer, shape, words) or meaning_of(words).words
    name = runner.names.get(id(layer), type(layer).__name__)
    met = "its input" if shape is None else f"an input of shape {shape}"
    if shape is not None and len(shape) == 3 and isinstance(layer, SAMPLES_LAST):
        met = f"length {shape[-1]}"
    where = f"layer {name}, {text(layer)}, refuses {met}{guessed}"
    return RefusedError(where, meaning, words, nearest, line), (name, layer, "")


def _own_words(layer: nn.Module, shape: tuple[int, ...] | None, words: str) -> str | None:
    """Return what a known layer's settings have to do with it, if it refuses for that reason."""
    if shape is None or len(shape) != 3:
        return None
    try:
        after(layer, Signal(shape[1], shape[2]))
    except SizeError as error:
        return str(error) if error.pytorch == words else None
    except TypeError:
        return None
    return None


def _running(frame: FrameType) -> nn.Module | None:
    """Return the module whose call a frame is."""
    module = frame.f_locals.get("self")
    called = frame.f_code.co_name == "_call_impl" and isinstance(module, nn.Module)
    return module if called else None


def _readers(frames: list[tuple[FrameType, int]], model: nn.Module) -> list[tuple[FrameType, int]]:
    """Return the frames that are in the reader's own code, not in a library's."""
    homes = {str(type(module).__module__).partition(".")[0] for module in model.modules()} - {
        "torch"
    }

    def own(frame: FrameType) -> bool:
        name = frame.f_code.co_filename
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if name.startswith("<") and not linecache.getline(name, 1):
            return package in homes
        path = Path(name).resolve()
        if path.is_relative_to(OURS) or path.is_relative_to(Path(torch.__file__).parent):
            return False
        return package in homes or not any(map(path.is_relative_to, LIBRARIES))

    return [(frame, line) for frame, line in frames if own(frame)]


def _line(frame: FrameType, number: int) -> str:
    """Return a place in the reader's code: file, line and statement."""
    code = frame.f_code
    summary = FrameSummary(code.co_filename, number, code.co_name)
    statement = _statement(code.co_filename, number) or summary.line or code.co_name
    return f"{_file(code.co_filename)}, line {number}: {statement}"


def _statement(name: str, number: int) -> str | None:
    """Return the whole statement that a line is in, on one line."""
    try:
        tree = ast.parse("".join(linecache.getlines(name)))
    except SyntaxError:
        return None
    found: ast.stmt | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= number <= (node.end_lineno or node.lineno):
            found = node if found is None or node.lineno >= found.lineno else found
    if found is None or getattr(found, "body", None):
        return None
    lines = linecache.getlines(name)[found.lineno - 1 : found.end_lineno]
    return " ".join(line.strip() for line in lines)


def _file(name: str) -> str:
    """Return a file as the reader knows it: a path from here, or a cell of the notebook."""
    if "ipykernel" in name or name.startswith("<ipython"):
        return "a cell of this notebook"
    path = Path(name).resolve()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
