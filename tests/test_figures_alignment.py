"""Figures of chapter 8: they show the samples that they are given, where they stand."""

from fractions import Fraction

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from helpers.figures import alignment, color

pytestmark = pytest.mark.usefixtures("book_style")


def drawn(ax: Axes, role: str) -> list[tuple[float, float]]:
    """Return where the bars of a role start and how long they are."""
    bars = [patch for patch in ax.patches if to_hex(patch.get_facecolor()) == color(role)]
    return [(bar.get_x(), bar.get_width()) for bar in bars]


def test_a_cone_fills_what_is_read() -> None:
    ax = alignment.cone([range(2, 7), range(1, 3), range(1, 2)], [9, 4, 2])
    roles = [patch.get_label() for patch in ax.patches]
    assert [roles.count(role) for role in ("input", "kernel", "output")] == [5, 2, 1]
    assert roles.count("missing") == 9 + 4 + 2 - 8
    assert {"input", "output"} <= {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="zip"):
        alignment.cone([range(2)], [9, 4])


def test_fields_stand_where_they_start() -> None:
    ax = alignment.fields([range(-1, 1), range(0, 2)], Fraction(1, 2), first=4)
    assert drawn(ax, "input") == [(-1.5, 2), (-0.5, 2)]
    assert [float(line.get_xdata()[0]) for line in ax.lines] == [2, 2.5]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["4", "5"]
    assert "padding" in [text.get_text() for text in ax.texts]
    assert not alignment.fields([range(3, 5)], Fraction(2)).texts


def test_beats_follow_each_other() -> None:
    ax = alignment.beats({"a": 0, "b": 8}, 25, {"b": 8})
    assert drawn(ax, "output") == [(25 * n, 25) for n in range(4)] + [
        (8 + 25 * n, 25) for n in range(4)
    ]
    assert [patch.get_hatch() for patch in ax.patches].count("/////") == 1
