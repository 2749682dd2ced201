"""A playground's page, opened from disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from tests.playground.views import Open, View, settings, site


@pytest.fixture
def show(offline: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens playgrounds from disk; in the end none may have complained."""
    views = []

    def open_page(*states: dict[str, Any], at: str = "", theme: str = "light") -> View:
        path = tmp_path / f"page-{len(views)}.html"
        path.write_text(site(*(states or [settings()]), theme=theme), encoding="utf-8")
        view = View(offline.new_page())
        view.page.goto(path.as_uri() + at)
        views.append(view)
        return view

    yield open_page
    assert [error for view in views for error in view.errors] == []
