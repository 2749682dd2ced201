"""Moving through the windows, links, and several playgrounds at once."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.playground.views import (
    Open,
    settings,
)


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
