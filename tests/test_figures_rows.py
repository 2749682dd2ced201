"""Rows of samples: windows, steps and scattered samples are those of real layers."""

import itertools

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from tests.drawing import drawn

from helpers import conv1d_output_length, conv_transpose1d_output_length
from helpers.figures import rows

pytestmark = pytest.mark.usefixtures("book_style")


@pytest.mark.parametrize("length", [5, 6, 10, 11])
@pytest.mark.parametrize(
    ("k", "s", "p", "d"), [(3, 2, 1, 1), (3, 2, 0, 1), (2, 3, 0, 1), (3, 1, 1, 2)]
)
def test_windows_draws_each_sample_tap_and_output(
    length: int, k: int, s: int, p: int, d: int
) -> None:
    settings = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    count = conv1d_output_length(length, **settings)
    roles = drawn(rows.windows(length, **settings))
    assert roles["output"] == count
    assert roles["kernel"] == count * k
    assert roles["missing"] == k
    assert roles["padding"] == 2 * p
    assert roles["input"] + roles["unread"] == length
    last = (count - 1) * s - p + d * (k - 1)
    assert roles["unread"] == max(0, length - 1 - last)


@pytest.mark.parametrize("output_padding", [0, 1, 2])
@pytest.mark.parametrize(
    ("k", "s", "p", "d"), [(3, 3, 1, 1), (5, 3, 2, 1), (3, 2, 0, 3), (1, 3, 0, 1)]
)
def test_scatter_draws_as_many_samples_as_the_layer_returns(
    k: int, s: int, p: int, d: int, output_padding: int
) -> None:
    settings = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    roles = drawn(rows.scatter(4, **settings, output_padding=output_padding))
    assert roles["input"] == 4
    assert roles["kernel"] == 4 * k
    assert roles["output_padding"] + roles["added"] == output_padding
    kept = roles["output"] + roles["hole"] + roles["output_padding"] + roles["added"]
    assert kept == conv_transpose1d_output_length(4, **settings, output_padding=output_padding)
    assert roles["cropped"] == p + max(0, p - output_padding)


def test_bias_only_samples_are_those_that_a_real_layer_leaves_at_the_bias() -> None:
    for s, d, p, op in itertools.product((2, 3), (1, 2, 3), (0, 1), (0, 1)):
        layer = torch.nn.ConvTranspose1d(1, 1, 3, s, p, op, bias=False, dilation=d)
        torch.nn.init.ones_(layer.weight)
        empty = int((layer(torch.ones(1, 1, 4)) == 0).sum())
        ax = rows.scatter(4, kernel_size=3, stride=s, padding=p, dilation=d, output_padding=op)
        roles = drawn(ax)
        assert roles["hole"] + roles["added"] == empty
        plt.close("all")


def test_kept_samples_draws_one_line_for_each_output_padding() -> None:
    roles = drawn(rows.kept_samples(3, range(4), kernel_size=4, stride=4, padding=1))
    assert roles["output_padding"] + roles["added"] == 0 + 1 + 2 + 3
    assert roles["output"] == 4 * (2 * 4 + 4 - 2)


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_each_length_comes_back_with_one_output_padding(stride: int) -> None:
    lengths = range(90, 102)
    roles = drawn(rows.comes_back(lengths, kernel_size=3, stride=stride, padding=1))
    assert roles["output"] == len(lengths)
    assert roles["missing"] == len(lengths) * (stride - 1)


def test_staircase_plots_each_length_once() -> None:
    lengths = range(92, 105)
    settings = {"kernel_size": 3, "stride": 2, "padding": 1}
    ax = rows.staircase(lengths, **settings)
    full, hollow = (line.get_xydata() for line in ax.lines if line.get_marker() == "o")
    expected = [(n, conv1d_output_length(n, **settings)) for n in lengths]
    assert sorted(map(tuple, np.concatenate([full, hollow]).tolist())) == expected
    assert [n for n, _ in full.tolist()] == [n for n in lengths if n % 2 == 1]


@pytest.mark.parametrize(
    ("layers", "field"),
    [
        ([{"kernel_size": 2, "dilation": 1}, {"kernel_size": 2, "dilation": 2}], 4),
        ([{"kernel_size": 3, "stride": 2}, {"kernel_size": 3}], 7),
        ([{"kernel_size": 3}] * 3, 7),
    ],
)
def test_receptive_field_draws_every_input_that_counts(
    layers: list[rows.Settings], field: int
) -> None:
    roles = drawn(rows.receptive_field(layers))
    assert roles["input"] == field
    assert roles["output"] == 1
