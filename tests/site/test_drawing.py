"""What is live is drawn by node when the site is built."""

import pytest

from book_site import drawing


def test_numbers_and_words_come_back_as_they_are() -> None:
    call = "conv1dOutputLength(100, { kernel_size: 3, stride: 2 })"
    assert drawing.evaluate("lengths.js", call) == 49
    drawn = drawing.static_html("playground.js", {"length": 57, "mode": "round-trip"})
    assert drawn.startswith('<div class="playground" data-module="playground.js" data-state="{')
    assert "→" in drawn  # whatever the encoding of this machine


def test_what_cannot_be_drawn_stops_the_build_and_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"playground\.js: (.|\n)*nope is not a function"):
        drawing.evaluate("playground.js", "nope()")
