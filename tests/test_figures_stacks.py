"""Figures of chapters 9 and 12: they show the numbers they are given, and mark what is wrong."""

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from helpers.figures import color, stacks

pytestmark = pytest.mark.usefixtures("book_style")


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def texts_of(ax: Axes, role: str) -> list[str]:
    return [text.get_text() for text in ax.texts if to_hex(text.get_color()) == color(role)]


def test_losses_follow_each_other() -> None:
    ax = stacks.losses({"a": 4, "b": 0, "c": 48})
    bars = [(patch.get_x(), patch.get_width()) for patch in ax.patches]
    assert bars == [(0, 4), (4, 0), (4, 48)]


def test_comb_draws_each_length_once() -> None:
    ax = stacks.comb({"a": [8, 16]}, range(5, 20), 8)
    drawn = [int(x) for line in ax.lines for x in line.get_xdata()]
    assert sorted(drawn) == list(range(5, 20))
    assert list(ax.get_xticks()) == [8, 16]


def test_ladder_marks_what_does_not_fit() -> None:
    ax = stacks.ladder([91, 45, 22, 11], [22, 44, 88])
    assert texts_of(ax, "unread") == ["\N{MINUS SIGN}3", "\N{MINUS SIGN}1"]
    assert texts_of(ax, "output") == ["fits"]


def test_ladder_forgives_a_surplus_only_if_it_is_cut() -> None:
    down, up = [11, 5], [12]
    assert texts_of(stacks.ladder(down, up), "unread") == ["+1"]
    assert texts_of(stacks.ladder(down, up, surplus_is_cut=True), "output") == ["+1, cut"]
    assert texts_of(stacks.ladder(down, [10], surplus_is_cut=True), "unread")


def test_valid_adds_and_cuts_the_same() -> None:
    shown = words(stacks.valid(100, (5, 6), "come back"))
    assert {"5", "6", "\N{MINUS SIGN}5", "\N{MINUS SIGN}6", "111 come back"} <= set(shown)
    assert shown.count("100") == 2


def test_masks_fill_the_frames_that_count() -> None:
    ax = stacks.masks([32, 11], [15, 4], 15)
    solid = [p for p in ax.patches if to_hex(p.get_facecolor(), keep_alpha=True)[-2:] == "ff"]
    frames = [p for p in solid if to_hex(p.get_facecolor()) == color("output")]
    assert len(frames) == 15 + 4


def test_misses_are_differences() -> None:
    ax = stacks.misses([10, 20], {"a": [8, 20]})
    assert list(ax.lines[0].get_ydata()) == [-2, 0]
    with pytest.raises(ValueError, match="zip"):
        stacks.misses([10, 20], {"a": [8]})
