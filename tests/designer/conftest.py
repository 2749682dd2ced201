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
        page = offline.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.goto(path.as_uri() + at)
        return page

    yield open_page
    assert errors == []


@pytest.fixture(scope="session")
def engine(browser: Browser) -> Iterator[Page]:
    """Open one page whose modules are called with many inputs at once."""
    page = browser.new_page()
    page.set_content(site())
    yield page
    page.close()
