"""Figures of chapters 9 and 12: stacks of layers, skips, valid lengths, masks and real models."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from helpers.figures.style import SMALL, axes, color, decorate, tint

__all__ = [
    "comb",
    "journeys",
    "ladder",
    "losses",
    "masks",
    "misses",
    "valid",
    "wrong_shares",
]

THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}")


def losses(parts: Mapping[str, int], ax: Axes | None = None) -> Axes:
    """Draw what each layer adds to the samples that a stack loses, one below the other.

    Args:
        parts: Layer to the samples of the *input* that are lost at it.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.55 + 0.34 * len(parts), ax)
    start = 0
    for row, lost in enumerate(parts.values()):
        ax.barh(row, lost, left=start, height=0.62, color=color("unread"))
        ax.plot([start + lost] * 2, [row, row + 1], color=color("muted"), linewidth=0.8)
        ax.annotate(
            f"{lost:,}",
            (start + lost, row),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
        )
        start += lost
    ax.set_yticks(range(len(parts)), list(parts))
    ax.set(xlim=(0, start * 1.12 or 1), ylim=(len(parts) - 0.4, -0.6))
    ax.xaxis.set_major_formatter(THOUSANDS)
    return decorate(ax, xlabel="samples of the input lost so far", grid="x")


def comb(
    stacks: Mapping[str, Sequence[int]], lengths: range, step: int, ax: Axes | None = None
) -> Axes:
    """Draw, for each stack, which of some input lengths come back.

    Args:
        stacks: Name of a stack to the lengths that come back.
        lengths: All lengths that were tried.
        step: The product of the strides; its multiples are ruled.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.6 + 0.42 * len(stacks), ax)
    for row, found in enumerate(stacks.values()):
        others = [length for length in lengths if length not in set(found)]
        ax.plot(others, [row] * len(others), "o", markersize=2, color=color("grid"))
        ax.plot(found, [row] * len(found), "o", markersize=7, color=color("output"))
    ax.set_yticks(range(len(stacks)), list(stacks))
    ax.set_xticks([length for length in lengths if length % step == 0])
    ax.set(xlim=(lengths[0] - 1, lengths[-1] + 1), ylim=(len(stacks) - 0.5, -0.5))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return decorate(ax, xlabel="input length", grid="x")


def ladder(
    down: Sequence[int], up: Sequence[int], *, surplus_is_cut: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw a U-Net as a ladder: lengths on the way down and up, and the skips between them.

    Args:
        down: Input length, then the length after each layer of the encoder.
        up: Length after each layer of the decoder; up[-1] meets down[0].
        surplus_is_cut: Whether the model cuts what comes up too long.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.5 + 0.56 * len(down), ax)
    depth = len(down) - 1
    lean = min(0.55, 1.9 / depth)
    left = [(lean * i, -i) for i in range(depth)]
    right = [(6 - x, y) for x, y in left]
    bottom = (3.0, -float(depth))
    for i, (x, y) in enumerate(left):
        below = left[i + 1] if i + 1 < depth else bottom
        _arrow(ax, (x, y), below, "input")
        _box(ax, x, y, down[i], "input")
    _box(ax, *bottom, down[-1], "kernel")
    for i, (x, y) in enumerate(right):
        below = right[i + 1] if i + 1 < depth else bottom
        length, skip = up[depth - 1 - i], down[i]
        cut = surplus_is_cut and length > skip
        fits = length == skip or cut
        _arrow(ax, below, (x, y), "output" if fits else "unread")
        _box(ax, x, y, length, "output" if fits else "unread")
        ax.plot(
            [left[i][0] + 0.62, x - 0.62],
            [y, y],
            color=color("output" if fits else "unread"),
            linewidth=1.6,
            linestyle="-" if fits else (0, (2, 2)),
        )
        ax.text(
            (left[i][0] + x) / 2,
            y + 0.1,
            "fits" if length == skip else _signed(length - skip) + (", cut" if cut else ""),
            color=color("output" if fits else "unread"),
            ha="center",
            va="bottom",
            fontsize=SMALL,
        )
    ax.set(xlim=(-0.75, 6.75), ylim=(-depth - 0.45, 0.5))
    ax.axis("off")
    return ax


def _signed(number: int) -> str:
    r"""Return a number with its sign, and the true minus of typography.

    >>> _signed(-8) == "\N{MINUS SIGN}8"
    True
    """
    return f"{number:+,}".replace("-", "\N{MINUS SIGN}")


def _box(ax: Axes, x: float, y: float, length: int, role: str) -> None:
    ax.text(
        x,
        y,
        f"{length:,}",
        ha="center",
        va="center",
        zorder=3,
        color=color("paper"),
        bbox={"boxstyle": "round,pad=0.32", "facecolor": color(role), "edgecolor": "none"},
    )


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], role: str) -> None:
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": color(role),
            "shrinkA": 12,
            "shrinkB": 12,
            "linewidth": 1.2,
        },
    )


def valid(length: int, padding: tuple[int, int], stack: str, ax: Axes | None = None) -> Axes:
    """Draw an input padded to a valid length, the stack, and the output trimmed to the input.

    Args:
        length: Samples in the input.
        padding: Samples added on the left and on the right.
        stack: What happens to the padded samples between the two rows.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(2.1, ax)
    left, right = padding
    total = left + length + right
    rows = ((1.0, "padding", "input", "//"), (0.0, "cropped", "output", "xx"))
    for y, outer, inner, hatch in rows:
        for start, width, role in (
            (0, left, outer),
            (left, length, inner),
            (left + length, right, outer),
        ):
            edge = role == outer
            ax.barh(
                y,
                width,
                left=start,
                height=0.42,
                facecolor=tint(role) if edge else color(role),
                edgecolor=color(role),
                hatch=hatch if edge else None,
            )
        ax.text(left + length / 2, y, f"{length:,}", color=color("paper"), ha="center", va="center")
    for start, width in ((0, left), (left + length, right)):
        ax.text(start + width / 2, 1.3, f"{width:,}", ha="center", va="bottom", fontsize=SMALL)
        ax.text(start + width / 2, -0.3, _signed(-width), ha="center", va="top", fontsize=SMALL)
    ax.annotate(
        "",
        (total / 2, 0.26),
        (total / 2, 0.74),
        arrowprops={"arrowstyle": "-|>", "color": color("ink"), "linewidth": 1.2},
    )
    ax.text(total * 0.52, 0.5, f"{total:,} {stack}", va="center", fontsize=SMALL)
    ax.set(xlim=(-0.01 * total, 1.01 * total), ylim=(-0.62, 1.62))
    ax.axis("off")
    return ax


