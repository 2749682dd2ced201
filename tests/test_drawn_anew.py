"""What a change leaves on the page is what would be drawn anew, and each printed sum adds up.

Random sequences of changes in real Chromium, each followed by a fresh drawing of the same state.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests import oracle
from tests.designer.asking import site as designer_site
from tests.playground.views import settings
from tests.playground.views import site as playground_site
from tests.self_check.pages import standalone

from helpers.self_check import SelfCheck, kinds

SEQUENCES = 150
STEPS = 6
PROGRAMS = [
    "",
    "nn.Conv1d(1, 1, 3, stride=2, padding=1)",
    "nn.Conv1d(1, 8, 7, stride=3)\nnn.MaxPool1d(2)\nnn.ConvTranspose1d(8, 1, 7, stride=6)",
    "nn.ConvTranspose1d(1, 1, 16, stride=5, padding=5)",
    "nn.MaxPool1d(2, stride=3, ceil_mode=True)",
    "nn.Conv1d(1, 1, 500)",
    "nn.Conv1d(1, 1, 4, stride=2)\nnn.Upsample(scale_factor=2)",
    "keras.layers.Conv1D(3)",
]
FAST = f"<script>{(Path(__file__).parent / 'drawn_anew.js').read_text(encoding='utf-8')}</script>"
STEADY = "<style>html { overflow-y: scroll }</style>"
SYMBOLS = {"⌊": "(", "⌋": ")", "·": "*", "\N{MINUS SIGN}": "-", "/": "//"}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Yield a page; in the end nothing in it may have complained."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    assert troubles == []
    context.close()


def show(page: Page, html: str) -> None:
    """Show a page in which time passes as fast as it can."""
    page.set_content(html.replace("</title>", f"</title>{FAST}{STEADY}", 1))


def changed(page: Page, call: str, *more: object, sequences: int = SEQUENCES) -> list[Any]:
    """Return what random sequences of changes, one after the other, came to."""
    found: list[Any] = []
    for seed in range(sequences):
        found += page.evaluate(
            f"([seed, steps, ...more]) => drawnAnew.{call}(seed, steps, ...more)",
            [seed, STEPS, *more],
        )
    return found


@pytest.fixture(scope="module")
def played(page: Page) -> list[Any]:
    """Return what the playground showed after each of many changes."""
    show(page, playground_site(settings()))
    return changed(page, "playground")


def first_of(found: list[Any]) -> str:
    """Return the first difference between the page and a fresh drawing, and how many there are."""
    wrong = [step for step in found if step["difference"]]
    return f"{len(wrong)} of {len(found)}, the first: {wrong[0]}" if wrong else ""


def test_the_playground_is_as_if_drawn_anew(played: list[Any]) -> None:
    assert {step["kind"] for step in played} >= {
        "type",
        "press",
        "mode",
        "window",
        "step",
        "fix",
        "link",
    }
    assert not first_of(played)


def test_the_designer_is_as_if_drawn_anew(page: Page) -> None:
    show(page, designer_site())
    assert not first_of(changed(page, "designer", PROGRAMS, sequences=SEQUENCES // 4))


def test_the_self_checks_are_as_if_drawn_anew(page: Page) -> None:
    found: list[Any] = []
    for first in range(0, len(kinds()), 6):
        show(page, standalone(SelfCheck(*kinds()[first : first + 6], seed=1)))
        found += changed(page, "selfCheck", sequences=SEQUENCES // 10)
    assert not first_of(found)


def test_every_sum_of_the_playground_adds_up(played: list[Any]) -> None:
    sums = [(step, layer, text) for step in played for layer, text in step["sums"]]
    known = [one for one in sums if "…" not in one[2] and not one[2].endswith("\N{EN DASH}")]
    assert len(known) > len(sums) / 2
    assert [one for one in known if not adds_up(*one)] == []


def adds_up(step: dict[str, Any], layer: str, text: str) -> bool:
    """Say whether a formula comes to what it says, with the settings, and so does the layer."""
    left, right = text.split(" = ")
    shown = int(right)
    state = step["state"]
    sizes = {name: state[name] for name in ("kernel_size", "stride", "padding", "dilation")}
    length = int(re.findall(r"\d+", left)[0])
    if state["mode"] != "transposed" and layer == "Conv1d" and length != state["length"]:
        return False
    real = (
        oracle.conv1d(length, **sizes)
        if layer == "Conv1d"
        else oracle.conv_transpose1d(length, **sizes, output_padding=state["output_padding"])
    )
    return shown == real == evaluated(left)


def evaluated(formula: str) -> int:
    """Return what a printed formula comes to.

    >>> evaluated("⌊(100 + 2·1 - 1·(3 - 1) - 1) / 2⌋ + 1")
    50
    """
    for symbol, operator in SYMBOLS.items():
        formula = formula.replace(symbol, operator)
    assert re.fullmatch(r"[\d\s()+*/-]+", formula), formula
    return int(eval(formula))


def test_a_wrong_sum_and_a_stale_drawing_are_found(page: Page) -> None:
    state = {**settings(), "output_padding": 0}
    right = "⌊(100 + 2·1 \N{MINUS SIGN} 1·(3 \N{MINUS SIGN} 1) \N{MINUS SIGN} 1) / 2⌋ + 1 = 50"
    assert adds_up({"state": state}, "Conv1d", right)
    assert not adds_up({"state": state}, "Conv1d", right.replace("(3", "(5"))
    assert not adds_up({"state": state}, "Conv1d", right.replace("50", "49"))
    show(page, playground_site(settings()))
    drawn = "drawnAnew.difference(document.querySelector('.playground').firstChild, html)"
    page.evaluate("location.hash = '#'")
    whole = page.evaluate("document.querySelector('.playground').innerHTML")
    assert page.evaluate(f"(html) => {drawn}", whole) is None
    page.evaluate("document.querySelector('.pg-hero').title = 'stale'")
    assert "stale" in page.evaluate(f"(html) => {drawn}", whole)
