"""Figures: the data drawn is right, the bytes are the same each time, the colors differ."""

import inspect
import io
import itertools
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers import conv1d_output_length, conv_transpose1d_output_length, palette
from helpers.figures import color, rows, use_style

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
    squares = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    return Counter(str(square.get_label()) for square in squares)


@pytest.mark.parametrize("name", FIGURES)
def test_returns_the_axes_given_and_else_makes_one_figure(name: str) -> None:
    ax = plt.figure().add_subplot()
    assert FIGURES[name](ax=ax) is ax
    before = len(plt.get_fignums())
    assert isinstance(FIGURES[name](), Axes)
    assert len(plt.get_fignums()) == before + 1


def test_every_figure_function_is_tried() -> None:
    called = {name for figure in FIGURES.values() for name in figure.__code__.co_names}
    assert set(rows.__all__) <= called


@pytest.mark.parametrize("name", FIGURES)
def test_draws_with_the_colors_of_the_palette_only(name: str) -> None:
    lights = {light for light, _ in palette.PALETTE.values()}
    used = set(re.findall(r"#[0-9a-f]{6}\b", svg(FIGURES[name]())))
    assert used <= lights
    assert color("paper") in used


def test_a_foreign_color_is_found() -> None:
    ax = FIGURES["kernels"]()
    ax.axhline(0, color="#123456")
    assert "#123456" in svg(ax)


def svg(ax: Axes) -> str:
    """Return the figure as the chapters store it."""
    file = io.StringIO()
    ax.get_figure(root=True).savefig(file, format="svg", metadata={"Date": None})  # type: ignore[union-attr]
    return file.getvalue()


def test_is_the_same_byte_for_byte_in_another_process() -> None:
    script = (
        "import sys, io, matplotlib; matplotlib.use('agg')\n"
        "from helpers.figures import rows, use_style\n"
        "use_style()\n"
        "ax = rows.scatter(5, kernel_size=3, stride=2, padding=1, output_padding=1)\n"
        "file = io.BytesIO()\n"
        "ax.figure.savefig(file, format='svg', metadata={'Date': None})\n"
        "sys.stdout.buffer.write(file.getvalue())\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert b"<svg" in runs[0]
    assert b"<dc:date>" not in runs[0]


def test_without_the_salt_the_bytes_differ() -> None:
    with mpl.rc_context({"svg.hashsalt": None}):
        assert svg(FIGURES["scatter"]()) != svg(FIGURES["scatter"]())


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_large_enough_and_the_figure_narrow_enough_for_a_phone(name: str) -> None:
    ax = FIGURES[name]()
    figure = ax.get_figure(root=True)
    assert figure is not None
    assert figure.get_figwidth() <= 5.2
    texts = [text for text in figure.findobj(mpl.text.Text) if text.get_text()]
    assert texts
    assert min(text.get_fontsize() for text in texts) >= 9


@pytest.mark.parametrize("length", [5, 6, 10, 11])
@pytest.mark.parametrize(
    ("k", "s", "p", "d"), [(3, 2, 1, 1), (3, 2, 0, 1), (2, 3, 0, 1), (3, 1, 1, 2)]
)
def test_windows_draws_each_sample_tap_and_output(
    length: int, k: int, s: int, p: int, d: int
) -> None:
    settings = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    count = conv1d_output_length(length, **settings)
    roles = drawn(rows.windows(length, **settings))  # type: ignore[arg-type]
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
    roles = drawn(rows.scatter(4, **settings, output_padding=output_padding))  # type: ignore[arg-type]
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
    ax = rows.staircase(lengths, **settings)  # type: ignore[arg-type]
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


def test_figures_do_not_show() -> None:
    assert ".show(" not in inspect.getsource(rows)


# What the eye can tell apart

VISION = {
    "typical": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Machado, Oliveira and Fernandes 2009, at full severity, for linear RGB."""


def linear(shade: str) -> np.ndarray:
    """Return the linear RGB values of `#rrggbb`."""
    values = np.array([int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    dim, bright = sorted(
        float(linear(shade) @ [0.2126, 0.7152, 0.0722]) for shade in (first, second)
    )
    return (bright + 0.05) / (dim + 0.05)


def distance(first: str, second: str, vision: np.ndarray) -> float:
    """Return how far apart two colors look, in Oklab, to an eye with this vision."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    one, two = (lab @ np.cbrt(lms @ np.clip(vision @ linear(s), 0, 1)) for s in (first, second))
    return float(np.linalg.norm(one - two))


@pytest.mark.parametrize("theme", [palette.light, palette.dark])
def test_every_text_color_stands_out_from_the_paper(theme: Callable[[str], str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for role in (*palette.ROLES, "ink", "muted"):
        assert contrast(theme(role), theme("paper")) >= 4.5, role


@pytest.mark.parametrize("eye", VISION)
@pytest.mark.parametrize("theme", [palette.light, palette.dark])
def test_roles_can_be_told_apart(theme: Callable[[str], str], eye: str) -> None:
    for one, two in itertools.combinations(palette.ROLES, 2):
        assert distance(theme(one), theme(two), VISION[eye]) >= 0.06, (one, two)


def test_red_and_green_of_one_lightness_are_found_out() -> None:
    assert distance("#c03020", "#7a6a10", VISION["deuteranopia"]) < 0.06
    assert distance("#c03020", "#7a6a10", VISION["typical"]) >= 0.06


def test_the_dark_twin_swaps_every_color_once() -> None:
    lights, darks = zip(*palette.PALETTE.values(), strict=True)
    assert len(set(lights)) == len(lights)
    assert palette.dark_twin(" ".join(lights)) == " ".join(darks)
    assert palette.dark_twin("#123456") == "#123456"