def masks(
    lengths: Sequence[int], frames: Sequence[int], total_frames: int, ax: Axes | None = None
) -> Axes:
    """Draw a padded batch: for each item its samples above, and below it the frames that count.

    Args:
        lengths: Samples in each item; the longest sets the width of the batch.
        frames: How many frames of each item are valid.
        total_frames: Frames of the batch, the padded ones included.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(0.5 + 0.72 * len(lengths), ax)
    width = max(lengths)
    frame = width / total_frames
    for row, (length, kept) in enumerate(zip(lengths, frames, strict=True)):
        ax.barh(row - 0.2, width, height=0.3, facecolor=tint("padding"), linewidth=0)
        ax.barh(row - 0.2, length, height=0.3, color=color("input"))
        for i in range(total_frames):
            ax.barh(
                row + 0.16,
                frame * 0.86,
                left=(i + 0.07) * frame,
                height=0.3,
                facecolor=color("output") if i < kept else tint("padding"),
                linewidth=0,
            )
    pairs = zip(lengths, frames, strict=True)
    names = [f"{length:,} samples\n{kept} frames" for length, kept in pairs]
    ax.set_yticks(range(len(lengths)), names)
    ax.set(xlim=(0, width), ylim=(len(lengths) - 0.45, -0.55))
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return decorate(ax)


def journeys(models: Mapping[str, Sequence[int]], ax: Axes | None = None) -> Axes:
    """Draw the length after each layer of some models, on a scale of powers of two.

    Args:
        models: Name to the input length and the length after each layer.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(3.4, ax)
    roles = ("input", "kernel", "output", "output_padding", "unread")
    markers = ("o", "s", "D", "^", "v")
    longest = max(map(len, models.values()))
    for (name, lengths), role, marker in zip(models.items(), roles, markers, strict=False):
        ax.plot(lengths, marker=marker, color=color(role), markersize=4.5)
        ax.annotate(
            name,
            (len(lengths) - 1, lengths[-1]),
            (7, 0),
            textcoords="offset points",
            color=color(role),
            va="center",
            fontsize=SMALL,
        )
    ax.set_yscale("log", base=2)
    ax.set_xlim(-0.3, longest + 1.4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter(THOUSANDS)
    return decorate(ax, xlabel="layers passed", ylabel="length", grid="y")


def misses(
    lengths: Sequence[int], outputs: Mapping[str, Sequence[int]], ax: Axes | None = None
) -> Axes:
    """Draw how many samples too long or too short each variant's output is, over input length.

    Args:
        lengths: Input lengths, in increasing order.
        outputs: Name of a variant to its output length for each of them.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(3.0, ax)
    roles = ("unread", "output_padding", "kernel", "output")
    styles = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), "-")
    for (name, found), role, style in zip(outputs.items(), roles, styles, strict=False):
        off = [out - length for out, length in zip(found, lengths, strict=True)]
        ax.plot(lengths, off, color=color(role), linestyle=style, label=name)
    ax.axhline(0, color=color("ink"), linewidth=0.8)
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    return decorate(ax, xlabel="input length", ylabel="output \N{MINUS SIGN} input", grid="y")


def wrong_shares(
    starts: Sequence[int], shares: Mapping[str, Sequence[float]], ax: Axes | None = None
) -> Axes:
    """Draw which share of the lengths a formula gets wrong, over the length.

    Args:
        starts: Where each range of lengths begins.
        shares: Name of a formula to its share of wrong answers in each range, from 0 to 1.
        ax: Where to draw; a new figure if None.
    """
    ax = axes(2.8, ax)
    roles, styles = ("unread", "output"), ("-", "-")
    for (name, found), role, style in zip(shares.items(), roles, styles, strict=False):
        percent = [100 * share for share in found]
        ax.step(starts, percent, where="post", color=color(role), linestyle=style, label=name)
        ax.annotate(
            name,
            (starts[-1], percent[-1]),
            (-4, 7),
            textcoords="offset points",
            ha="right",
            color=color(role),
            fontsize=SMALL,
        )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1e6:.0f}"))
    return decorate(ax, xlabel="millions of samples", ylabel="wrong lengths, percent", grid="y")
