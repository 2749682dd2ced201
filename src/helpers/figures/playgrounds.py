"""The playground and the self-check as still pictures, for places where nothing runs."""

import io
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Unpack

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.cells import canvas, cell, key, words
from helpers.figures.rows import Settings, offsets
from helpers.figures.style import SMALL, color, use_style
from helpers.lengths import conv1d_output_length, conv_transpose1d_output_length

__all__ = ["card", "playground", "svg"]

MOST: Final = 27
"""Columns of a picture; of a longer signal the beginning and the end are drawn."""

HEAD: Final = 5
COLUMNS: Final = 62
"""Letters in a line of a sentence."""


def playground(
    mode: str,
    length: int,
    *,
    sentence: str,
    output_padding: int = 0,
    ax: Axes | None = None,
    **settings: Unpack[Settings],
) -> Axes:
    """Draw the rows of samples that a playground shows, and its sentence below them.

    Args:
        mode: 'conv', 'transposed' or 'round-trip'.
        length: Samples in the input; PyTorch has to accept the sizes.
        sentence: What the playground says of them.
        output_padding: Samples by which ConvTranspose1d crops less at the end.
        ax: Where to draw; a new figure without it.
        **settings: kernel_size and the other settings by PyTorch's names.
    """
    padding = settings.get("padding", 0)
    stride = settings.get("stride", 1)
    taps = offsets(settings)
    windows = length if mode == "transposed" else conv1d_output_length(length, **settings)
    returned = (
        None
        if mode == "conv"
        else conv_transpose1d_output_length(windows, **settings, output_padding=output_padding)
    )
    scattered = (windows - 1) * stride + taps[-1] + 1
    padded = 0 if mode == "transposed" else length + 2 * padding
    axis = max(scattered, padded, padding + (returned or 0))
    reached = reach(windows, stride, taps)
    shown = places(axis)
    lines = textwrap.wrap(sentence, COLUMNS)
    rows = 3 if mode == "round-trip" else 2
    ax = canvas(0, max(len(shown) + (axis > MOST), 18), 2.3 * rows + 0.85 * len(lines) - 0.2, ax)

    def row(number: int, caption: str, role: Callable[[int], str | None]) -> set[str]:
        words(ax, 0, 2.3 * number + 0.35, caption, "muted")
        drawn = set()
        for position, x in shown.items():
            if found := role(position):
                cell(ax, x, 2.3 * number + 0.8, found, label(found, position - padding))
                drawn.add(found)
        return drawn

    def taken(position: int) -> str | None:
        index = position - padding
        if not 0 <= position < padded:
            return None
        if 0 <= index < length:
            return "input" if reached(position) else "unread"
        return "padding"

    def given(position: int) -> str | None:
        index = position - padding
        if returned is None or position >= max(scattered, padding + returned):
            return None
        if not 0 <= index < returned:
            return "cropped"
        if index >= returned - output_padding:
            return "output_padding" if reached(position) else "added"
        return "output" if reached(position) else "hole"

    def middles(number: int, caption: str, role: str) -> set[str]:
        words(ax, 0, 2.3 * number + 0.35, caption, "muted")
        for position, x in shown.items():
            window, rest = divmod(position - taps[-1] // 2, stride)
            if rest == 0 and 0 <= window < windows:
                cell(ax, x, 2.3 * number + 0.8, role, label(role, window))
        return {role}

    def fan(upper: int, *, opens_down: bool) -> None:
        """Join the last window with the samples of the row above or below it."""
        last = (windows - 1) * stride
        hub = shown.get(last + taps[-1] // 2)
        for tap in taps:
            if hub is not None and last + tap in shown:
                ends = [hub + 0.5, shown[last + tap] + 0.5]
                top, bottom = 2.3 * upper + 1.8, 2.3 * (upper + 1) + 0.8
                ax.plot(
                    ends if opens_down else ends[::-1],
                    [top, bottom],
                    color=color("kernel"),
                    lw=1.1,
                    zorder=0.5,
                )

    roles: set[str] = set()
    if mode == "transposed":
        roles |= middles(0, f"input: {length} samples", "input")
        roles |= row(1, f"ConvTranspose1d returns {returned}", given)
        fan(0, opens_down=True)
    else:
        roles |= row(0, f"input: {length} samples", taken)
        roles |= middles(1, f"Conv1d returns {windows}", "output" if mode == "conv" else "kernel")
        fan(0, opens_down=False)
        if mode == "round-trip":
            roles |= row(2, f"ConvTranspose1d returns {returned}", given)
            fan(1, opens_down=True)
    if axis > MOST:
        for number in range(rows):
            words(ax, HEAD + 0.5, 2.3 * number + 1.3, "…", "muted", align="center")
    for number, line in enumerate(lines):
        words(ax, 0, 2.3 * rows + 0.5 + 0.85 * number, line)
    order = ("input", "padding", "unread", "output", "hole", "output_padding", "added", "cropped")
    key(
        ax,
        [role for role in order if role in roles],
        hole="bias only",
        added="bias only",
    )
    return ax


def card(heading: str, lines: Iterable[str], *, ax: Axes | None = None) -> Axes:
    """Write a heading and some lines below each other: what a picture says where none is drawn."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, COLUMNS) or [""]]
    ax = canvas(0, 18, 1.1 + 0.85 * len(wrapped), ax)
    ax.text(
        0,
        0.5,
        heading,
        color=color("ink"),
        fontsize=SMALL + 1.5,
        weight="bold",
        va="center_baseline",
    )
    for number, line in enumerate(wrapped):
        words(ax, 0, 1.45 + 0.85 * number, line)
    return ax


def svg(draw: Callable[[], Axes], title: str) -> str:
    """Return what a function draws as an SVG with a title, the same byte for byte on each run."""
    with plt.rc_context():
        use_style()
        figure = draw().figure
        assert isinstance(figure, Figure)
        drawn = io.StringIO()
        figure.savefig(
            drawn, format="svg", metadata={"Date": None, "Creator": None, "Title": title}
        )
        plt.close(figure)
    return drawn.getvalue()


def places(axis: int) -> Mapping[int, int]:
    """Return the positions that are drawn, and the column of each.

    >>> len(places(20)), len(places(100))
    (20, 26)
    """
    if axis <= MOST:
        return {position: position for position in range(axis)}
    tail = MOST - HEAD - 1
    ends = {position: position for position in range(HEAD)}
    return ends | {axis - tail + i: HEAD + 1 + i for i in range(tail)}


def reach(windows: int, stride: int, taps: list[int]) -> Callable[[int], bool]:
    """Return a function that says whether a tap of some window lies on a position."""

    def reached(position: int) -> bool:
        starts = (position - tap for tap in taps)
        return any(start % stride == 0 and 0 <= start // stride < windows for start in starts)

    return reached


def label(role: str, index: int) -> str:
    """Return the number in a sample's square, where it has one and there is room for it."""
    return f"{index}" if role not in ("padding", "cropped") and index < 100 else ""
