"""Figures of two dimensions: each size is drawn once, and what is asked for is marked."""

import pytest

from helpers.figures import planes

pytestmark = pytest.mark.usefixtures("book_style")


def test_comb_draws_each_size_once_and_the_height_downwards() -> None:
    ax = planes.comb([(8, 16)], range(6, 11), range(14, 19), asked=(7, 15))
    others, found, asked = (dots.get_offsets().tolist() for dots in ax.collections)
    every = [[width, height] for height in range(6, 11) for width in range(14, 19)]
    assert sorted([*others, *found]) == sorted(every)
    assert found == [[16, 8]]
    assert asked == [[15, 7]]
    assert [text.get_text() for text in ax.texts] == ["7 × 15"]  # noqa: RUF001 (a times sign)
    bottom, top = ax.get_ylim()
    assert bottom > top
