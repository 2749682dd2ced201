"""Fixtures of the designer's tests: its page opened from disk, and its modules called at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.designer.asking import site

collect_ignore_glob = ["programs/*"]


@pytest.fixture
def show(offline: BrowserContext, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return a function that opens the designer from disk; in the end none may have complained."""
    errors: list[str] = []

    def open_page(
        state: dict[str, Any] | None = None, *, at: str = "", theme: str = "light"
    ) -> Page:
        path = tmp_path / "designer.html"
        path.write_text(site(state, theme), encoding="utf-8")
        page = listened(offline, errors)
        page.goto(path.as_uri() + at)
        return page

    yield open_page
    assert errors == []


@pytest.fixture(scope="module")
def warm(browser: Browser) -> Iterator[Page]:
    """Open one page for many pastes; its first answer, which compiles its scripts, is given."""
    context, errors = browser.new_context(offline=True), list[str]()
    page = listened(context, errors)
    page.set_content(site())
    page.locator("[name=code]").fill("nn.Conv1d(1, 16, 7, stride=2, padding=3)")
    yield page
    assert errors == []
    context.close()


def listened(context: BrowserContext, errors: list[str]) -> Page:
    """Return a new page whose complaints are written down."""
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    return page


@pytest.fixture(scope="session")
def engine(browser: Browser) -> Iterator[Page]:
    """Open one page whose modules are called with many inputs at once."""
    page = browser.new_page()
    page.set_content(site())
    yield page
    page.close()
