"""Shared fixtures: the built site, a local server, a real Chromium, and the figures' style."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib import pyplot as plt
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from helpers import figures
from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
collect_ignore_glob = ["editors/*"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what opens the site or a browser: `make quick` leaves it out."""
    for item in items:
        if {"browser", "site"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    built = ROOT / "_build" / "html"
    assert (built / "index.html").exists(), "The site is not built: run `make html` first."
    return built


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """Serve the built site on localhost and yield its address, without a slash at the end."""
    handler = functools.partial(QuietHandler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """A file server that does not print."""

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a real Chromium for the whole run."""
    path = chromium.find()
    assert path, "No Chromium found: run `make test`, which gets one or says what to do."
    with sync_playwright() as playwright:
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        launched = playwright.chromium.launch(
            executable_path=path, args=[*chromium.arguments(), *quiet, "--no-first-run"]
        )
        yield launched
        launched.close()


@pytest.fixture
def offline(browser: Browser) -> Iterator[BrowserContext]:
    """Open a fresh browser context whose network is cut off: only file:// pages load."""
    context = browser.new_context(offline=True)
    yield context
    context.close()


@pytest.fixture
def book_style() -> Iterator[None]:
    """Draw without a screen, in the book's style, and close what was drawn."""
    plt.switch_backend("agg")
    figures.use_style()
    yield
    plt.close("all")
