"""Figures of chapter 5: what reaches each sample of a transposed convolution, and its spectrum."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers.figures.cells import canvas, cell, words
from helpers.figures.matrices import DASHES
from helpers.figures.rows import offsets
from helpers.figures.style import SMALL, axes, color, decorate
from helpers.sizes import ConvTranspose1dSizes

__all__ = ["contributions", "spectra"]


def contributions(
    length: int,
    *,
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
    ax: Axes | None = None,
) -> Axes:
    """Stack, over each output sample, one box for each input sample that is added into it.

    A box carries the number of its input sample, so the height of a stack is how many
    contributions a sample gets. Below it stand that count and the number of the output sample.
    What padding crops is dotted and has no number; an empty stack holds only the bias.
    """
    piles = stacks(length, kernel_size=kernel_size, stride=stride, dilation=dilation)
    end = len(piles) - padding + output_padding
    piles += [[] for _ in range(end - len(piles))]
    tallest = max(map(len, piles))
    ax = canvas(-3.4, len(piles) + 0.1, tallest + 2.3, ax)
    for sample, pile in enumerate(piles):
        kept = padding <= sample < end
        for height, source in enumerate(pile):
            cell(ax, sample, tallest - 1 - height, "input" if kept else "cropped", source)
        role = "cropped" if not kept else "output" if pile else "unread"
        words(ax, sample + 0.5, tallest + 0.8, len(pile), role, align="center")
        if kept:
            words(ax, sample + 0.5, tallest + 1.75, sample - padding, align="center")
    words(ax, -0.3, tallest - 0.5, "inputs", "input", align="right")
    words(ax, -0.3, tallest + 0.8, "how many", "output", align="right")
    words(ax, -0.3, tallest + 1.75, "output", align="right")
    floor = tallest + 0.2
    ax.plot([padding, end], [floor, floor], color=color("output"), linewidth=3)
    for cut in {padding, end} - {0, len(piles)}:
        ax.plot([cut, cut], [0, tallest + 2.2], color=color("cropped"), lw=1.2)
    return ax


def stacks(length: int, *, kernel_size: int, stride: int, dilation: int) -> list[list[int]]:
    """Return, for each sample before cropping, the input samples that are added into it."""
    settings = {"kernel_size": kernel_size, "stride": stride, "dilation": dilation}
    scattered = ConvTranspose1dSizes(length=length, **settings).scattered_length
    piles: list[list[int]] = [[] for _ in range(scattered)]
    for source in range(length):
        for tap in offsets(settings):
            piles[source * stride + tap].append(source)
    return piles


def spectra(
    signals: Mapping[str, ArrayLike],
    roles: Sequence[str],
    *,
    stride: int,
    marked: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the strength of each frequency of real signals, in decibels under the strongest one.

    Frequencies are in cycles per sample, from 0 to 1/2. The multiples of 1/stride are marked:
    a stride leaves its images of the signal there, and a checkerboard is what is left of them.
    Of the signal named by `marked`, the strength at 1/stride is written beside it.
    A Hann window keeps the ends of the signals, which do not meet, from smearing the picture.
    """
    ax = axes(2.7, ax)
    for (name, values), role, dash in zip(signals.items(), roles, DASHES, strict=False):
        signal = np.asarray(values, dtype=np.float64)
        points = stride * len(signal)  # so that 1/stride is one of the frequencies
        strength = np.abs(np.fft.rfft(signal * np.hanning(len(signal)), points))
        decibels = 20 * np.log10(np.maximum(strength / strength.max(), 1e-6))
        frequency = np.arange(len(strength)) / points
        ax.plot(
            frequency, np.round(decibels, 1), color=color(role), label=name, linewidth=1.2, ls=dash
        )
        if name == marked:
            level = float(np.interp(1 / stride, frequency, decibels))
            ax.plot([0.4, 1 / stride], [level, level], color=color(role), lw=0.9, ls=(0, (1, 1.5)))
            note = f"{level:.0f} dB".replace("-", "\N{MINUS SIGN}")
            ax.text(0.395, level, note, color=color(role), ha="right", va="center", fontsize=SMALL)
    for image in range(1, stride // 2 + 1):
        place = image / stride
        ax.axvline(place, color=color("unread"), linewidth=1, linestyle=(0, (3, 2)), zorder=1)
        ax.annotate(
            rf"$\frac{{{image}}}{{{stride}}}$",
            (place, 1),
            (-6, -3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right",
            va="top",
            color=color("unread"),
            fontsize=13,
        )
    ax.set_xlim(0, 0.515)
    ax.set_ylim(-100, 4)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.1)
    return decorate(ax, xlabel="frequency (cycles per sample)", ylabel="strength (dB)", grid="y")
