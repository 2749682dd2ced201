"""What a network does to images: sizes with two axes, height downwards and width to the right."""

from collections.abc import Iterable, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from helpers.figures.style import SMALL, axes, color, decorate

__all__ = ["comb"]

STEP: Final = 4
"""Every fourth row and column of dots has its number."""


def comb(
    found: Iterable[tuple[int, int]],
    heights: Sequence[int],
    widths: Sequence[int],
    *,
    asked: tuple[int, int],
    ax: Axes | None = None,
) -> Axes:
    """Mark the sizes that come back among all heights and widths, and the size asked for.

    Args:
        found: The sizes that come back, as (height, width).
        heights: The heights to draw, in rows from the top.
        widths: The widths to draw, in columns.
        asked: The size that is marked by a cross and named.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(3.8, ax)
    marked = set(found)
    others = [(h, w) for h in heights for w in widths if (h, w) not in marked]
    for sizes, role, area in ((others, "grid", 6), (sorted(marked), "output", 46)):
        ax.scatter([w for _, w in sizes], [h for h, _ in sizes], s=area, color=color(role), lw=0)
    height, width = asked
    ax.scatter([width], [height], s=52, marker="x", color=color("unread"), linewidths=2)
    ax.text(
        width + 0.6,
        height,
        f"{height} × {width}",  # noqa: RUF001 (a times sign is meant)
        color=color("unread"),
        fontsize=SMALL,
        va="center",
        bbox={"facecolor": color("paper"), "edgecolor": "none", "pad": 0.6},
    )
    ax.set(
        xlim=(widths[0] - 0.8, widths[-1] + 0.8),
        ylim=(heights[-1] + 0.8, heights[0] - 0.8),
        aspect="equal",
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(STEP))
    return decorate(ax, xlabel="width", ylabel="height")
