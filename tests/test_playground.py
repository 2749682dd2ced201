"""The playground: its Python side, and its page in real Chromium, opened from disk."""

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests import oracle

from book_site import drawing
from helpers import frontend
from helpers.playground import Playground, numbers_touched, run_layers

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


# --- Python -----------------------------------------------------------------------------------


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


# --- The page ---------------------------------------------------------------------------------


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


@pytest.fixture
def show(offline: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens playgrounds from disk; in the end none may have complained."""
    views = []

    def open_page(*states: dict[str, Any], at: str = "", theme: str = "light") -> View:
        path = tmp_path / f"page-{len(views)}.html"
        path.write_text(site(*(states or [settings()]), theme=theme), encoding="utf-8")
        view = View(offline.new_page())
        view.page.goto(path.as_uri() + at)
        views.append(view)
        return view

    yield open_page
    assert [error for view in views for error in view.errors] == []


def test_the_sentence_is_what_the_page_says(show: Open) -> None:
    view = show()
    for mode in ("conv", "transposed", "round-trip"):
        for changed in ({}, {"length": 99}, {"padding": 0, "stride": 3}, {"output_padding": 1}):
            state = settings(mode, **changed)
            view.set(**state)
            expect(view.verdict).to_contain_text(Playground(**state).sentence)


def test_it_is_alive_from_disk(show: Open) -> None:
    view = show()
    assert view.lengths() == ("50", "99")
    expect(view.root).to_contain_text("The length does not come back: 99 is 1 sample too few.")
    expect(view.root).to_contain_text("99 and 100 both become 50.")
    view.button("Set output_padding=1").click()
    assert view.lengths() == ("50", "100")
    expect(view.root).to_contain_text("The length comes back.")
    expect(view.field("output_padding")).to_have_value("1")
    view.button("increase length").click()
    expect(view.field("length")).to_have_value("101")
    assert view.lengths() == ("51", "102")


def test_each_number_stands_in_the_box_of_its_sample(show: Open) -> None:
    view = show(settings("conv", length=12))
    assert list(view.numbers().values()) == [f"{i}" for i in (*range(12), *range(6))]
    view.set("round-trip", length=9876, kernel_size=5, stride=3, padding=2)
    assert {"9871", "9875", "3291"} <= set(view.numbers().values())
    for (x, y), number in view.numbers().items():
        wide = 5.4 * (len(number) - 1) + 4
        middle = pytest.approx((x + wide / 2, y + 3.5), abs=0.2)
        boxes = [
            size for left, top, size in view.boxes() if (left + size / 2, top + size / 2) == middle
        ]
        assert boxes
        assert wide < min(boxes)


def test_the_digits_differ_and_fill_their_box(show: Open) -> None:
    path = show().root.locator(".pg-numbers")
    drawn = [numeral(digit) for digit in range(10)]
    assert len(set(drawn)) == 10
    for shape in drawn:
        left, top, right, bottom = path.evaluate(
            """(path, shape) => {
              path.setAttribute("d", shape);
              const { x, y, width, height } = path.getBBox();
              return [x, y, x + width, y + height];
            }""",
            shape,
        )
        assert left >= -2.3
        assert right <= 2.3
        assert [top, bottom] == pytest.approx([-3.5, 3.5], abs=0.3)


def test_lengths_are_those_of_real_layers(show: Open) -> None:
    view = show()
    for mode, changed in (
        ("conv", {}),
        ("conv", {"length": 1024, "kernel_size": 7, "dilation": 3}),
        ("transposed", {"length": 7, "output_padding": 1}),
        ("transposed", {"length": 5, "dilation": 3, "output_padding": 2, "stride": 1}),
        ("round-trip", {"length": 44_100, "kernel_size": 10, "stride": 5, "padding": 0}),
        ("round-trip", {"padding": 1, "stride": 1, "dilation": 2}),
    ):
        state = settings(mode, **changed)
        view.set(**state)
        conv, transposed = real(**state)
        shown = view.lengths()
        assert shown[0] == str(conv) or mode == "transposed"
        assert shown[1] == str(transposed) or mode == "conv"
        assert view.result("conv_length").is_visible() == (mode != "transposed")
        assert view.result("transposed_length").is_visible() == (mode != "conv")


@pytest.mark.parametrize(("mode", "changed"), REFUSED)
def test_errors_are_pytorchs_word_for_word(show: Open, mode: str, changed: dict[str, int]) -> None:
    view = show()
    state = settings(mode, **changed)
    view.set(**state)
    words = next(answer for answer in reversed(real(**state)) if answer is not None)
    assert isinstance(words, str)
    expect(view.alert).to_have_text(f"RuntimeError: {words}")
    expect(view.picture).to_have_count(0)
    view.set(**settings())
    expect(view.alert).to_have_count(0)
    expect(view.picture).to_be_visible()


@pytest.mark.parametrize("mode", ["conv", "transposed", "round-trip"])
def test_an_error_is_in_the_page_before_any_script(mode: str) -> None:
    state = settings(mode, length=0, padding=2)
    assert 'role="alert"' in drawing.markup("playground.js", state)
    assert "Only zero batch or zero channel" in drawing.markup("playground.js", state)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "length is empty: type a whole number."),
        ("2.5", "length has to be an integer, got 2.5."),
        ("9007199254740993", "length is beyond 2**53"),
        ("-", "length has to be an integer"),
    ],
)
def test_what_is_no_number_gets_a_calm_answer(show: Open, typed: str, said: str) -> None:
    view = show()
    view.field("length").fill("")
    view.field("length").press_sequentially(typed)
    expect(view.alert).to_contain_text(said)
    assert view.lengths() == ("\N{EN DASH}", "\N{EN DASH}")
    assert view.field("length").evaluate("(field) => document.activeElement === field")
    view.field("length").fill("12")
    expect(view.alert).to_have_count(0)
    assert view.lengths() == ("6", "11")


def test_hostile_numbers_are_answered(show: Open) -> None:
    view = show()
    draw = random.Random(3)
    values = [-1, 0, 1, 2, 3, 7, 64, 2**20, 2**31, 2**32, 2**40, 2**50, 2**53 - 1, -(2**53) + 1]
    for _ in range(150):
        name = draw.choice([*CHAPTER_1, "dilation", "output_padding"])
        value = draw.choice(values)
        slow = view.page.evaluate(
            """([mode, name, value]) => {
              const radio = document.querySelector(`[value=${mode}]`);
              if (!radio.checked) radio.click();
              const input = document.querySelector(`input[name=${name}]`);
              const start = performance.now();
              input.value = value;
              input.dispatchEvent(new Event("input", { bubbles: true }));
              return new Promise((done) => {
                setTimeout(() => done(performance.now() - start));
              });
            }""",
            [draw.choice(["conv", "transposed", "round-trip"]), name, str(value)],
        )
        assert slow < 1000, view.field(name).input_value()
        assert view.alert.count() + view.picture.count() == 1


def test_what_is_typed_stays_as_it_is_typed(show: Open) -> None:
    view = show()
    field = view.field("length")
    field.fill("0")
    field.press("End")
    field.press_sequentially("64")
    expect(field).to_have_value("064")
    assert view.lengths() == ("32", "63")


def test_unread_shared_and_scattered_are_told(show: Open) -> None:
    view = show(settings("conv", padding=0))
    expect(view.verdict).to_contain_text("No window reads the last sample.")
    expect(view.verdict).to_contain_text("99 and 100 both become 49.")
    expect(view.root.locator(".pg-key-unread")).to_have_text("unread, 1 at the end")
    expect(view.story).to_have_text("Window 48 reads input 96, 97 and 98.")
    view.set("transposed", length=7, padding=1, output_padding=1)
    expect(view.story).to_have_text("Input 6 is added to output 11, 12 and 13.")
    expect(view.root.locator(".pg-key-cropped")).to_have_text("cropped 1 + 0")
    expect(view.root.locator(".pg-key-output-padding")).to_have_text("output_padding 1")
    view.set("round-trip", length=100, stride=4, kernel_size=4)
    expect(view.verdict).to_contain_text("All lengths from 98 to 101 become 25.")


def test_what_is_left_over_of_the_padding_is_told(show: Open) -> None:
    view = show()  # 102 padded samples, of which 50 windows of three at stride 2 read 101
    expect(view.root.locator(".pg-key-spare")).to_have_text("left over")
    expect(view.story).to_have_text(
        "Window 49 reads input 97, 98 and 99; it is added to output 97, 98 and one cropped place."
    )
    view.set("round-trip", length=99)  # 101 padded samples, and all are read
    expect(view.root.locator(".pg-key-spare")).to_have_count(0)


def test_a_keyboard_goes_on_where_the_button_was(show: Open) -> None:
    view = show()
    view.page.keyboard.press("Tab")
    view.button("Set output_padding=1").focus()
    view.page.keyboard.press("Enter")
    expect(view.field("output_padding")).to_be_focused()
    expect(view.field("output_padding")).to_have_value("1")


def test_both_formulas_have_their_numbers(show: Open) -> None:
    view = show()
    shown = view.root.locator(".pg-formulas .pg-put-in").all_text_contents()
    assert [text.replace("\N{MINUS SIGN}", "-") for text in shown] == [
        "⌊(100 + 2·1 - 1·(3 - 1) - 1) / 2⌋ + 1 = 50",
        "(50 - 1)·2 - 2·1 + 1·(3 - 1) + 0 + 1 = 99",
    ]


def test_the_code_to_copy_runs(show: Open) -> None:
    from torch import nn

    view = show(settings(output_padding=1, dilation=2))
    lines = (view.root.locator("code").text_content() or "").splitlines()
    conv, back = (eval(line, {"nn": nn}) for line in lines)
    assert (conv.stride, conv.padding, conv.dilation) == ((2,), (1,), (2,))
    assert (back.kernel_size, back.output_padding) == ((3,), (1,))
    assert conv.out_channels == back.in_channels


# --- Moving through the windows ---------------------------------------------------------------


def test_stepping_and_playing(show: Open) -> None:
    view = show(settings("conv", length=9))
    view.stop_the_clock()
    expect(view.story).to_have_text("Window 4 reads input 7, 8 and a padding zero.")
    expect(view.button("next window")).to_be_enabled()
    view.button("previous window").click()
    view.rest_a_moment()
    expect(view.field("window")).to_have_value("3")
    view.button("Play").click()
    view.rest_a_moment()
    expect(view.button("Pause")).to_be_focused()
    expect(view.field("window")).to_have_value("4")
    view.page.clock.run_for(1000)
    expect(view.button("Play")).to_be_visible()
    view.button("Play").click()
    view.rest_a_moment()
    expect(view.field("window")).to_have_value("0")
    view.page.clock.run_for(500)
    expect(view.field("window")).to_have_value("1")
    view.button("Pause").click()
    view.page.clock.run_for(5000)
    expect(view.field("window")).to_have_value("1")


def test_the_answer_comes_at_once_and_the_words_when_the_inputs_rest(show: Open) -> None:
    view = show(settings(length=100))
    view.stop_the_clock()
    formula = view.root.locator(".pg-put-in").first
    before = formula.inner_text()
    for length in (51, 53, 55):
        drawn = view.picture.inner_html()
        view.field("length").fill(str(length))
        assert view.lengths() == (str((length + 1) // 2), str(length))
        assert view.picture.inner_html() != drawn
        assert formula.inner_text() == before
    view.rest_a_moment()
    assert "(55 + " in formula.inner_text()
    assert "Window 27 " in view.story.inner_text()


def test_playing_is_slow_where_less_motion_is_wanted(show: Open) -> None:
    view = show(settings("conv", length=9))
    view.page.emulate_media(reduced_motion="reduce")
    view.stop_the_clock()
    view.button("Play").click()
    view.rest_a_moment()
    expect(view.field("window")).to_have_value("0")
    view.page.clock.run_for(1100)
    expect(view.field("window")).to_have_value("0")
    view.page.clock.run_for(200)
    expect(view.field("window")).to_have_value("1")


def test_the_picture_takes_clicks_and_drags(show: Open) -> None:
    view = show(settings("conv", length=20))
    box = view.picture.bounding_box()
    assert box
    mouse = view.page.mouse
    mouse.move(box["x"] + 2, box["y"] + 30)
    mouse.down()
    expect(view.field("window")).to_have_value("0")
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    expect(view.field("window")).to_have_value(re.compile("^[45]$"))
    mouse.move(box["x"] + box["width"] + 40, box["y"] + 30)
    expect(view.field("window")).to_have_value("9")
    mouse.up()
    mouse.move(box["x"] + 2, box["y"] + 30)
    expect(view.field("window")).to_have_value("9")


def test_keys_reach_everything(show: Open) -> None:
    view = show()
    keyboard = view.page.keyboard
    reached = []
    for _ in range(13):
        keyboard.press("Tab")
        reached.append(
            view.page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.name"
                " || document.activeElement.textContent"
            )
        )
    assert reached == [
        *("mode", "length", "kernel_size", "stride", "padding", "dilation", "output_padding"),
        *("Set output_padding=1", "previous window", "window", "next window", "Play"),
        "Copy code",
    ]
    view.field("length").focus()
    keyboard.press("ArrowUp")
    expect(view.result("conv_length")).to_have_text("51")
    view.root.locator("input[name=mode]:checked").focus()
    keyboard.press("ArrowLeft")
    expect(view.root.locator("input[name=mode]:checked")).to_have_value("transposed")
    view.field("window").focus()
    keyboard.press("Home")
    expect(view.story).to_have_text(re.compile("^Input 0 is added"))
    view.field("length").focus()
    before = view.page.url
    keyboard.press("Enter")
    assert view.page.url == before


def test_a_screen_reader_hears_one_sentence(show: Open) -> None:
    view = show()
    view.stop_the_clock()
    expect(view.status).to_have_text("")
    for number in (101, 102, 103):
        view.field("length").fill(str(number))
        view.page.clock.run_for(100)
        expect(view.status).to_have_text("")
    view.page.clock.run_for(1000)
    expect(view.status).to_have_text(view.verdict.locator("p").inner_text())
    live = view.root.locator("[aria-live=polite], output:not([aria-live=off])")
    expect(live).to_have_count(1)
    view.button("previous window").click()
    view.page.clock.run_for(1000)
    expect(view.status).to_have_text(view.story.inner_text())
    assert view.picture.get_attribute("aria-label") == view.story.inner_text()


# --- Links ------------------------------------------------------------------------------------


def test_a_link_brings_the_state_back(show: Open, offline: BrowserContext) -> None:
    offline.grant_permissions(["clipboard-read", "clipboard-write"])
    view = show()
    view.set("conv", length=77, kernel_size=5, stride=3, padding=2, dilation=2)
    view.button("previous window").click()
    expected = view.picture.get_attribute("aria-label") or ""
    expect(view.story).to_have_text(expected)
    view.button("Copy link").click()
    expect(view.root).to_contain_text("The link is copied.")
    link = view.page.evaluate("navigator.clipboard.readText()")
    assert link == view.page.url
    view.button("Copy code").click()
    expect(view.root).to_contain_text("The code is copied.")
    copied = view.page.evaluate("navigator.clipboard.readText()")
    assert copied == "nn.Conv1d(16, 32, kernel_size=5, stride=3, padding=2, dilation=2)"
    second = show(settings(), at="#" + link.partition("#")[2])
    assert second.field("length").input_value() == "77"
    expect(second.story).to_have_text(expected)


def test_a_link_opens_its_own_playground(show: Open) -> None:
    view = show(settings(), settings("conv"), at="#playground-2&mode=transposed&length=7")
    second = view.page.locator(".playground").nth(1)
    expect(second.locator("input[name=length]")).to_have_value("7")
    expect(view.field("length")).to_have_value("100")
    view.page.evaluate("location.hash = '#playground-1&length=31'")
    expect(view.field("length")).to_have_value("31")
    expect(second.locator("input[name=length]")).to_have_value("7")


@pytest.mark.parametrize(
    "mangled",
    [
        "#playground-1",
        "#playground-1&",
        "#playground-1&length=abc&mode=__proto__&stride=&padding=1.5&dilation=1e999",
        "#playground-1&length=%E0%A4%A&kernel_size=<img src=x onerror=alert(1)>",
        "#playground-1&__proto__=5&constructor=7&window=-3",
        "#playground-1&length=99999999999999999999",
        "#playground-9&length=5",
        "#" + "&length" * 10_000,
        "#nothing",
    ],
)
def test_a_mangled_link_is_ignored(show: Open, mangled: str) -> None:
    view = show(at=mangled)
    assert view.lengths() == ("50", "99")
    view.field("length").fill("99")
    assert view.lengths() == ("50", "99")


def test_refusals_of_the_browser_do_no_harm(show: Open) -> None:
    view = show()
    view.page.evaluate(
        """() => {
          const refuse = () => { throw new DOMException("no", "SecurityError"); };
          history.replaceState = refuse;
          Object.defineProperty(navigator, "clipboard", { get: refuse });
          Object.defineProperty(window, "localStorage", { get: refuse });
        }"""
    )
    view.field("length").fill("99")
    view.button("Copy link").click()
    shown = view.root.get_by_label("to copy")
    expect(shown).to_have_value(re.compile("#playground-1&mode=round-trip&length=99"))
    assert view.page.evaluate("getSelection().toString()") == shown.input_value()


# --- Several at once --------------------------------------------------------------------------


def test_two_on_a_page_do_not_disturb_each_other(show: Open) -> None:
    view = show(settings(), settings("conv", length=9))
    second = view.page.locator(".playground").nth(1)
    view.set("transposed", length=12)
    expect(second.locator("input[name=mode]:checked")).to_have_value("conv")
    expect(second.locator("output[name=conv_length]")).to_have_text("5")
    ids = view.page.locator("[id]").evaluate_all("(all) => all.map(({ id }) => id)")
    assert ids == ["playground-1", "playground-2"]


def test_two_views_share_a_model(show: Open) -> None:
    view = show()
    view.page.evaluate(
        """() => {
          const model = bookModules["mount.js"].pageModel({ mode: "conv", length: 9 });
          globalThis.ends = ["left", "right"].map((id) => {
            const el = document.createElement("div");
            el.id = id;
            document.querySelector("main").append(el);
            return bookModules["playground.js"].default.render({ model, el });
          });
        }"""
    )
    left, right = (view.page.locator(f"#{side}") for side in ("left", "right"))
    left.locator("input[name=length]").fill("15")
    expect(right.locator("output[name=conv_length]")).to_have_text("8")
    expect(right.locator("input[name=length]")).to_have_value("15")
    expect(view.field("length")).to_have_value("100")
    view.page.evaluate("ends[0]()")
    right.locator("input[name=length]").fill("21")
    expect(right.locator("output[name=conv_length]")).to_have_text("11")
    expect(left.locator("output[name=conv_length]")).to_have_text("8")


# --- Everywhere -------------------------------------------------------------------------------

LOOKS = [
    settings(),
    settings("conv", padding=0),
    settings("transposed", length=7, output_padding=1),
    settings(length=1024, kernel_size=7, stride=4, padding=3),
    settings(length=2**40, kernel_size=1025, dilation=16, stride=160, padding=8192),
    settings(length=4, kernel_size=7, padding=0),
    settings(output_padding=2),
    settings("transposed", length=1, kernel_size=1, stride=9, output_padding=8, padding=0),
]

# The spacing under which WCAG 2.1, criterion 1.4.12, wants nothing to be lost.
SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
    " word-spacing: .16em !important }"
)


@pytest.mark.parametrize("state", LOOKS, ids=lambda state: json.dumps(state)[1:-1])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_narrow_wide_and_accessible(show: Open, state: dict[str, Any], theme: str) -> None:
    view = show(state, theme=theme)
    for width in (1200, 360):
        view.page.set_viewport_size({"width": width, "height": 800})
        page_width = view.page.evaluate("document.documentElement.scrollWidth")
        assert page_width <= width, f"The page scrolls sideways: {page_width} > {width}."
        spilled = view.page.evaluate(
            """() => [...document.querySelectorAll(".playground *")]
              .filter((one) => !one.closest(".pg-unseen"))
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
              .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert spilled == []
        results = Axe().run(view.page)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("mode", ["conv", "transposed", "round-trip"])
@pytest.mark.parametrize("spaced", ["* {}", SPACED], ids=["as it is", "text spaced"])
def test_short_numbers_stay_in_the_box_of_the_answer(show: Open, mode: str, spaced: str) -> None:
    view = show(settings(mode, length=9999 if mode != "transposed" else 5000))
    view.page.add_style_tag(content=spaced)
    for width in (1200, 700, 640, 560, 412, 400, 385, 360, 320):
        view.page.set_viewport_size({"width": width, "height": 800})
        outside = view.page.evaluate(
            """() => {
              const hero = document.querySelector(".pg-hero");
              const box = hero.getBoundingClientRect();
              return [...hero.querySelectorAll(":scope > *")]
                .map((one) => [one.textContent, one.getBoundingClientRect()])
                .filter(([, { left, right, top, bottom }]) => right > left
                  && (left < box.left - 1 || right > box.right + 1
                    || top < box.top - 1 || bottom > box.bottom + 1))
                .map(([text]) => text);
            }"""
        )
        assert outside == [], f"Outside at {width} px: {outside}."


def test_a_key_lays_out_nothing_but_what_it_changes(show: Open, browser: Browser) -> None:
    view = show(settings(length=64))
    view.page.evaluate("window.setTimeout = () => 1")  # No words follow.
    view.field("length").fill("63")
    view.page.evaluate("new Promise(requestAnimationFrame)")
    browser.start_tracing(page=view.page, categories=["devtools.timeline"])
    view.page.evaluate(
        """async () => {
          const input = document.querySelector("input[name=length]");
          for (const length of [64, 63, 62]) {
            input.value = String(length);
            input.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    events = json.loads(browser.stop_tracing())["traceEvents"]
    layouts = [event for event in events if event["name"] == "Layout"]
    assert len(layouts) >= 3
    assert all(event["args"]["beginData"]["partialLayout"] for event in layouts)


def test_axe_can_find_something(show: Open) -> None:
    view = show()
    view.page.add_style_tag(content=".pg-verdict p { color: #ddd !important }")
    assert "color-contrast" in Axe().run(view.page).generate_report()


def test_the_page_stays_small_however_long_the_signal(show: Open) -> None:
    view = show()
    counts = []
    for length in (64, 1024, 10**6, 2**40):
        view.field("length").fill(str(length))
        counts.append(view.root.locator("*").count())
    assert max(counts) < 330
    assert view.lengths()[0] == str(2**39)


def test_no_script_no_loss(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(site(settings()), encoding="utf-8")
    context = browser.new_context(offline=True, java_script_enabled=False)
    view = View(context.new_page())
    view.page.goto(path.as_uri())
    text = view.page.inner_text("main")
    for said in ("99 and 100 both become 50", "This stands still", "padding=1)", "= 50", "= 99"):
        assert said in text
    assert view.picture.is_visible()
    assert view.lengths() == ("50", "99")
    context.close()


def test_it_lives_under_a_strict_policy(offline: BrowserContext) -> None:
    page = site(settings())
    served = {f"/{name}": frontend.classic(name) for name in SCRIPTS}
    links = "".join(f'<script src="{path}"></script>' for path in served)
    served["/"] = re.sub(r"<script>.*</script>", lambda _: links, page, flags=re.DOTALL)
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; "
        "form-action 'none'"
    )
    view = View(offline.new_page())
    offline.route(
        "http://book.test/**",
        lambda route: route.fulfill(
            body=served[route.request.url.removeprefix("http://book.test")],
            content_type="text/html" if route.request.url.endswith("/") else "text/javascript",
            headers={"Content-Security-Policy": policy},
        ),
    )
    view.page.goto("http://book.test/")
    view.button("Set output_padding=1").click()
    assert view.lengths() == ("50", "100")
    assert view.errors == []


@pytest.mark.parametrize("missing", SCRIPTS)
def test_a_blocked_script_leaves_the_still_picture(offline: BrowserContext, missing: str) -> None:
    blocked = frontend.classic(missing)
    view = View(offline.new_page())
    view.page.set_content(site(settings()).replace(blocked, ""))
    assert view.lengths() == ("50", "99")
    expect(view.picture).to_be_visible()
