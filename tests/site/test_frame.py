"""The frame in use: by keyboard, on a phone, in the dark, without JavaScript, on paper, lost."""

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.site.visits import CHAPTERS, NARROW, WIDE, Visit, background, paper, until

from tools import serve


def test_frame_works_without_javascript(site: Path, visit: Callable[..., Visit]) -> None:
    address = f"{site.as_uri()}/{CHAPTERS[0]}"
    page = visit(address, java_script_enabled=False, color_scheme="dark", viewport=NARROW).page
    assert background(page) == paper(dark=True)
    assert page.locator("img.only-dark:visible").count() > 0
    assert page.locator("img.only-light:visible").count() == 0
    assert page.locator("button:visible").count() == 0
    page.locator(".nav-overlay-icon").click()  # the contents, which need no script
    assert page.locator(".sidebar-tree .current-page").is_visible()
    page.locator(".sidebar-search").press("Enter")
    assert page.get_by_text("The search needs JavaScript").is_visible()


@pytest.fixture
def served() -> Iterator[str]:
    """Serve the site as `make book` does."""
    handler = functools.partial(serve.Handler, directory=str(serve.SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["wrong.html", "a/b/c/wrong.html"])
def test_wrong_address_is_answered_with_the_books_own_page(
    path: str, served: str, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    statuses: dict[str, int] = {}
    page.on("response", lambda answer: statuses.update({answer.url: answer.status}))
    page.goto(f"{served}/{path}", wait_until="load")
    assert statuses.pop(f"{served}/{path}") == 404
    assert len(statuses) > 2
    assert set(statuses.values()) == {200}  # its stylesheet, scripts and fonts are found
    assert page.locator(".theme-toggle:visible").count() == 1
    page.get_by_role("main").get_by_role("link", name="first page").click()
    page.wait_for_url(f"{served}/index.html")
    context.close()


def test_keyboard_reaches_the_text_first_and_shows_where_it_is(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}").page
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to content"
    until(page, "document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('article') !== null")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")[:200]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "place",
    [
        "notebooks/09_stacks.html#make-the-skips-of-a-u-net-meet",
        "notebooks/errors.html#exercises",
        "book/glossary.html#term-checkerboard",
        "book/api.html#helpers.layers.trace",
    ],
)
def test_link_into_a_page_leads_to_what_stands_below_the_bar(
    place: str, viewport: dict[str, int], site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{place}", viewport=viewport).page
    until(page, "document.fonts.status === 'loaded' && scrollY > 0")
    anchor = place.partition("#")[2]
    top = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", anchor)
    bar = page.locator(".mobile-header").bounding_box()
    bottom = bar["height"] if bar else 0
    assert bottom <= top <= bottom + 40
    if page.locator(f'.toc-tree a[href="#{anchor}"]').count():
        here = f".scroll-current > a[href='#{anchor}']"
        until(page, f'document.querySelector("{here}") !== null')


def test_bar_hides_nothing_that_the_keyboard_goes_back_to(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", viewport=NARROW).page
    bar = page.locator(".mobile-header").bounding_box()["height"]
    page.locator(".next-page").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        page.evaluate("new Promise(requestAnimationFrame)")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert top >= bar, page.evaluate("document.activeElement.outerHTML")[:200]


def test_colors_follow_the_system_until_a_reader_chooses(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/index.html", color_scheme="dark").page
    assert background(page) == paper(dark=True)
    page.emulate_media(color_scheme="light")
    assert background(page) == paper(dark=False)
    button = page.get_by_role("button", name="Toggle Light / Dark / Auto color theme")
    while background(page) == paper(dark=False):
        button.click()
    page.goto(f"{site_url}/{CHAPTERS[0]}")
    assert background(page) == paper(dark=True)
    assert page.locator("img.only-dark:visible").count() > 0
    assert page.locator("img.only-light:visible").count() == 0


def test_contents_open_and_close_on_a_phone(site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", viewport=NARROW).page
    inside = "document.querySelector('.sidebar-tree').getBoundingClientRect().right > 0"
    assert not page.evaluate(inside)
    page.locator(".nav-overlay-icon").click()
    until(page, inside)
    assert page.locator(".sidebar-tree .current-page").is_visible()
    page.mouse.click(NARROW["width"] - 10, 300)
    until(page, f"!({inside})")


def test_code_is_copied(browser: Browser, site_url: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site_url}/{CHAPTERS[0]}")
    block = page.locator(".cell_input div.highlight").first
    button = block.locator(".copybtn")
    # In the way of nothing that is read, and there for a pointer and for the keyboard.
    expect(button).to_have_css("color", "rgba(0, 0, 0, 0)")
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).not_to_have_css("color", "rgba(0, 0, 0, 0)")
    expect(button).to_have_css("opacity", "1")
    block.hover()
    button.click()
    block.locator(".copybtn.success").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == block.locator("pre").inner_text().rstrip("\n")
    assert "import" in text
    context.close()


def test_paper_shows_the_text_only(site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", color_scheme="dark").page
    page.emulate_media(media="print")
    assert (
        page.locator(".mobile-header, .sidebar-drawer, .toc-drawer, .copybtn")
        .filter(visible=True)
        .count()
        == 0
    )
    assert background(page) == paper(dark=False)
    assert page.locator("img.only-dark:visible").count() == 0
