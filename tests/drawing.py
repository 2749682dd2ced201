"""Every figure of the book once, on small data, and what tests read from a drawing."""

import io
from collections import Counter
from collections.abc import Callable
from types import ModuleType

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers.figures import batches, exports, matrices, paddings, rows, samples, stacks

MODULES: tuple[ModuleType, ...] = (rows, matrices, samples, paddings, stacks, batches, exports)
BAND = np.array([[2.0, 1, 0, 0], [0, 1, 2, 1]])
WAVE = np.round(300 * np.sin(np.arange(90.0) / 7)) + 500

FIGURES: dict[str, Callable[..., Axes]] = {
    "windows": lambda ax=None: rows.windows(10, kernel_size=3, stride=2, ax=ax),
    "padded windows": lambda ax=None: rows.windows(10, kernel_size=3, stride=2, padding=1, ax=ax),
    "staircase": lambda ax=None: rows.staircase(
        range(92, 105), kernel_size=3, stride=2, padding=1, marked=(99, 100), ax=ax
    ),
    "scatter": lambda ax=None: rows.scatter(5, kernel_size=3, stride=2, padding=1, ax=ax),
    "kept samples": lambda ax=None: rows.kept_samples(
        3, range(4), kernel_size=4, stride=4, padding=1, ax=ax
    ),
    "comes back": lambda ax=None: rows.comes_back(
        range(92, 104), kernel_size=3, stride=3, padding=1, ax=ax
    ),
    "kernels": lambda ax=None: rows.kernels(3, (1, 2, 4), ax=ax),
    "receptive field": lambda ax=None: rows.receptive_field(
        [{"kernel_size": 2, "dilation": dilation} for dilation in (1, 2, 4)], ax=ax
    ),
    "matrix": lambda ax=None: matrices.matrix(BAND, ax=ax),
    "transpose": lambda ax=None: matrices.transpose(BAND, ax=ax),
    "stems": lambda ax=None: matrices.stems(
        {"input": [-1, 2, -2, 2], "output": [0, 0]}, ["input", "output"], ax=ax
    ),
    "singular values": lambda ax=None: matrices.singular_values([2.5, 2], 4, ax=ax),
    "profiles": lambda ax=None: matrices.profiles(
        {"ridge": WAVE, "half of it": WAVE / 2}, ["input", "kernel"], ax=ax
    ),
    "contributions": lambda ax=None: samples.contributions(
        5, kernel_size=3, stride=2, padding=1, ax=ax
    ),
    "spectra": lambda ax=None: samples.spectra(
        {"ridge": WAVE, "squared": WAVE**2}, ["input", "unread"], stride=2, ax=ax
    ),
    "windows padded on one side": lambda ax=None: paddings.windows(
        7, kernel_size=3, stride=2, left=2, ax=ax
    ),
    "overlaps": lambda ax=None: paddings.overlaps(60, size=20, context=6, ax=ax),
    "edges": lambda ax=None: paddings.edges(WAVE, {"zeros": [0, 0], "level": [500, 500]}, ax=ax),
    "reach": lambda ax=None: paddings.reach({"one": BAND, "two": np.tril(np.ones((3, 3)))}, ax=ax),
    "seams": lambda ax=None: paddings.seams(WAVE, WAVE - (np.arange(90) % 30 < 2), 30, ax=ax),
    "losses": lambda ax=None: stacks.losses({"layer 1": 4, "layer 2": 48}, ax),
    "comb": lambda ax=None: stacks.comb({"k=4": [8, 16], "k=3": [9]}, range(5, 20), 8, ax),
    "ladder": lambda ax=None: stacks.ladder([91, 45, 22, 11], [22, 44, 88], ax=ax),
    "valid": lambda ax=None: stacks.valid(16_000, (533, 533), "come back", ax),
    "masks": lambda ax=None: stacks.masks([32, 24, 11], [15, 11, 4], 15, ax),
    "journeys": lambda ax=None: stacks.journeys({"a": [64, 32, 16], "b": [8, 16]}, ax),
    "misses": lambda ax=None: stacks.misses([1, 2, 3], {"a": [1, 1, 1], "b": [2, 3, 4]}, ax),
    "blocks": lambda ax=None: batches.blocks(24, 10, 4, ax),
    "changes": lambda ax=None: batches.changes({"a": [False, True], "b": [True]}, ax),
    "verdicts": lambda ax=None: exports.verdicts({"a": {"now": "refused", "later": "1 of 2"}}, ax),
    "wrong shares": lambda ax=None: stacks.wrong_shares([0, 1], {"a": [0.0, 0.5]}, ax),
}


def drawn(ax: Axes) -> Counter[str]:
    """Return how many squares of each role are on the axes."""
    return Counter(str(patch.get_label()) for patch in _squares(ax))


def squares(ax: Axes) -> set[tuple[str, int, int]]:
    """Return role, column and line of each square."""
    return {
        (str(patch.get_label()), round(patch.get_x() - 0.4), round(patch.get_y() - 0.4))
        for patch in _squares(ax)
    }


def _squares(ax: Axes) -> list[FancyBboxPatch]:
    """Return the squares on the axes."""
    return [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def svg(ax: Axes) -> str:
    """Return the figure as the chapters store it."""
    file = io.StringIO()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
