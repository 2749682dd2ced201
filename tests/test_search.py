"""The settings that are found, against all settings tried out on real layers."""

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from tests import oracle
from tests.oracle import grid

from helpers.search import conv1d_settings, conv_transpose1d_settings

DEFAULTS = {
    "kernel_size": range(1, 8),
    "stride": range(1, 5),
    "padding": range(4),
    "dilation": range(1, 3),
}
ODD = {
    "kernel_size": (3, -1, 0, 1),
    "stride": range(-1, 3),
    "padding": (2, 0, -1),
    "dilation": range(-1, 3),
}


def conv1d_by_trying(length: int, goal: int, **choices: Iterable[int]) -> list[dict[str, int]]:
    """Return the settings with which a real nn.Conv1d reaches the goal."""
    sorted_choices = {name: sorted(values) for name, values in choices.items()}
    return [case for case in grid(**sorted_choices) if oracle.conv1d(length, **case) == goal]


def conv_transpose1d_by_trying(
    length: int, goal: int, **choices: Iterable[int]
) -> list[dict[str, int]]:
    """Return the settings with which a real nn.ConvTranspose1d reaches the goal."""
    choices.setdefault("output_padding", range(8))
    sorted_choices = {name: sorted(values) for name, values in choices.items()}
    cases = grid(**sorted_choices)
    return [case for case in cases if oracle.conv_transpose1d(length, **case) == goal]


@pytest.mark.parametrize(
    ("length", "goal"), [(100, 50), (9, 9), (1, 1), (3, 7), (0, 1), (7, 0), (5, -1)]
)
def test_conv1d(length: int, goal: int) -> None:
    assert list(conv1d_settings(length, goal)) == conv1d_by_trying(length, goal, **DEFAULTS)
    assert list(conv1d_settings(length, goal, **ODD)) == conv1d_by_trying(length, goal, **ODD)


@pytest.mark.parametrize(("length", "goal"), [(50, 100), (9, 9), (1, 1), (3, 7), (0, 1), (7, 0)])
def test_conv_transpose1d(length: int, goal: int) -> None:
    tried = conv_transpose1d_by_trying(length, goal, **DEFAULTS)
    assert list(conv_transpose1d_settings(length, goal)) == tried
    choices = {**ODD, "output_padding": [2, 0, -1]}
    tried = conv_transpose1d_by_trying(length, goal, **choices)
    assert list(conv_transpose1d_settings(length, goal, **choices)) == tried


def test_what_leads_there_leads_back() -> None:
    there = list(conv1d_settings(100, 50))
    back = list(conv_transpose1d_settings(50, 100))
    for settings in back:
        assert settings.pop("output_padding") in (0, 1)
    assert back == there
    assert there


def test_output_paddings_beyond_the_stride_are_found() -> None:
    found = list(conv_transpose1d_settings(5, 7, kernel_size=[1], stride=[1], dilation=[3, 4]))
    assert [settings["output_padding"] for settings in found] == [2, 2]


def test_choices_are_sorted_and_taken_once() -> None:
    found = conv1d_settings(9, 9, kernel_size=iter([3, 1, np.int64(3)]), dilation=[1])
    kernel_sizes = [settings["kernel_size"] for settings in found]
    assert kernel_sizes == [1, 3]
    downwards = conv1d_settings(9, 9, kernel_size=range(3, -1, -2), dilation=[1])
    assert [settings["kernel_size"] for settings in downwards] == [1, 3]
    assert {type(kernel_size) for kernel_size in kernel_sizes} == {int}


def test_endless_searches_begin_at_once() -> None:
    lengths: Iterator[dict[str, int]] = conv1d_settings(2**40, 2**39, kernel_size=range(1, 2**40))
    first = list(itertools.islice(lengths, 2))
    assert [settings["stride"] for settings in first] == [2, 2]


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "dilation"])
def test_only_integers(name: str) -> None:
    for search in (conv1d_settings, conv_transpose1d_settings):
        with pytest.raises(TypeError, match=f"{name}=1.5 is a float"):
            next(search(9, 9, **{name: [1, 1.5]}))
        with pytest.raises(TypeError, match="output_length=True is a bool"):
            next(search(9, True))
