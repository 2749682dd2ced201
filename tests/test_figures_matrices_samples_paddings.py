"""Figures of chapters 4 to 7: what they draw is what real layers do."""

import itertools
from collections import Counter

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from tests.drawing import BAND, WAVE, drawn, squares
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import conv_transpose1d_output_length
from helpers.figures import matrices, paddings, samples

pytestmark = pytest.mark.usefixtures("book_style")


def matrix_of(layer: nn.Module, length: int) -> Tensor:
    """Return the matrix of a one-channel layer."""
    result: Tensor = layer(torch.eye(length).unsqueeze(1)).squeeze(1).T.detach()
    return result


def ones(layer: nn.Module) -> nn.Module:
    """Return the layer with weights of 1."""
    nn.init.ones_(layer.get_parameter("weight"))
    return layer


@pytest.mark.parametrize(
    ("k", "s", "p", "d"), [(3, 2, 1, 1), (3, 2, 0, 1), (2, 3, 0, 1), (3, 1, 2, 2), (1, 2, 0, 1)]
)
def test_matrix_draws_the_entries_and_the_unread_columns(k: int, s: int, p: int, d: int) -> None:
    layer = nn.Conv1d(1, 1, k, stride=s, padding=p, dilation=d, bias=False)
    entries = matrix_of(ones(layer), 10)
    expected = {("kernel", column, row + 2) for row, column in entries.nonzero().tolist()}
    for column in (entries == 0).all(0).nonzero().flatten().tolist():
        expected |= {("unread", column, row + 2) for row in range(len(entries))}
    assert squares(matrices.matrix(entries)) == expected


def test_transpose_draws_both_matrices() -> None:
    roles = drawn(matrices.transpose(BAND))
    assert roles == {"kernel": 2 * np.count_nonzero(BAND)}
    found = squares(matrices.transpose(BAND))
    left = {(x, y) for _, x, y in found if x < 5}
    right = {(x, y) for _, x, y in found if x > 5}
    top = min(y for _, y in left), min(y for _, y in right)
    turned = {(y - top[0] + 6, x + top[1]) for x, y in left}
    assert turned == right


@pytest.mark.slow
@pytest.mark.parametrize("output_padding", [0, 1])
def test_contributions_are_those_of_a_real_layer(output_padding: int) -> None:
    grid = itertools.product(range(1, 5), range(1, 4), range(2), range(1, 4))
    for k, s, p, d in grid:
        if output_padding >= max(s, d) or (4 - 1) * s + d * (k - 1) + output_padding < 2 * p:
            continue
        layer = nn.ConvTranspose1d(1, 1, k, s, p, output_padding, dilation=d, bias=False)
        counts = ones(layer)(torch.ones(1, 1, 4)).flatten().int().tolist()
        settings = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
        ax = samples.contributions(4, output_padding=output_padding, **settings)
        boxes = Counter(x for role, x, _ in squares(ax) if role == "input")
        assert [boxes[p + n] for n in range(len(counts))] == counts, settings
        assert len(counts) == conv_transpose1d_output_length(
            4, output_padding=output_padding, **settings
        )
        plt.close("all")


def test_spectra_find_a_tone_where_it_is() -> None:
    tone = np.cos(2 * np.pi * np.arange(120) / 3)
    ax = samples.spectra({"tone": tone}, ["output"], stride=3)
    line = ax.lines[0]
    assert line.get_xdata()[np.argmax(line.get_ydata())] == pytest.approx(1 / 3)
    marks = [found.get_xdata()[0] for found in ax.lines[1:]]
    assert marks == pytest.approx([1 / 3])


def test_spectra_write_the_strength_of_the_marked_signal() -> None:
    stripes = 3 + np.cos(np.pi * np.arange(400))  # a third of the level, at 1/2
    ax = samples.spectra({"striped": stripes}, ["unread"], stride=2, marked="striped")
    notes = [text.get_text() for text in ax.texts]
    assert "\N{MINUS SIGN}10 dB" in notes


@pytest.mark.parametrize(("left", "right"), [(0, 0), (2, 0), (0, 3), (1, 2)])
@pytest.mark.parametrize(("k", "s", "d"), [(3, 1, 1), (3, 2, 1), (2, 2, 3), (4, 3, 1)])
def test_windows_read_what_a_real_layer_reads(
    left: int, right: int, k: int, s: int, d: int
) -> None:
    conv = ones(nn.Conv1d(1, 1, k, stride=s, dilation=d, bias=False))
    entries = matrix_of(conv, left + 8 + right)
    found = squares(
        paddings.windows(8, kernel_size=k, stride=s, dilation=d, left=left, right=right)
    )
    taps = {(x + left, y - 1) for role, x, y in found if role == "kernel"}
    assert taps == {(column, row) for row, column in entries.nonzero().tolist()}
    assert sum(role == "output" for role, _, _ in found) == len(entries)
    assert sum(role == "padding" for role, _, _ in found) == left + right


def test_reach_marks_the_future_and_only_the_future() -> None:
    causal = matrix_of(nn.Sequential(nn.ConstantPad1d((2, 0), 0.0), ones(nn.Conv1d(1, 1, 3))), 7)
    causal -= causal.min()  # the bias
    assert drawn(paddings.reach({"causal": causal}))["unread"] == 0
    same = torch.ones(7, 7).tril(1).triu(-1)
    assert drawn(paddings.reach({"same": same, "causal": causal}))["unread"] == 6


def test_reach_counts_time_in_inputs_for_the_way_back() -> None:
    layer = ones(nn.ConvTranspose1d(1, 1, 4, stride=2, bias=False))
    scattered = matrix_of(layer, 5)
    assert drawn(paddings.reach({"right": scattered[:-2]}, stride=2))["unread"] == 0
    assert drawn(paddings.reach({"left": scattered[2:]}, stride=2))["unread"] == 8


def test_seams_lie_between_chunks() -> None:
    ax = paddings.seams(WAVE, WAVE, 30, start=0)
    marks = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 2]
    assert marks == [29.5, 59.5]


def test_edges_put_the_padding_left_of_the_signal() -> None:
    signal = torch.arange(20.0, 40).view(1, 1, -1)
    padding = F.pad(signal, (4, 0), mode="reflect").flatten()[:4]
    ax = paddings.edges(signal.flatten(), {"reflect": padding})
    where, values = ax.lines[1].get_data()
    assert list(where) == [-4, -3, -2, -1, 0]
    assert list(values) == [24, 23, 22, 21, 20]


def test_overlaps_keep_each_sample_once_and_run_its_context() -> None:
    ax = paddings.overlaps(400, size=80, context=32)
    ran, kept = ax.containers[::2], ax.containers[1::2]
    ends = [
        [(bar.get_x(), bar.get_x() + bar.get_width()) for [bar] in bars] for bars in (ran, kept)
    ]
    assert ends[1] == [(start, start + 80) for start in range(0, 400, 80)]
    assert ends[0] == [(max(0, start - 32), min(400, stop + 32)) for start, stop in ends[1]]
