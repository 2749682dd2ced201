"""Figures of the chapter on export: which way of writing a length is accepted."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers.figures.style import SMALL, axes, color

__all__ = ["verdicts"]


def verdicts(found: Mapping[str, Mapping[str, str]], ax: Axes | None = None) -> Axes:
    """Draw a table of verdicts: filled where every length is kept, hollow where not.

    Args:
        found: Name of a recipe to a verdict for each way to export it. "every length" is the best
            and "refused" the worst; what else is said lies between.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.5 + 0.34 * len(found), ax)
    ways = list(next(iter(found.values())))
    for column, way in enumerate(ways):
        ax.text(column, -0.85, way, ha="center", va="center", fontsize=SMALL, weight="bold")
    for row, verdict in enumerate(found.values()):
        for column, said in enumerate(verdict.values()):
            kept = said == "every length"
            edge = color("output" if kept else "unread" if said == "refused" else "kernel")
            box = FancyBboxPatch(
                (column - 0.44, row - 0.34),
                0.88,
                0.68,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=edge if kept else color("paper"),
                edgecolor=edge,
                label=said,
            )
            ax.add_patch(box)
            ink = color("paper") if kept else edge
            ax.text(column, row, said, color=ink, ha="center", va="center", fontsize=SMALL)
    ax.set_yticks(range(len(found)), list(found))
    ax.tick_params(axis="y", length=0)
    ax.set_xticks([])
    ax.set(xlim=(-0.55, len(ways) - 0.45), ylim=(len(found) - 0.45, -1.2))
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return ax
