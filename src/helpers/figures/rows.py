"""What one layer does to a row of samples: windows, steps, scattering and cropping.

All functions take the layer's settings by PyTorch's names, and return the axes that they drew on.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Required, TypedDict, Unpack

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.figures.cells import arrow, bar, canvas, cell, key, words
from helpers.figures.style import axes, color, decorate
from helpers.lengths import conv1d_output_length, conv_transpose1d_output_length, unread_samples
from helpers.sizes import ConvTranspose1dSizes

__all__ = [
    "comes_back",
    "kept_samples",
    "kernels",
    "receptive_field",
    "scatter",
    "staircase",
    "windows",
]

SCATTERED: Final = ("output", "hole", "output_padding", "added", "cropped")
"""The roles of scattered samples, in the order of the key; holes and added hold only the bias."""


class Settings(TypedDict, total=False):
    """The settings that both layers share, in samples."""

    kernel_size: Required[int]
    stride: int
    padding: int
    dilation: int


def windows(length: int, *, ax: Axes | None = None, **settings: Unpack[Settings]) -> Axes:
    """Draw every window of a Conv1d under the input row that it reads.

    The window that would come next hangs over the end and is crossed out. Input samples at the
    end that no window reads are hatched.
    """
    stride, padding = settings.get("stride", 1), settings.get("padding", 0)
    taps = offsets(settings)
    count = conv1d_output_length(length, **settings)
    unread = unread_samples(length, **settings)
    starts = [window * stride - padding for window in range(count + 1)]
    edge = max(length + padding, starts[-1] + taps[-1] + 1)
    ax = canvas(-padding, edge + 2.2, 0.9 * count + 2.2, ax)
    for sample in range(-padding, length + padding):
        role = "input" if 0 <= sample < length else "padding"
        last = length - unread <= sample < length
        cell(ax, sample, 0, "unread" if last else role, sample if role == "input" else 0)
    for line, start in enumerate(starts):
        y = 0.9 * line + 1.2
        if line == count:
            stamp(ax, start, y, taps, "missing")
            words(ax, edge + 1.6, y + 0.4, "✗", "muted", align="center")
        else:
            stamp(ax, start, y, taps, "kernel")
            arrow(ax, start + taps[-1] + 1.15, edge + 1.0, y + 0.4)
            cell(ax, edge + 1.1, y, "output", line, height=0.86)
    roles = ["input", *["padding"] * (padding > 0), "kernel", "output", *["unread"] * (unread > 0)]
    key(ax, [*roles, "missing"], missing="does not fit")
    return ax


def staircase(
    lengths: Sequence[int],
    *,
    output_padding: int = 0,
    marked: Iterable[int] = (),
    ax: Axes | None = None,
    **settings: Unpack[Settings],
) -> Axes:
    """Plot Conv1d's L_out over L_in; a full dot is a length that the mirror layer returns to.

    The lengths in `marked` are joined to both axes by thin lines.
    """
    shorter = [conv1d_output_length(length, **settings) for length in lengths]
    ax = axes(3.4, ax)
    for step in sorted(set(shorter)):
        tread = [length for length, out in zip(lengths, shorter, strict=True) if out == step]
        ax.plot([tread[0], tread[-1]], [step, step], color=color("output"), lw=5, alpha=0.25)
    left, bottom = min(lengths) - 0.7, min(shorter) - 0.6
    joined = {length: conv1d_output_length(length, **settings) for length in marked}
    dotted: list[tuple[list[float], list[float]]]
    dotted = [([length, length], [bottom, out]) for length, out in joined.items()]
    dotted += [([left, max(joined)], [out, out]) for out in sorted(set(joined.values()))]
    for line in dotted:
        ax.plot(*line, color=color("muted"), lw=0.9, ls=":", zorder=0.5)
    dots: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for length, out in zip(lengths, shorter, strict=True):
        back = conv_transpose1d_output_length(out, **settings, output_padding=output_padding)
        dots[back == length].append((length, out))
    for returns, fill, label in (
        (True, "output", "the mirror layer comes back to this length"),
        (False, "paper", "it does not"),
    ):
        ax.plot(
            [length for length, _ in dots[returns]],
            [out for _, out in dots[returns]],
            "o",
            markersize=7.5,
            markerfacecolor=color(fill),
            markeredgecolor=color("output"),
            markeredgewidth=1.6,
            label=label,
        )
    ax.set_xlim(left, max(lengths) + 0.7)
    ax.set_ylim(bottom, max(shorter) + 0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(loc="upper left", bbox_to_anchor=(0, 1.04), handletextpad=0.2, borderpad=0)
    return decorate(
        ax,
        xlabel=r"input length  $L_\mathrm{in}$",
        ylabel=r"output length  $L_\mathrm{out}$",
    )


def scatter(
    length: int,
    *,
    output_padding: int = 0,
    ax: Axes | None = None,
    **settings: Unpack[Settings],
) -> Axes:
    """Draw where a ConvTranspose1d puts each input sample, and what it cuts off at both ends."""
    stride, padding = settings.get("stride", 1), settings.get("padding", 0)
    taps = offsets(settings)
    full = ConvTranspose1dSizes(length=length, **settings).scattered_length
    ax = canvas(0, max(full, full - padding + output_padding), 0.9 * length + 3.9, ax)
    for sample in range(length):
        cell(ax, sample * stride, 0, "input", sample)
        stamp(ax, sample * stride, 0.9 * sample + 1.2, taps, "kernel")
    y = 0.9 * length + 1.6
    roles = scattered_row(ax, y, length, output_padding, settings)
    kept = conv_transpose1d_output_length(length, **settings, output_padding=output_padding)
    for cut, hidden in ((padding, padding), (padding + kept, full - padding - kept)):
        if hidden > 0:
            ax.plot([cut, cut], [y - 0.2, y + 1.2], color=color("ink"), lw=1.2)
            words(ax, cut, y + 1.6, "✂", align="center")
    key(ax, ["input", "kernel", *roles], hole="bias only", added="bias only")
    return ax


def kept_samples(
    length: int,
    output_paddings: Iterable[int],
    *,
    ax: Axes | None = None,
    **settings: Unpack[Settings],
) -> Axes:
    """Draw which scattered samples ConvTranspose1d keeps, one line for each output_padding."""
    choices = list(output_paddings)
    padding = settings.get("padding", 0)
    full = ConvTranspose1dSizes(length=length, **settings).scattered_length
    edge = max(full, full - padding + max(choices))
    ax = canvas(-2.2, edge + 2.4, 1.15 * len(choices) + 1.2, ax)
    words(ax, -2.2, 0.5, "output_padding", "output_padding")
    words(ax, edge + 2.2, 0.5, "length", "output", align="right")
    roles: set[str] = set()
    for line, output_padding in enumerate(choices):
        y = 1.15 * line + 1.1
        roles |= set(scattered_row(ax, y, length, output_padding, settings))
        kept = conv_transpose1d_output_length(length, **settings, output_padding=output_padding)
        words(ax, -1.2, y + 0.5, output_padding, "output_padding", align="center")
        words(ax, edge + 2.2, y + 0.5, kept, "output", align="right")
    key(ax, [role for role in SCATTERED if role in roles], hole="bias only", added="bias only")
    return ax


def comes_back(
    lengths: Sequence[int], *, ax: Axes | None = None, **settings: Unpack[Settings]
) -> Axes:
    """Draw which input lengths come back, one line for each output_padding below the stride.

    Where a length does not come back, the square says by how many samples it is missed.
    """
    stride = settings.get("stride", 1)
    ax = canvas(-5.0, len(lengths), stride + 1.2, ax)
    words(ax, -0.3, 0.5, "length", "input", align="right")
    for column, length in enumerate(lengths):
        words(ax, column + 0.5, 0.5, length, "input", align="center")
        shorter = conv1d_output_length(length, **settings)
        for output_padding in range(stride):
            back = conv_transpose1d_output_length(
                shorter, **settings, output_padding=output_padding
            )
            found = ("output", "✓") if back == length else ("missing", f"{back - length:+d}")
            cell(ax, column, output_padding + 1.1, *found)
    for output_padding in range(stride):
        words(ax, -0.3, output_padding + 1.6, f"output_padding={output_padding}", align="right")
    key(ax, ["output", "missing"], output="comes back", missing="samples too many or too few")
    return ax


def kernels(kernel_size: int, dilations: Iterable[int], *, ax: Axes | None = None) -> Axes:
    """Draw the same kernel at several dilations, with its effective size at the end."""
    choices = list(dilations)
    longest = offsets({"kernel_size": kernel_size, "dilation": max(choices)})[-1] + 1
    ax = canvas(-3.6, longest + 3.4, 1.2 * len(choices), ax)
    for line, dilation in enumerate(choices):
        y = 1.2 * line + 0.1
        taps = offsets({"kernel_size": kernel_size, "dilation": dilation})
        bar(ax, 0, taps[-1] + 1, y + 0.5, "kernel")
        for number, tap in enumerate(taps):
            cell(ax, tap, y, "kernel", number)
        words(ax, -0.4, y + 0.5, f"dilation={dilation}", align="right")
        words(ax, longest + 0.4, y + 0.5, f"{taps[-1] + 1} samples", "kernel")
    return ax


def receptive_field(layers: Sequence[Settings], *, ax: Axes | None = None) -> Axes:
    """Draw the input samples that one output of a stack of Conv1d layers depends on."""
    rows = [[0]]
    for layer in reversed(layers):
        stride = layer.get("stride", 1)
        rows.insert(0, sorted({node * stride + tap for node in rows[0] for tap in offsets(layer)}))
    shift, jump = 0.5, 1
    places = [{node: node + shift for node in rows[0]}]
    for layer, row in zip(layers, rows[1:], strict=True):
        shift += offsets(layer)[-1] * jump / 2
        jump *= layer.get("stride", 1)
        places.append({node: node * jump + shift for node in row})
    pitch = 2.0
    ax = canvas(0, max(rows[0][-1] + 1, 8), pitch * len(layers) + 1.1, ax)
    for depth, layer in enumerate(layers):
        y = pitch * (len(layers) - depth) + 0.5
        for node, x in places[depth + 1].items():
            for tap in offsets(layer):
                source = places[depth][node * layer.get("stride", 1) + tap]
                ax.plot([source, x], [y, y - pitch], color=color("kernel"), lw=1.1, zorder=0.4)
    for depth, spots in enumerate(places):
        role = "input" if depth == 0 else "output" if depth == len(layers) else "kernel"
        y = pitch * (len(layers) - depth) + 0.05
        for node, x in spots.items():
            cell(ax, x - 0.5, y, role, node if role == "input" else "")
    return ax


def offsets(settings: Mapping[str, int] | Settings) -> list[int]:
    """Return where a kernel's taps lie, counted from its first one.

    >>> offsets({"kernel_size": 3, "dilation": 2})
    [0, 2, 4]
    """
    return [settings.get("dilation", 1) * tap for tap in range(settings["kernel_size"])]


def stamp(ax: Axes, x: float, y: float, taps: Sequence[int], role: str) -> None:
    """Draw a kernel whose first tap is at `x`, on the line that starts at `y`."""
    bar(ax, x, x + taps[-1] + 1, y + 0.43, role if role == "kernel" else "grid")
    for tap in taps:
        cell(ax, x + tap, y, role, height=0.86)


def scattered_row(
    ax: Axes, y: float, length: int, output_padding: int, settings: Settings
) -> list[str]:
    """Draw the scattered samples, cut as ConvTranspose1d cuts them, and return the roles drawn."""
    stride, padding = settings.get("stride", 1), settings.get("padding", 0)
    reached = {sample * stride + tap for sample in range(length) for tap in offsets(settings)}
    kept = conv_transpose1d_output_length(length, **settings, output_padding=output_padding)
    drawn = set()
    for position in range(max(max(reached) + 1, padding + kept)):
        index = position - padding
        if not 0 <= index < kept:
            role = "cropped"
        elif index >= kept - output_padding:
            role = "output_padding" if position in reached else "added"
        else:
            role = "output" if position in reached else "hole"
        cell(ax, position, y, role, "" if role == "cropped" else index)
        drawn.add(role)
    return [role for role in SCATTERED if role in drawn]
