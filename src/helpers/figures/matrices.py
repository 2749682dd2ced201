"""Figures of chapter 4: a layer as a matrix, its transpose, and what the matrix loses."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from helpers.figures.cells import canvas, cell, words
from helpers.figures.style import SMALL, axes, color, decorate

__all__ = ["matrix", "profiles", "singular_values", "stems", "transpose"]

DECIMALS: Final = 3
"""What is drawn is rounded, so that the last bit of a processor never shows in the picture."""

DASHES: Final = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)))


def rounded(values: ArrayLike) -> NDArray[np.float64]:
    """Return values as an array of floats, rounded to what a picture can show."""
    exact: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    return exact.round(DECIMALS) + 0.0


def matrix(values: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw the matrix of a layer: one row for each output sample, one column for each input.

    Zeros are dots; a column of nothing but zeros is an input sample that no window reads.
    """
    entries = rounded(values)
    rows, columns = entries.shape
    ax = sheet(rows, columns, ax)
    draw(ax, entries, 0, 2, across="input", down="output")
    return ax


def sheet(rows: int, columns: int, ax: Axes | None = None) -> Axes:
    """Return axes for a matrix whose first entry has its corner at (0, 2), with named edges."""
    ax = canvas(-2.1, columns + 0.1, rows + 2.1, ax)
    words(ax, columns / 2, 0.5, "input sample", "input", align="center")
    ax.text(
        -1.6,
        2 + rows / 2,
        "output sample",
        color=color("output"),
        fontsize=SMALL + 0.5,
        ha="center",
        va="center",
        rotation=90,
    )
    return ax


def transpose(values: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw the matrix of a Conv1d and, beside it, its transpose: the matrix of its mirror."""
    entries = rounded(values)
    rows, columns = entries.shape
    right = columns + 2
    ax = canvas(-1.1, right + rows + 1.1, columns + 2.4, ax)
    top = 2.2 + (columns - rows) // 2
    words(ax, columns / 2, top - 1.6, "Conv1d: $C$", align="center")
    draw(ax, entries, 0, top, across="input", down="output")
    words(ax, right + rows / 2, 0.6, r"ConvTranspose1d: $C^{\mathsf{T}}$", align="center")
    draw(ax, entries.T, right, 2.2, across="output", down="input")
    return ax


def draw(
    ax: Axes, entries: NDArray[np.float64], left: float, top: float, *, across: str, down: str
) -> None:
    """Draw one matrix with its corner at (left, top), its edges numbered by samples."""
    rows, columns = entries.shape
    for row in range(rows):
        words(ax, left - 0.5, top + row + 0.5, str(row), down, align="center")
    for column in range(columns):
        words(ax, left + column + 0.5, top - 0.45, str(column), across, align="center")
        for row in range(rows):
            value = entries[row, column]
            if value:
                cell(ax, left + column, top + row, "kernel", f"{value:g}")
            elif not entries[:, column].any():
                cell(ax, left + column, top + row, "unread")
    dots(ax, np.argwhere((entries == 0) & entries.any(axis=0)), left, top)


def dots(ax: Axes, places: NDArray[np.intp], left: float, top: float) -> None:
    """Draw zeros, for each row and column in the middle of its square."""
    rows, columns = places.T
    ax.plot(left + columns + 0.5, top + rows + 0.5, ".", color=color("muted"), markersize=2.5)


def stems(
    signals: Mapping[str, ArrayLike], roles: Sequence[str], *, ax: Axes | None = None
) -> Axes:
    """Draw short signals below each other, one row each, as stems with their values."""
    rows = {name: rounded(values) for name, values in signals.items()}
    tallest = max(max(abs(values).max() for values in rows.values()), 1.0)
    ax = axes(0.2 + 1.15 * len(rows), ax)
    for place, ((name, values), role) in enumerate(zip(rows.items(), roles, strict=True)):
        base = -3.4 * place
        heights = base + values / tallest
        ax.plot([-0.6, len(values) - 0.4], [base, base], color=color("grid"), linewidth=1, zorder=1)
        ax.vlines(range(len(values)), base, heights, color=color(role), linewidth=2, zorder=2)
        ax.plot(range(len(values)), heights, "o", color=color(role), zorder=3)
        for sample, (value, height) in enumerate(zip(values, heights, strict=True)):
            below = value < 0
            ax.annotate(
                f"{value:g}".replace("-", "\N{MINUS SIGN}"),
                (sample, height),
                (0, -5 if below else 5),
                textcoords="offset points",
                ha="center",
                va="top" if below else "bottom",
                fontsize=SMALL,
            )
        ax.text(-0.6, base + 1.75, name, color=color(role), fontsize=SMALL, va="center")
    low = float((rounded(list(signals.values())[-1]) / tallest).min()) * 1.4
    ax.set_ylim(-3.4 * (len(rows) - 1) - 0.4 + min(low, 0), 2.0)
    ax.set_axis_off()
    return decorate(ax)


def singular_values(values: ArrayLike, length: int, *, ax: Axes | None = None) -> Axes:
    """Draw by how much a layer multiplies each of `length` directions, the lost ones at 0."""
    kept = rounded(values)
    ax = axes(2.3, ax)
    ax.bar(range(len(kept)), kept, color=color("output"), width=0.62, zorder=2)
    lost = np.arange(len(kept), length)
    ax.plot(lost, 0 * lost, "X", color=color("unread"), markersize=8, clip_on=False, zorder=3)
    for place, value in enumerate(kept):
        ax.text(place, value + 0.06, f"{value:.2f}", ha="center", va="bottom", fontsize=SMALL)
    middle = float(lost.mean())
    ax.text(middle, 0.35, "lost: multiplied by 0", ha="center", color=color("unread"))
    ax.set_xlim(-0.6, length - 0.4)
    ax.set_ylim(0, kept.max() * 1.18)
    ax.set_xticks(range(length))
    return decorate(ax, xlabel="direction in the space of inputs", ylabel="multiplied by")


def profiles(
    signals: Mapping[str, ArrayLike],
    roles: Sequence[str],
    *,
    start: int = 0,
    steps: Mapping[str, int] | None = None,
    height: float = 2.5,
    xlabel: str = "sample",
    ylabel: str = "meters",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw long signals over each other as lines, the first one as a filled silhouette.

    Args:
        signals: Name to values; the names make the legend.
        roles: The role whose color each signal gets.
        start: The number of the first sample drawn.
        steps: Name to the distance of a signal's samples, where it is not 1.
        height: Height of a new figure, in inches.
        xlabel: Label of the horizontal axis.
        ylabel: Label of the vertical axis.
        title: Title of the axes.
        ax: Axes to draw on, a new figure's by default.
    """
    ax = axes(height, ax)
    drawn = {name: rounded(values) for name, values in signals.items()}
    lowest = min(float(values.min()) for values in drawn.values())
    highest = max(float(values.max()) for values in drawn.values())
    for place, ((name, values), role) in enumerate(zip(drawn.items(), roles, strict=True)):
        where = start + (steps or {}).get(name, 1) * np.arange(len(values))
        if place == 0:
            ax.fill_between(where, values, 0, color=color(role), alpha=0.16, linewidth=0)
        width = 1.1 if place == 0 else 1.5
        ax.plot(where, values, color=color(role), label=name, linewidth=width, ls=DASHES[place])
    margin = 0.06 * (highest - lowest)
    ax.set_ylim(lowest - margin, highest + margin)
    ax.margins(x=0.01)
    if len(drawn) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.1)
    return decorate(ax, title=title, xlabel=xlabel, ylabel=ylabel)
