"""Fixtures that open the built site's pages."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.site.visits import PAGES, ROOT, WIDE, Visit, listened, until


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens an address in a context of its own."""
    contexts: list[BrowserContext] = []

    def open_page(address: str, **options: Any) -> Visit:
        contexts.append(browser.new_context(**{"viewport": WIDE, **options}))
        seen = listened(contexts[-1])
        seen.page.goto(address, wait_until="load")
        return seen

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(params=["http", "file"])
def base(request: pytest.FixtureRequest, site: Path, site_url: str) -> str:
    """Return the site's address, served and from disk."""
    return site_url if request.param == "http" else site.as_uri()


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, browser: Browser, site_url: str) -> Iterator[Visit]:
    """Open each page once, as a reader would, for all tests that look at every page."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    seen = listened(context)
    seen.page.goto(f"{site_url}/{request.param}", wait_until="load")
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    # Figures wait until they come into sight; here all of them are wanted, dark twins included.
    seen.page.evaluate("[...document.images].forEach(i => { i.loading = 'eager' })")
    until(seen.page, "[...document.images].every(i => i.complete && i.naturalWidth)")
    yield seen
    context.close()


@pytest.fixture(scope="session")
def book_site() -> Iterator[str]:
    """Put the book's Sphinx extension on the path and return its package's name."""
    folder = str(ROOT / "book" / "_ext")
    sys.path.insert(0, folder)
    yield "book_site"
    sys.path.remove(folder)
