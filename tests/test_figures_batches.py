"""Figures of the chapter on batches: they show as many frames as real layers return."""

import pytest
import torch
from matplotlib.axes import Axes
from torch import nn

from helpers.figures import batches

pytestmark = pytest.mark.usefixtures("book_style")
TOWER = nn.Sequential(*[nn.Conv1d(1, 1, 3, stride=2, padding=1) for _ in range(2)])


def frames(length: int) -> int:
    with torch.no_grad():
        return int(TOWER(torch.zeros(1, 1, length)).shape[-1])


def count(ax: Axes, label: str) -> int:
    bars = [patch for container in ax.containers for patch in container if patch.get_width()]
    names = [container.get_label() for container in ax.containers]
    assert len(bars) == len(names)
    return names.count(label)


@pytest.mark.parametrize(("length", "block"), [(24, 10), (24, 12), (23, 7), (9, 20)])
def test_blocks_draw_the_frames_of_each_row(length: int, block: int) -> None:
    ax = batches.blocks(length, block, 4)
    rows = [length, *(min(block, length - start) for start in range(0, length, block))]
    assert count(ax, "output") + count(ax, "beyond") == sum(map(frames, rows))
    assert count(ax, "beyond") == sum(samples % 4 > 0 for samples in rows)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert [int(name.split()[-1]) for name in names] == list(map(frames, rows))


def test_changes_draw_each_frame_once_and_say_how_many() -> None:
    ax = batches.changes({"a": [False, False, True], "b": [True, True]})
    assert (count(ax, "same"), count(ax, "changed")) == (2, 3)
    assert [text.get_text() for text in ax.texts] == ["1 of 3", "2 of 2"]
