"""The self-check as a widget: its numbers, its one module, and its class in Python."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.self_check.oracles import EVEN_KERNELS, ORACLES, Numbers
from tests.self_check.pages import numbers, put, reply, standalone
from tests.test_notebooks import LESSONS

from book_site import drawing
from helpers import frontend
from helpers.self_check import SelfCheck, kinds

pytestmark = EVEN_KERNELS


def test_the_page_opens_with_what_was_drawn_before(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    check = SelfCheck("conv-length", "comes-back", "receptive-field")
    still = [numbers(item) for item in put(page, tmp_path, check, scripts=False).all()]
    first = put(page, tmp_path, check)
    asked = first.locator(".sc-ask").all_inner_texts()
    assert [numbers(item) for item in first.all()] == still
    assert page.evaluate("bookModules['self_check.js'].markup", {"kinds": check.kinds}) == (
        drawing.markup("self_check.js", {"kinds": check.kinds})
    )
    page.reload()
    assert first.locator(".sc-ask").all_inner_texts() == asked


def test_further_numbers_are_seeded_or_by_chance(offline: BrowserContext, tmp_path: Path) -> None:
    def further(check: SelfCheck) -> list[Numbers]:
        page = offline.new_page()
        item = put(page, tmp_path, check).first
        found = []
        for _ in range(4):
            item.get_by_role("button", name="Another one").click()
            found.append(numbers(item))
        return found

    assert further(SelfCheck("conv-length", seed=7)) == further(SelfCheck("conv-length", seed=7))
    assert further(SelfCheck("conv-length", seed=7)) != further(SelfCheck("conv-length", seed=8))
    assert further(SelfCheck("conv-length")) != further(SelfCheck("conv-length"))


def test_two_on_a_page_stay_apart(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    path = tmp_path / "two.html"
    one = standalone(SelfCheck("comes-back", "conv-length"))
    other = drawing.static_html("self_check.js", {"kinds": ["comes-back"], "seed": None})
    path.write_text(one.replace("</main>", f"{other}</main>"), encoding="utf-8")
    page.goto(path.as_uri())
    first, second = page.locator(".self-check").all()
    first.get_by_role("radio").first.check()
    second.get_by_role("radio").nth(1).check()
    expect(first.get_by_role("radio").first).to_be_checked()
    names = page.locator("[id]").evaluate_all("(all) => all.map(({ id }) => id)")
    assert len(set(names)) == len(names)
    reply(
        second.locator(".sc-question"), ORACLES["comes-back"](numbers(second.locator("li").first))
    )
    expect(second.locator(".sc-progress")).to_have_text("1 of 1 right")
    expect(first.locator(".sc-progress")).to_be_hidden()


def test_the_widget_is_one_module(offline: BrowserContext, tmp_path: Path) -> None:
    check = SelfCheck("conv-length", seed=9)
    page = offline.new_page()
    (tmp_path / "empty.html").write_text("<!doctype html><main></main>", encoding="utf-8")
    page.goto((tmp_path / "empty.html").as_uri())
    page.evaluate(
        """async ([source, state]) => {
            const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const { default: widget } = await import(address);
            const heard = {};
            const model = { get: (name) => state[name], on: (type, f) => { heard[type] = f; },
                            off: (type) => { delete heard[type]; } };
            const el = document.querySelector("main");
            window.clean = widget.render({ model, el });
            window.change = (kinds) => { state.kinds = kinds; heard["change:kinds"](); };
            window.heard = heard;
        }""",
        [check._esm, {"kinds": check.kinds, "seed": check.seed}],
    )
    item = page.locator(".self-check .sc-question")
    reply(item, ORACLES["conv-length"](numbers(item)))
    expect(item.get_by_role("status")).to_contain_text("Yes: ")
    page.evaluate("window.change(['comes-back', 'keras-same'])")
    assert [one.get_attribute("data-kind") for one in item.all()] == ["comes-back", "keras-same"]
    page.evaluate("window.clean()")
    assert page.evaluate("Object.keys(window.heard)") == []


def test_nothing_moves() -> None:
    rules = frontend.source("self_check.css")
    assert "transition" not in rules
    assert "animation" not in rules


def test_no_module_builds_markup_or_code_from_text() -> None:
    for module in frontend.scripts("self_check.js"):
        text = frontend.source(module)
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", text
        )


# --- In Python ------------------------------------------------------------------------------------


def test_the_plain_text_is_the_call_itself() -> None:
    assert repr(SelfCheck("conv-length", "comes-back")) == "SelfCheck('conv-length', 'comes-back')"
    assert repr(SelfCheck("conv-length", seed=3)) == "SelfCheck('conv-length', seed=3)"
    data, _ = SelfCheck("conv-length")._repr_mimebundle_() or ({}, {})
    assert data["text/plain"].splitlines()[0] == "SelfCheck('conv-length')"
    assert "One question, with new numbers on each try: conv length." in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_picture_is_the_same_each_time_and_no_list_of_dead_controls_is_stored() -> None:
    once, twice = (SelfCheck(*kinds())._repr_mimebundle_() or ({}, {}) for _ in range(2))
    assert once[0]["image/svg+xml"] == twice[0]["image/svg+xml"]
    assert "text/html" not in once[0]


def test_every_question_of_the_files_is_in_the_page(everything: Page) -> None:
    listed = everything.evaluate("bookModules['questions.js'].kinds()")
    assert listed == list(kinds())


@pytest.mark.parametrize("asked", [["no-such"], ["conv-length", "no-such"], [""]])
def test_unknown_questions_are_named(asked: list[str]) -> None:
    with pytest.raises(ValueError, match=rf"no question is called '{asked[-1]}'") as error:
        SelfCheck(*asked)
    assert all(kind in str(error.value) for kind in kinds())
    check = SelfCheck("conv-length")
    with pytest.raises(ValueError, match="no question is called"):
        check.kinds = asked


def test_no_question_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no question is asked; the questions are conv-length, "):
        SelfCheck()


def test_the_chapters_ask_every_question_once() -> None:
    asked = []
    for path in LESSONS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        calls = re.findall(r"SelfCheck\(([^)]*)\)", code)
        here = re.findall(r"[\"']([\w-]+)[\"']", " ".join(calls))
        assert len(here) >= 3, path.name
        asked += here
    assert tuple(asked) == kinds()
