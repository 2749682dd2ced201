"""Figures of the chapter on batches: frames of blocks, and frames that padding has changed."""

from collections.abc import Mapping, Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from helpers.figures.style import SMALL, axes, color, decorate, tint

__all__ = ["blocks", "changes"]


def blocks(length: int, block: int, total_stride: int, ax: Axes | None = None) -> Axes:
    """Draw what a tower makes of a signal as a whole and, below it, of each of its blocks.

    Each output is as wide as the input samples that it stands for. Each row rounds its outputs up,
    so that its last one may reach beyond its input.

    Args:
        length: Samples in the signal.
        block: Samples in a block; the last one may be shorter.
        total_stride: Samples for which one output stands.
        ax: Where to draw; a new figure if None.
    """
    starts = range(0, length, block)
    parts = [("whole", 0, length)]
    parts += [(f"block {i}", start, min(block, length - start)) for i, start in enumerate(starts)]
    ax = axes(0.7 + 0.52 * len(parts), ax)
    for row, (_, start, samples) in enumerate(parts):
        ax.barh(row - 0.26, samples, left=start, height=0.16, color=color("input"))
        for i in range(ceil(samples / total_stride)):
            beyond = (i + 1) * total_stride > samples
            ax.barh(
                row + 0.12,
                total_stride * 0.8,
                left=start + (i + 0.1) * total_stride,
                height=0.36,
                facecolor=color("paper") if beyond else color("output"),
                edgecolor=color("unread" if beyond else "output"),
                hatch="/////" if beyond else None,
                label="beyond" if beyond else "output",
            )
    arrow = "\N{RIGHTWARDS ARROW}"
    names = [f"{name}: {n} {arrow} {ceil(n / total_stride)}" for name, _, n in parts]
    ax.set_yticks(range(len(parts)), names)
    ax.set_xticks([*starts, length])
    ax.set(xlim=(-1, (length // total_stride + 1) * total_stride), ylim=(len(parts) - 0.5, -0.6))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return decorate(ax, xlabel="place in the input", grid="x")


def changes(rows: Mapping[str, Sequence[bool]], ax: Axes | None = None) -> Axes:
    """Draw, for each model, which frames of a recording the padding of its batch has changed.

    Args:
        rows: Name of a model to one truth value for each frame, True where it differs.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.75 + 0.42 * len(rows), ax)
    longest = max(map(len, rows.values()))
    for row, changed in enumerate(rows.values()):
        for i, differs in enumerate(changed):
            ax.barh(
                row,
                0.8,
                left=i + 0.1,
                height=0.56 if differs else 0.3,
                facecolor=color("unread") if differs else tint("output", 0.35),
                linewidth=0,
                label="changed" if differs else "same",
            )
        text = f"{sum(changed)} of {len(changed)}"
        ax.text(longest * 1.02, row, text, va="center", fontsize=SMALL)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set(xlim=(0, longest), ylim=(len(rows) - 0.5, -0.5))
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    ax.set_xticks([])
    ax.legend(
        handles=[
            Patch(facecolor=color("unread"), label="changed by the padding"),
            Patch(facecolor=tint("output", 0.35), label="as without a batch"),
        ],
        loc="upper left",
        bbox_to_anchor=(0.0, -0.02),
        ncols=2,
    )
    return decorate(ax)
