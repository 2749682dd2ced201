"""Figures, each of them: the axes given, the same bytes, the palette's colors, legible words."""

import inspect
import re
import subprocess
import sys
from types import ModuleType

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from tests import drawing
from tests.drawing import BAND, FIGURES, MODULES, WAVE, svg

from helpers import palette
from helpers.figures import color

pytestmark = pytest.mark.usefixtures("book_style")


def test_every_figure_function_is_tried() -> None:
    called = {".".join(figure.__code__.co_names[:2]) for figure in FIGURES.values()}
    for module in MODULES:
        name = module.__name__.rpartition(".")[2]
        assert {f"{name}.{function}" for function in module.__all__} <= called


@pytest.mark.parametrize("name", FIGURES)
def test_returns_the_axes_given_and_else_makes_one_figure(name: str) -> None:
    ax = plt.figure().add_subplot()
    assert FIGURES[name](ax=ax) is ax
    before = len(plt.get_fignums())
    assert isinstance(FIGURES[name](), Axes)
    assert len(plt.get_fignums()) == before + 1


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


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_the_bytes_are_the_same_and_the_last_bit_of_the_data_does_not_show(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = svg(FIGURES[name]())
    monkeypatch.setattr(drawing, "BAND", BAND * (1 + 1e-12))
    monkeypatch.setattr(drawing, "WAVE", WAVE * (1 + 1e-12))
    assert svg(FIGURES[name]()) == once


def test_a_change_that_can_be_seen_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    once = svg(FIGURES["profiles"]())
    monkeypatch.setattr(drawing, "WAVE", WAVE + (np.arange(90) == 40))
    assert svg(FIGURES["profiles"]()) != once


@pytest.mark.slow
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
