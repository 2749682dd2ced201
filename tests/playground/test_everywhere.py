"""Narrow and wide, light and dark, without scripts, under a strict policy."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect
from tests.playground.views import (
    SCRIPTS,
    Open,
    View,
    settings,
    site,
)

from helpers import frontend

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
