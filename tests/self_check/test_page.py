"""Answering on the page: typing, choosing, keyboard, fingers, screen readers, narrow windows."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.self_check.oracles import CHOICES, EVEN_KERNELS, ORACLES
from tests.self_check.pages import numbers, put, question, reply

from helpers.self_check import SelfCheck, kinds

pytestmark = EVEN_KERNELS


@pytest.mark.parametrize("kind", kinds())
def test_answering(everything: Page, kind: str) -> None:
    item = question(everything, kind)
    verdict = item.get_by_role("status")
    working = item.locator("details")
    for _ in range(2):
        v = numbers(item)
        right = ORACLES[kind](v)
        expect(verdict).to_be_empty()
        expect(working).not_to_have_attribute("open", "")
        slips = everything.evaluate(
            "([kind, v]) => bookModules['questions.js'].slips(kind, v)", [kind, v]
        )
        for slip, hint in slips:
            if all(isinstance(number, str) or number > -1 for number in slip):
                reply(item, slip)
                expect(verdict).to_contain_text("Not ")
                expect(verdict).to_contain_text(spoken(hint)[-30:])
                expect(working).not_to_have_attribute("open", "")
        if kind not in CHOICES:
            reply(item, [number + 100_000 for number in right])
            expect(verdict).to_contain_text("smaller" if len(right) == 1 else "Neither")
        reply(item, right)
        expect(verdict).to_contain_text("Yes: ")
        expect(working).to_have_attribute("open", "")
        expect(working).to_contain_text("Answer: ")
        item.get_by_role("button", name="Another one").click()
        assert numbers(item) != v
        expect(item.locator("input").first).to_be_focused()


def spoken(text: str) -> str:
    """Return what is left of backquotes and L_in once they are drawn."""
    return re.sub(r"\bL_(in|out)\b", r"L\1", text.replace("`", ""))


def test_one_of_two_numbers_right(offline: BrowserContext, tmp_path: Path) -> None:
    item = put(offline.new_page(), tmp_path, SelfCheck("sharing-lengths", seed=3)).first
    least, most = ORACLES["sharing-lengths"](numbers(item))
    reply(item, [least, most + 50])
    verdict = item.get_by_role("status")
    expect(verdict).to_have_text(
        f"Not {least} and {most + 50}. "
        "“Shortest input” is right; “Longest input” should be smaller."
    )
    reply(item, [least - 7, most])
    expect(verdict).to_contain_text("“Longest input” is right; “Shortest input” should be larger.")


def test_what_is_no_number_is_not_counted(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    item = put(page, tmp_path, SelfCheck("conv-length")).first
    field, verdict = item.locator("input"), item.get_by_role("status")
    for text in ("", "abc", "1.5", "3e2", "12 13", "1,2", "<img src=x onerror=alert(1)>", "9" * 30):
        field.fill(text)
        field.press("Enter")
        expect(verdict).to_have_text("Type a whole number, such as 42.")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
    expect(page.locator(".sc-progress")).to_be_hidden()
    [right] = ORACLES["conv-length"](numbers(item))
    for text in (f"  {right} ", f"+{right}"):
        field.fill(text)
        field.press("Enter")
        expect(verdict).to_contain_text("Yes: ")
        expect(field).to_have_attribute("aria-invalid", "false")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,024", 1024),
        ("1_024", 1024),
        ("1 024", 1024),
        ("1,024,000", 1_024_000),
        ("\N{MINUS SIGN}3", -3),
        ("-0", 0),
        ("1,02", None),
        ("10,24,000", None),
        ("\N{FULLWIDTH DIGIT FOUR}", None),
        ("12a", None),
    ],
)
def test_numbers_are_read_as_people_write_them(
    everything: Page, text: str, number: int | None
) -> None:
    read = "(text) => bookModules['self_check.js'].wholeNumber(text)"
    assert everything.evaluate(read, text) == number


def test_progress_counts_questions_not_tries(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    asked = ["conv-length", "even-overlap", "keras-same"]
    items = put(page, tmp_path, SelfCheck(*asked, seed=1))
    progress = page.locator(".sc-progress")
    expect(progress).to_be_hidden()
    reply(items.nth(0), [100_000])
    expect(progress).to_have_text("0 of 3 right")
    for at, kind in enumerate(asked):
        for _ in range(2):
            reply(items.nth(at), ORACLES[kind](numbers(items.nth(at))))
            expect(progress).to_have_text(f"{at + 1} of 3 right")
            items.nth(at).get_by_role("button", name="Another one").click()
    expect(progress).to_have_text("3 of 3 right")


def test_by_keyboard_alone(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    number, choice = put(page, tmp_path, SelfCheck("conv-length", "comes-back", seed=2)).all()
    press = page.keyboard.press
    press("Tab")
    expect(number.get_by_label("Samples that come out")).to_be_focused()
    page.keyboard.type("100000")
    press("Enter")
    expect(number.get_by_role("status")).to_contain_text("Not 100,000.")
    page.keyboard.type(
        str(ORACLES["conv-length"](numbers(number))[0])
    )  # What was typed is selected.
    press("Enter")
    expect(number.get_by_role("status")).to_contain_text("Yes: ")
    before = numbers(number)
    press("Tab")
    expect(number.get_by_role("button", name="Check")).to_be_focused()
    press("Tab")
    press("Enter")
    assert numbers(number) != before
    expect(number.get_by_role("textbox")).to_be_focused()
    for _ in range(3):
        press("Tab")
    expect(number.locator("summary")).to_be_focused()
    press("Enter")
    expect(number.locator("details")).to_have_attribute("open", "")
    press("Tab")
    press("Tab")
    press("Shift+Tab")
    press("Space")
    expect(choice.get_by_role("radio").first).to_be_checked()
    right = ["fewer", "exactly", "more"].index(str(ORACLES["comes-back"](numbers(choice))[0]))
    for _ in range(right):
        press("ArrowDown")
    press("Enter")
    expect(choice.get_by_role("status")).to_contain_text("Yes: ")


def test_a_choice_has_to_be_made_first(offline: BrowserContext, tmp_path: Path) -> None:
    item = put(offline.new_page(), tmp_path, SelfCheck("even-overlap")).first
    item.get_by_role("button", name="Check").click()
    expect(item.get_by_role("status")).to_have_text("Choose one first.")
    expect(item.get_by_role("radio").first).to_be_focused()


def test_every_control_is_named(everything: Page) -> None:
    for kind in kinds():
        item = question(everything, kind)
        if kind in CHOICES:
            group = item.get_by_role("radiogroup")
            expect(group).to_have_accessible_name(re.compile(r".*\?.*"))
        else:
            for label in everything.evaluate(
                "([kind, v]) => bookModules['questions.js'].pose(kind, v).fields",
                [kind, numbers(item)],
            ):
                field = item.get_by_role("textbox", name=label, exact=True)
                expect(field).to_have_accessible_description(re.compile(r".*\?.*"))
                expect(field).to_have_attribute("inputmode", "numeric")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(offline: BrowserContext, tmp_path: Path, theme: str) -> None:
    page = offline.new_page()
    items = put(page, tmp_path, SelfCheck(*kinds(), seed=4), theme=theme)
    for at, kind in enumerate(kinds()):
        item = items.nth(at)
        right = ORACLES[kind](numbers(item))
        if at % 3 == 0:
            reply(item, right)
        elif kind not in CHOICES:
            reply(item, [100_000 for _ in right])
    items.nth(1).locator("input").fill("no number")
    items.nth(1).locator("input").press("Enter")
    assert Axe().run(page).response["violations"] == []


def test_axe_notices_pale_text(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    put(page, tmp_path, SelfCheck("conv-length"))
    page.add_style_tag(content=".sc-ask { color: #ccc !important }")
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    assert found == {"color-contrast"}


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_page(browser: Browser, tmp_path: Path, width: int) -> None:
    context = browser.new_context(
        offline=True, viewport={"width": width, "height": 700}, has_touch=True
    )
    page = context.new_page()
    items = put(page, tmp_path, SelfCheck(*kinds(), seed=5))
    for at, kind in enumerate(kinds()):
        reply(items.nth(at), ORACLES[kind](numbers(items.nth(at))))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    beyond = page.evaluate(
        """(width) => [...document.querySelectorAll(".self-check *")]
            .filter((element) => element.getBoundingClientRect().right > width)
            .map((element) => element.outerHTML)""",
        width,
    )
    assert beyond == []
    context.close()


def test_fingers_find_the_controls(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(
        offline=True, viewport={"width": 360, "height": 700}, has_touch=True
    )
    page = context.new_page()
    number, choice = put(page, tmp_path, SelfCheck("conv-length", "comes-back", seed=6)).all()
    for control in [*page.locator("button, input[type=text]").all()]:
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    for label in choice.locator("label").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 32
    right = ORACLES["comes-back"](numbers(choice))[0]
    choice.locator("label", has=page.locator(f'input[value="{right}"]')).tap()
    choice.get_by_role("button", name="Check").tap()
    expect(choice.get_by_role("status")).to_contain_text("Yes: ")
    number.get_by_role("button", name="Another one").tap()
    expect(number.get_by_role("textbox")).to_be_focused()
    context.close()


def test_without_a_script_the_questions_and_their_answers_are_there(
    browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    items = put(page, tmp_path, SelfCheck(*kinds()))
    assert items.count() == len(kinds())
    for at, kind in enumerate(kinds()):
        item = items.nth(at)
        expect(item.locator(".sc-ask")).to_be_visible()
        expect(item.locator("pre code")).to_be_visible()
        expect(item.locator(".sc-answer")).to_be_hidden()
        item.locator("summary").click()
        expect(item.locator(".sc-answer")).to_be_visible()
        expect(item.locator(".sc-steps")).to_be_visible()
        right = ORACLES[kind](numbers(item))
        if kind not in CHOICES:
            said = re.findall(r"\d+", item.locator(".sc-steps").inner_text())
            assert {str(number) for number in right} <= set(said)
        else:
            assert item.locator("ul.sc-choices li").count() == 3
    assert page.locator("form, button, input").count() == 0
    context.close()
