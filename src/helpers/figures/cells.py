"""Rows of samples: one square a sample, one look a role; x counts samples, y counts lines down.

A role shows by its color and by a form that needs no color: filled, hollow, dashed or hatched.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle

from helpers.figures.style import SMALL, WIDTH, color, tint

__all__ = ["arrow", "bar", "canvas", "cell", "key", "words"]

UNIT: Final = 0.34
"""Inches: the side of a square, unless the row is too long for the figure's width."""

GAP: Final = 0.07
"""The distance between two squares, in samples."""

FILLED: Final = frozenset({"input", "kernel", "output", "output_padding"})

HOLLOW: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "padding": {"linestyle": (0, (2.0, 1.6))},
        "cropped": {"linestyle": (0, (0.8, 1.4))},
        "unread": {"hatch": "/////"},
        "missing": {"linestyle": (0, (0.8, 1.4)), "edgecolor": color("muted")},
        "added": {"edgecolor": color("output_padding")},
        "hole": {"edgecolor": color("output")},
    }
)
"""Forms without a filling; what has no color of its own borrows one."""


def canvas(start: float, stop: float, lines: float, ax: Axes | None = None) -> Axes:
    """Return axes for samples from `start` to `stop` and `lines` lines, without any frame.

    A new figure is as large as its squares need; given axes keep their place and get the scale.
    """
    columns = stop - start
    if ax is None:
        unit = min(UNIT, WIDTH / columns)
        figure = plt.figure(figsize=(columns * unit, lines * unit))
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_xlim(start, stop)
    ax.set_ylim(lines, 0)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax


def look(role: str) -> dict[str, Any]:
    """Return how a role is drawn, as settings of a patch."""
    if role in FILLED:
        return {"facecolor": color(role), "edgecolor": color(role)}
    form = HOLLOW[role]
    edge = form["edgecolor"] if "edgecolor" in form else color(role)
    return {"facecolor": color("paper"), "linewidth": 1.1, **form, "edgecolor": edge}


def cell(
    ax: Axes, x: float, y: float, role: str, text: object = "", *, height: float = 1.0
) -> FancyBboxPatch:
    """Draw one sample with its left edge at `x` and its top at `y`, and return its square.

    The square is labeled with its role, so that a test can count what was drawn.
    """
    form = look(role)
    square = FancyBboxPatch(
        (x + GAP / 2, y + GAP / 2),
        1 - GAP,
        height - GAP,
        boxstyle="round,pad=0,rounding_size=0.12",
        label=role,
        **form,
    )
    ax.add_patch(square)
    filled = role in FILLED
    paper = {"facecolor": color("paper"), "edgecolor": "none", "pad": 0.8}
    ax.text(
        x + 0.5,
        y + height / 2,
        str(text),
        color=color("paper") if filled else form["edgecolor"],
        fontsize=SMALL,
        ha="center",
        va="center_baseline",
        bbox=paper if "hatch" in form else None,
    )
    return square


def bar(ax: Axes, start: float, stop: float, y: float, role: str) -> None:
    """Draw a thin bar behind the samples from `start` to `stop`, at the middle of a line."""
    shape = Rectangle((start + 0.2, y - 0.14), stop - start - 0.4, 0.28, zorder=0.5)
    shape.set(facecolor=tint(role, 0.3), edgecolor="none")
    ax.add_patch(shape)


def words(
    ax: Axes, x: float, y: float, text: object, role: str = "ink", *, align: str = "left"
) -> None:
    """Write beside a row, with `y` at the middle of the line."""
    ax.text(
        x, y, str(text), color=color(role), fontsize=SMALL + 0.5, ha=align, va="center_baseline"
    )


def arrow(ax: Axes, start: float, stop: float, y: float) -> None:
    """Draw a thin arrow from `start` to `stop`, to the right."""
    style = "-|>,head_width=0.16,head_length=0.3"
    line = {"arrowstyle": style, "color": color("muted"), "lw": 0.9, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (stop, y), (start, y), arrowprops=line)


def key(ax: Axes, roles: Sequence[str], **names: str) -> None:
    """Name the roles above the picture, in one line that starts at its left edge."""
    handles = [Patch(label=names.get(role, role), **look(role)) for role in roles]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0 + 0.3 / ax.get_ylim()[0]),
        ncols=len(roles),
        handlelength=1.0,
        handleheight=1.0,
        handletextpad=0.4,
        columnspacing=1.1,
        borderpad=0.0,
        borderaxespad=0.0,
        fontsize=SMALL + 0.5,
    )
