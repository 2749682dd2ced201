"""What the playground answers, in real Chromium, opened from disk."""

import random

import pytest
from playwright.sync_api import expect
from tests.playground.views import CHAPTER_1, REFUSED, Open, numeral, real, settings

from book_site import drawing
from helpers.playground import Playground


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
