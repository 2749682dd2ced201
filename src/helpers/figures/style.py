"""One style for all figures: reproducible SVG, the palette's colors, and few lines.

A figure is at most `WIDTH` inches wide and its smallest text is `SMALL` points, so that it stays
legible on a phone, where the page scales it down to two thirds.
"""

from typing import Final, Literal

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.rcsetup import cycler
from matplotlib.typing import ColorType

from helpers import palette

__all__ = ["SMALL", "WIDTH", "axes", "color", "decorate", "tint", "use_style"]

WIDTH: Final = 5.2
"""The width of every figure, in inches."""

SMALL: Final = 9.0
"""The smallest text in a figure, in points."""


def use_style() -> None:
    """Set matplotlib to the book's style: SVG that is the same byte for byte on each run."""
    ink, muted, paper = map(color, ("ink", "muted", "paper"))
    roles = [color(role) for role in ("input", "kernel", "output", "output_padding", "unread")]
    mpl.rcdefaults()
    mpl.rcParams.update(
        {
            "svg.fonttype": "path",
            "svg.hashsalt": "conv1d-lengths-book",
            "figure.figsize": (WIDTH, 3.0),
            "figure.facecolor": paper,
            "savefig.facecolor": paper,
            "savefig.bbox": "tight",
            "savefig.pad_inches": 0.04,
            "font.family": "DejaVu Sans",
            "font.size": 10.0,
            "mathtext.fontset": "dejavusans",
            "text.color": ink,
            "axes.facecolor": paper,
            "axes.edgecolor": muted,
            "axes.labelcolor": ink,
            "axes.labelsize": 10.0,
            "axes.titlecolor": ink,
            "axes.titlesize": 10.0,
            "axes.titlelocation": "left",
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.prop_cycle": cycler(color=roles),
            "grid.color": color("grid"),
            "grid.linewidth": 0.6,
            "xtick.color": muted,
            "ytick.color": muted,
            "xtick.labelcolor": ink,
            "ytick.labelcolor": ink,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "legend.fontsize": SMALL,
            "legend.frameon": False,
            "legend.labelcolor": ink,
            "lines.linewidth": 1.6,
            "lines.markersize": 5.0,
            "hatch.linewidth": 1.0,
            "patch.linewidth": 1.0,
        }
    )


def color(role: str) -> str:
    """Return the color in which figures draw a role; the dark twin of a figure swaps it."""
    return palette.light(role)


def tint(role: str, strength: float = 0.14) -> ColorType:
    """Return the color of a role, laid thin over the paper, as a background."""
    return (color(role), strength)


def axes(height: float = 3.0, ax: Axes | None = None) -> Axes:
    """Return `ax`, or the axes of a new figure that is `height` inches high."""
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    return ax


def decorate(
    ax: Axes,
    *,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    grid: Literal["", "x", "y", "both"] = "",
) -> Axes:
    """Label the axes and return them: the last line of a figure function."""
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if grid:
        ax.grid(visible=True, axis=grid)
    return ax
