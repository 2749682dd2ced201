"""The playground's Python side."""

import re
from typing import Any

import ipywidgets
import numpy as np
import pytest
from tests.playground.views import REFUSED, real, settings

from helpers.playground import Playground, numbers_touched, run_layers


def test_repr_is_the_call() -> None:
    playground = Playground("conv", length=7, stride=3)
    assert repr(playground) == (
        "Playground(mode='conv', length=7, kernel_size=3, stride=3, padding=1, dilation=1, "
        "output_padding=0)"
    )
    assert eval(repr(playground)).settings == playground.settings


def test_the_output_carries_widget_picture_and_text() -> None:
    playground = Playground(**settings(length=99))
    data, _ = playground._repr_mimebundle_()
    assert data["text/plain"] == (
        f"{playground!r}\nThe length comes back. 99 and 100 both become 50. "
        "output_padding=0 picks 99."
    )
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == playground.model_id
    assert "text/html" not in data
    assert "<dc:title>The length comes back." in data["image/svg+xml"]
    again, _ = Playground(**settings(length=99))._repr_mimebundle_()
    assert data["image/svg+xml"] == again["image/svg+xml"]


@pytest.mark.parametrize(("mode", "changed"), [*REFUSED, ("round-trip", {"length": 2**50})])
def test_every_state_has_its_picture_and_its_sentence(mode: str, changed: dict[str, int]) -> None:
    state = settings(mode, **changed)
    playground = Playground(**state)
    words = "does not come back"
    if state["length"] < 2**50:
        words = next(str(answer) for answer in reversed(real(**state)) if answer is not None)
    assert words in playground.sentence
    assert playground.picture().startswith("<?xml")


@pytest.mark.parametrize("name", ["length", "kernel_size", "stride", "padding", "output_padding"])
def test_settings_and_drawing_follow_each_other(name: str) -> None:
    playground = Playground()
    setattr(playground, name, np.int64(5))
    assert getattr(playground.drawing, name) == 5
    assert type(getattr(playground.drawing, name)) is int
    setattr(playground.drawing, name, 6)
    assert getattr(playground, name) == 6


def test_it_can_be_linked_and_observed() -> None:
    playground, slider, seen = Playground(), ipywidgets.IntSlider(7), []
    playground.observe(lambda change: seen.append((change.name, change.new)))
    ipywidgets.link((slider, "value"), (playground, "length"))
    slider.value = 9
    playground.mode = "conv"
    assert seen == [("length", 7), ("length", 9), ("mode", "conv")]


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"length": 2.5}, TypeError, "length=2.5 is a float"),
        ({"stride": True}, TypeError, "stride=True is a bool"),
        ({"padding": "same"}, TypeError, "padding='same' is a str"),
        ({"length": 2**53}, ValueError, "counts up to"),
        ({"mode": "both"}, ValueError, "the modes are 'conv', 'transposed', 'round-trip'"),
    ],
)
def test_what_is_no_setting_is_refused(
    wrong: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        Playground(**wrong)
    playground = Playground()
    name, value = next(iter(wrong.items()))
    with pytest.raises(error, match=re.escape(said)):
        setattr(playground, name, value)


@pytest.mark.parametrize(("mode", "changed"), [("conv", {}), ("transposed", {}), *REFUSED])
def test_the_panel_runs_the_real_layers(mode: str, changed: dict[str, int]) -> None:
    state = settings(mode, **changed)
    playground = Playground(**settings())
    for name, value in state.items():
        setattr(playground, name, value)
    shown = playground.report.value
    last = next(answer for answer in reversed(real(**state)) if answer is not None)
    assert (f"[1, 1, {last}]" if isinstance(last, int) else escaped(last)) in shown


def escaped(text: str) -> str:
    """Return the text as the panel's HTML has it."""
    return text.replace("'", "&#x27;")


def test_the_panel_does_not_run_what_would_not_fit() -> None:
    lines = run_layers("round-trip", 2**40, kernel_size=3, stride=2, padding=1)
    assert lines[-2] == f"ConvTranspose1d: torch.Size([1, 1, {2**40 - 1}])"
    assert "too long to run here" in lines[-1]
    refused = run_layers("transposed", 2**40, kernel_size=3, output_padding=1)
    assert "output padding must be smaller" in refused[-2]
    assert numbers_touched("transposed", 2, kernel_size=1, stride=2**30) > 2**30
    added = {"kernel_size": 1, "stride": 2**31 - 1, "output_padding": 2**30}
    assert run_layers("transposed", 1, **added)[1].endswith(f"[1, 1, {2**30 + 1}])")
    assert run_layers("transposed", 1, **added)[-1].startswith("(too long")
