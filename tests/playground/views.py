"""A playground's page, opened from disk, and what a test asks of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page
from tests import oracle

from book_site import drawing
from helpers import frontend

SCRIPTS = [*frontend.scripts("playground.js"), "mount.js"]
CHAPTER_1 = {"length": 100, "kernel_size": 3, "stride": 2, "padding": 1}
REFUSED = [
    ("conv", {"length": 4, "kernel_size": 7}),
    ("conv", {"length": 0, "padding": 3}),
    ("conv", {"kernel_size": 0}),
    ("conv", {"kernel_size": 0, "dilation": 2}),
    ("conv", {"kernel_size": -1}),
    ("conv", {"stride": 0}),
    ("conv", {"padding": -1}),
    ("conv", {"dilation": 0}),
    ("conv", {"dilation": -1}),
    ("transposed", {"output_padding": 2}),
    ("transposed", {"output_padding": -1}),
    ("transposed", {"length": 1, "kernel_size": 1, "padding": 1}),
    ("transposed", {"dilation": 0}),
    ("round-trip", {"output_padding": 3, "dilation": 3}),
    ("round-trip", {"length": 1, "padding": 2, "stride": 4}),
]


def settings(mode: str = "round-trip", **changed: Any) -> dict[str, Any]:
    """Return the settings of chapter 1, some of them changed."""
    return {"mode": mode, **CHAPTER_1, "dilation": 1, "output_padding": 0, **changed}


def real(mode: str, length: int, output_padding: int, **conv: int) -> tuple[Any, Any]:
    """Return what the two real layers return, or the words with which they raise."""
    both = {**conv, "output_padding": output_padding}
    if mode == "transposed":
        return None, oracle.conv_transpose1d(length, **both)
    windows = oracle.conv1d(length, **conv)
    if mode == "conv" or isinstance(windows, str):
        return windows, None
    return windows, oracle.conv_transpose1d(windows, **both)


def numeral(number: int) -> str:
    """Return how a number is drawn, its middle at (0, 0)."""
    return str(drawing.evaluate("numerals.js", f"numeral({number}, 0, 0)"))


def strokes(drawn: str | None) -> list[tuple[float, float, str]]:
    """Return where the pen is put down on a path, and what it then draws."""
    return [
        (float(x), float(y), pen)
        for x, y, pen in re.findall(r"M(\S+) (-?[\d.]+)([^M]*)", drawn or "")
    ]


def site(*states: dict[str, Any], theme: str = "light", head: str = "") -> str:
    """Return a page with playgrounds, as the site has them, scripts inside."""
    drawn = "\n".join(drawing.static_html("playground.js", state) for state in states)
    scripts = "\n".join(f"<script>{frontend.classic(name)}</script>" for name in SCRIPTS)
    return f"""<!doctype html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lengths</title>
{head}
<style>{frontend.stylesheet("playground.js")}
body {{ max-width: 760px; margin: 0 auto; padding: 0 16px; font-family: sans-serif;
  background: var(--book-paper); color: var(--book-ink); }}</style>
</head>
<body><main><h1>Lengths</h1>
{drawn}
</main>
{scripts}
</body>
</html>"""


class View:
    """An open page with one playground or more."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        self.root = page.locator(".playground").first
        self.alert = self.root.get_by_role("alert")
        self.status = self.root.locator("[role=status]")
        self.picture = self.root.locator("svg")
        self.story = self.root.locator(".pg-story")
        self.verdict = self.root.locator(".pg-verdict")

    def field(self, name: str) -> Locator:
        """Return a control."""
        return self.root.locator(f"input[name={name}]")

    def result(self, name: str) -> Locator:
        """Return a result."""
        return self.root.locator(f"output[name={name}]")

    def button(self, name: str) -> Locator:
        """Return a button."""
        return self.root.get_by_role("button", name=name, exact=True)

    def set(self, mode: str, **numbers: int) -> None:
        """Type settings into the controls."""
        self.root.locator(f"input[name=mode][value={mode}]").check()
        for name, number in numbers.items():
            if name != "output_padding" or mode != "conv":
                self.field(name).fill(str(number))

    def stop_the_clock(self) -> None:
        """Let time pass by `clock.run_for` only."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1000)

    def rest_a_moment(self) -> None:
        """Let the time pass after which the words follow the picture, with the clock stopped."""
        self.page.clock.run_for(60)

    def numbers(self) -> dict[tuple[float, float], str]:
        """Return the numbers drawn in the picture by where they begin, in their order."""
        digits = {pen: f"{digit}" for digit in range(10) for *_, pen in strokes(numeral(digit))}
        found: dict[tuple[float, float], str] = {}
        left = start = (-100.0, 0.0)
        for x, y, pen in strokes(self.root.locator(".pg-numbers").get_attribute("d")):
            if (x, y) != pytest.approx((left[0] + 5.4, left[1]), abs=0.11):
                start = (x, y)
            found[start] = found.get(start, "") + digits[pen]
            left = (x, y)
        return found

    def boxes(self) -> list[tuple[float, float, float]]:
        """Return the upper left corners and the size of all samples in the picture."""
        paths = self.root.locator("svg path").all()
        drawn = [stroke for path in paths for stroke in strokes(path.get_attribute("d"))]
        squares = [(x, y, re.match(r"h([\d.]+)v\1h-\1z", pen)) for x, y, pen in drawn]
        return [(x, y, float(square[1])) for x, y, square in squares if square]

    def lengths(self) -> tuple[str, str]:
        """Return the two lengths as shown."""
        conv, transposed = self.result("conv_length"), self.result("transposed_length")
        return conv.text_content() or "", transposed.text_content() or ""


Open = Callable[..., View]
