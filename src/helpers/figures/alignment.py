"""Figures of chapter 8: which samples a sample depends on, and where they stand in time."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from helpers.figures.cells import canvas, cell, words
from helpers.figures.style import SMALL, axes, color, decorate, tint

__all__ = ["beats", "cone", "fields"]


def cone(spans: Sequence[range], lengths: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw what one output sample depends on, level by level: the input below, the output above.

    Args:
        spans: For each level, from the input to the output, the samples from the first to the last.
        lengths: For each level, how many samples there are.
        ax: Where to draw; a new figure if None.
    """
    # Each level is centered over the one below, so that a cone without padding is upright.
    left = [(lengths[0] - length) / 2 for length in lengths]
    top = len(spans) - 1
    ax = canvas(-0.2, lengths[0] + 2.4, 2.2 * top + 1.2, ax)
    for level, (span, length) in enumerate(zip(spans, lengths, strict=True)):
        y = 2.2 * (top - level) + 0.1
        role = "output" if level == top else "input" if level == 0 else "kernel"
        for sample in range(length):
            cell(ax, left[level] + sample, y, role if sample in span else "missing", sample)
        if level in (0, top):
            words(ax, lengths[0] + 0.5, y + 0.5, role, role)
        if level < top:
            above = spans[level + 1]
            corners = [
                (left[level] + span.start, y),
                (left[level] + span.stop, y),
                (left[level + 1] + above.stop, y - 1.2),
                (left[level + 1] + above.start, y - 1.2),
            ]
            shape = Polygon(corners, zorder=0.3, facecolor=tint("kernel", 0.25), edgecolor="none")
            ax.add_patch(shape)
    return ax


def fields(
    spans: Sequence[range], step: Fraction, ax: Axes | None = None, *, first: int = 0
) -> Axes:
    """Draw the fields of neighboring output samples over the input, with the place of each.

    A bar goes from the first to the last input sample of a field; a dot is the place of the output
    sample; what lies before the first input sample is shaded.

    Args:
        spans: The fields, one for each output sample.
        step: Input samples from one output sample to the next.
        ax: Where to draw; a new figure if None.
        first: The number of the first of these output samples.
    """
    ax = axes(0.75 + 0.3 * len(spans), ax)
    start = min(span.start for span in spans)
    stop = max(span.stop for span in spans)
    for row, span in enumerate(spans):
        place = float((first + row) * step)
        ax.barh(row, len(span), left=span.start - 0.5, height=0.55, color=color("input"), zorder=2)
        paper, ink = color("paper"), color("ink")
        ax.plot(place, row, "o", markersize=6, zorder=3, mfc=paper, mec=ink)
    if start < 0:
        ax.axvspan(start - 0.7, -0.5, color=tint("padding"), zorder=0)
        ax.text(
            *(-0.7, len(spans) - 0.55, "padding"),
            ha="right",
            fontsize=SMALL,
            color=color("padding"),
        )
    ax.set_yticks(range(len(spans)), [str(first + row) for row in range(len(spans))])
    ax.set(xlim=(start - 0.7, stop - 0.3), ylim=(len(spans) - 0.4, -0.6))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return decorate(ax, xlabel="input sample", ylabel="output sample", grid="x")


def beats(
    starts: Mapping[str, float], step: float, lost: Mapping[str, float], ax: Axes | None = None
) -> Axes:
    """Draw the first latents of several encoders on one axis of time.

    Args:
        starts: Name of an encoder to where its first latent starts, in milliseconds.
        step: How long a latent lasts, in milliseconds.
        lost: Name of an encoder to how much at the start it never reads, in milliseconds.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.7 + 0.5 * len(starts), ax)
    shown = 4
    for row, (name, start) in enumerate(starts.items()):
        if lost.get(name):
            ax.barh(
                *(row, lost[name]),
                height=0.6,
                facecolor=color("paper"),
                edgecolor=color("unread"),
                hatch="/////",
            )
        for number in range(shown):
            left = start + number * step
            ax.barh(
                *(row, step),
                left=left,
                height=0.6,
                facecolor=color("output"),
                edgecolor=color("paper"),
                linewidth=1.5,
            )
            ax.text(
                *(left + step / 2, row, str(number)),
                color=color("paper"),
                ha="center",
                va="center_baseline",
                fontsize=SMALL,
            )
    ax.set_yticks(range(len(starts)), list(starts))
    ax.set(xlim=(0, (shown + 0.5) * step), ylim=(len(starts) - 0.5, -0.5))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return decorate(ax, xlabel="milliseconds of the recording", grid="x")
