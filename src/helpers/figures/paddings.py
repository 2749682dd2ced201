"""Figures of chapters 6 and 7: padding, what an output may see, seams and overlaps of chunks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers.figures.cells import arrow, bar, canvas, cell, key, words
from helpers.figures.matrices import DASHES, dots, rounded
from helpers.figures.rows import offsets
from helpers.figures.style import axes, color, decorate
from helpers.lengths import conv1d_output_length

__all__ = ["edges", "overlaps", "reach", "seams", "windows"]


def windows(
    length: int,
    *,
    kernel_size: int,
    stride: int = 1,
    dilation: int = 1,
    left: int = 0,
    right: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw an input padded by `left` and `right` samples, and below it one row for each window."""
    taps = offsets({"kernel_size": kernel_size, "dilation": dilation})
    count = conv1d_output_length(
        left + length + right, kernel_size=kernel_size, stride=stride, dilation=dilation
    )
    out = length + right + 1.6
    ax = canvas(-left - 0.1, out + 1.1, count + 1.4, ax)
    for place in range(-left, length + right):
        inside = 0 <= place < length
        cell(ax, place, 0, "input" if inside else "padding", place if inside else 0)
    for window in range(count):
        first = window * stride - left
        y = window + 1.3
        bar(ax, first, first + taps[-1] + 1, y + 0.5, "kernel")
        for tap in taps:
            cell(ax, first + tap, y, "kernel")
        arrow(ax, first + taps[-1] + 1.15, out - 0.1, y + 0.5)
        cell(ax, out, y, "output", window)
    key(ax, ["input", *["padding"] * bool(left or right), "kernel", "output"])
    return ax


def edges(
    signal: ArrayLike,
    extensions: Mapping[str, ArrayLike],
    *,
    height: float = 2.6,
    ax: Axes | None = None,
) -> Axes:
    """Draw the beginning of a signal and, left of it, what each way of padding puts there.

    Args:
        signal: The values, from the first sample on.
        extensions: Name of a way of padding to the values that it puts before the first sample.
        height: Height of a new figure, in inches.
        ax: Axes to draw on, a new figure's by default.
    """
    values = rounded(signal)
    ax = axes(height, ax)
    ax.fill_between(range(len(values)), values, 0, color=color("input"), alpha=0.16, linewidth=0)
    ax.plot(range(len(values)), values, color=color("input"))
    roles = ("padding", "kernel", "output", "output_padding")
    for (name, padding), role, dash in zip(extensions.items(), roles, DASHES, strict=False):
        padded = rounded(padding)
        where = np.arange(-len(padded), 1)
        ax.plot(where, [*padded, values[0]], color=color(role), ls=dash, label=name)
    ax.axvline(0, color=color("muted"), linewidth=0.8)
    ax.set_ylim(bottom=min(-20.0, ax.get_ylim()[0]))
    ax.margins(x=0.01)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.1, handlelength=1.6)
    return decorate(ax, xlabel="sample", ylabel="meters")


def reach(dependences: Mapping[str, ArrayLike], *, stride: int = 1, ax: Axes | None = None) -> Axes:
    """Draw, for each layer, which inputs an output depends on, and mark those in its future.

    Args:
        dependences: Name of a layer to its dependences: one row for each output sample, one
            column for each input sample; what is not zero is a dependence.
        stride: How many output samples there are for each input sample: output sample n belongs
            to the time of input sample n // stride.
        ax: Axes to draw on, a new figure's by default.
    """
    layers = {name: rounded(values) for name, values in dependences.items()}
    rows = max(len(entries) for entries in layers.values())
    widths = [entries.shape[1] + 2 for entries in layers.values()]
    ax = canvas(-1.1, sum(widths) - 1.8, rows + 2.1, ax)
    for place, (name, entries) in enumerate(layers.items()):
        left = sum(widths[:place])
        words(ax, left + entries.shape[1] / 2, 0.5, name, align="center")
        for column in range(entries.shape[1]):
            words(ax, left + column + 0.5, 1.55, column, "input", align="center")
        for row, line in enumerate(entries):
            words(ax, left - 0.5, row + 2.5, row, "output", align="center")
            for column in np.flatnonzero(line).tolist():
                future = column > row // stride
                cell(ax, left + column, row + 2, "unread" if future else "kernel")
        dots(ax, np.argwhere(entries == 0), left, 2)
    key(ax, ["kernel", "unread"], kernel="past and present", unread="future")
    return ax


def seams(
    whole: ArrayLike,
    pieces: ArrayLike,
    chunk: int,
    *,
    start: int = 0,
    height: float = 2.8,
    ax: Axes | None = None,
) -> Axes:
    """Draw a signal made in one go and the same made chunk by chunk, with the seams marked.

    Args:
        whole: The values that one call made.
        pieces: The values that one call for each chunk made, as many as in `whole`.
        chunk: Samples in a chunk; the seams lie at its multiples.
        start: The number of the first sample drawn.
        height: Height of a new figure, in inches.
        ax: Axes to draw on, a new figure's by default.
    """
    ax = axes(height, ax)
    smooth, broken = rounded(whole), rounded(pieces)
    where = np.arange(start, start + len(smooth))
    low = min(smooth.min(), broken.min())
    ax.fill_between(where, smooth, low, color=color("output"), alpha=0.14, linewidth=0)
    ax.plot(where, smooth, color=color("output"), label="in one go", linewidth=2.2)
    ax.plot(where, broken, color=color("unread"), label="chunk by chunk", linewidth=1.2)
    first = -(-start // chunk) * chunk
    for seam in range(max(first, chunk), start + len(smooth), chunk):
        ax.axvline(seam - 0.5, color=color("muted"), linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    ax.margins(x=0.01)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1)
    return decorate(ax, xlabel="sample", ylabel="meters")


def overlaps(length: int, *, size: int, context: int, ax: Axes | None = None) -> Axes:
    """Draw the chunks of a signal, each with the context that is run along and thrown away.

    Args:
        length: Samples of the whole signal.
        size: Samples of a chunk.
        context: Samples that a chunk gets of its neighbors, on either side.
        ax: Axes to draw on, a new figure's by default.
    """
    starts = range(0, length, size)
    ax = axes(0.8 + 0.28 * len(starts), ax)
    for row, start in enumerate(starts):
        first, stop = max(0, start - context), min(start + size, length)
        last = min(stop + context, length)
        look: dict[str, Any] = {"edgecolor": color("cropped"), "facecolor": color("paper")}
        thrown = ax.barh(
            row, last - first, 0.62, first, label="run and thrown away", ls=":", **look
        )
        kept = ax.barh(row, stop - start, 0.62, start, label="kept", color=color("output"))
    ax.set_yticks(range(len(starts)))
    ax.invert_yaxis()
    ax.margins(x=0.01)
    ax.legend(handles=[kept, thrown], loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return decorate(ax, xlabel="sample", ylabel="chunk")
