"""Figures of chapters 4 to 6: what they draw is what real layers do."""

import inspect
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import conv_transpose1d_output_length, palette
from helpers.figures import matrices, paddings, samples, use_style

MODULES: tuple[ModuleType, ...] = (matrices, samples, paddings)
BAND = np.array([[2.0, 1, 0, 0], [0, 1, 2, 1]])
WAVE = np.round(300 * np.sin(np.arange(90.0) / 7)) + 500

FIGURES: dict[str, Callable[..., Axes]] = {
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
    "windows": lambda ax=None: paddings.windows(7, kernel_size=3, stride=2, left=2, ax=ax),
    "edges": lambda ax=None: paddings.edges(WAVE, {"zeros": [0, 0], "level": [500, 500]}, ax=ax),
    "reach": lambda ax=None: paddings.reach({"one": BAND, "two": np.tril(np.ones((3, 3)))}, ax=ax),
    "seams": lambda ax=None: paddings.seams(WAVE, WAVE - (np.arange(90) % 30 < 2), 30, ax=ax),
}


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    """Draw without a screen, in the book's style, and close what was drawn."""
    plt.switch_backend("agg")
    use_style()
    yield
    plt.close("all")


def drawn(ax: Axes) -> Counter[str]:
    """Return how many squares of each role are on the axes."""
    return Counter(role for role, _, _ in squares(ax))


def squares(ax: Axes) -> set[tuple[str, int, int]]:
    """Return role, column and line of each square."""
    return {
        (str(patch.get_label()), round(patch.get_x() - 0.4), round(patch.get_y() - 0.4))
        for patch in ax.patches
        if isinstance(patch, FancyBboxPatch)
    }


def svg(ax: Axes) -> str:
    """Return the figure as the chapters store it."""
    file = io.StringIO()
    ax.figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def matrix_of(layer: nn.Module, length: int) -> Tensor:
    """Return the matrix of a one-channel layer."""
    result: Tensor = layer(torch.eye(length).unsqueeze(1)).squeeze(1).T.detach()
    return result


def ones(layer: nn.Module) -> nn.Module:
    """Return the layer with weights of 1."""
    nn.init.ones_(layer.get_parameter("weight"))
    return layer


def test_every_figure_function_is_tried() -> None:
    called = {name for figure in FIGURES.values() for name in figure.__code__.co_names}
    for module in MODULES:
        assert set(module.__all__) <= called


@pytest.mark.parametrize("name", FIGURES)
def test_returns_the_axes_given_and_else_makes_one_figure(name: str) -> None:
    ax = plt.figure().add_subplot()
    assert FIGURES[name](ax=ax) is ax
    before = len(plt.get_fignums())
    assert isinstance(FIGURES[name](), Axes)
    assert len(plt.get_fignums()) == before + 1


@pytest.mark.parametrize("name", FIGURES)
def test_the_bytes_are_the_same_and_the_last_bit_of_the_data_does_not_show(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = svg(FIGURES[name]())
    monkeypatch.setitem(globals(), "BAND", BAND * (1 + 1e-12))
    monkeypatch.setitem(globals(), "WAVE", WAVE * (1 + 1e-12))
    assert svg(FIGURES[name]()) == once


def test_a_change_that_can_be_seen_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    once = svg(FIGURES["profiles"]())
    monkeypatch.setitem(globals(), "WAVE", WAVE + (np.arange(90) == 40))
    assert svg(FIGURES["profiles"]()) != once


@pytest.mark.parametrize("name", FIGURES)
def test_draws_with_the_colors_of_the_palette_only(name: str) -> None:
    lights = {light for light, _ in palette.PALETTE.values()}
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg(FIGURES[name]()))) <= lights


@pytest.mark.parametrize("name", FIGURES)
def test_is_legible_on_a_phone(name: str) -> None:
    figure = FIGURES[name]().get_figure(root=True)
    assert figure is not None
    assert figure.get_figwidth() <= 5.2
    texts = [text for text in figure.findobj(mpl.text.Text) if text.get_text()]
    assert texts
    assert min(text.get_fontsize() for text in texts) >= 9


@pytest.mark.parametrize("module", MODULES)
def test_figures_do_not_show(module: ModuleType) -> None:
    assert ".show(" not in inspect.getsource(module)


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


@pytest.mark.parametrize("output_padding", [0, 1])
def test_contributions_are_those_of_a_real_layer(output_padding: int) -> None:
    grid = itertools.product(range(1, 5), range(1, 4), range(2), range(1, 4))
    for k, s, p, d in grid:
        if output_padding >= max(s, d) or (4 - 1) * s + d * (k - 1) + output_padding < 2 * p:
            continue
        layer = nn.ConvTranspose1d(1, 1, k, s, p, output_padding, dilation=d, bias=False)
        counts = ones(layer)(torch.ones(1, 1, 4)).flatten().int().tolist()
        settings = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
        ax = samples.contributions(4, output_padding=output_padding, **settings)  # type: ignore[arg-type]
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
    assert line.get_xdata()[np.argmax(line.get_ydata())] == pytest.approx(1 / 3)  # type: ignore[arg-type, index]
    marks = [found.get_xdata()[0] for found in ax.lines[1:]]  # type: ignore[index]
    assert marks == pytest.approx([1 / 3])


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
    marks = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 2]  # type: ignore[index, arg-type]
    assert marks == [29.5, 59.5]


def test_edges_put_the_padding_left_of_the_signal() -> None:
    signal = torch.arange(20.0, 40).view(1, 1, -1)
    padding = F.pad(signal, (4, 0), mode="reflect").flatten()[:4]
    ax = paddings.edges(signal.flatten(), {"reflect": padding})
    where, values = ax.lines[1].get_data()
    assert list(where) == [-4, -3, -2, -1, 0]
    assert list(values) == [24, 23, 22, 21, 20]
