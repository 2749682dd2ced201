"""Pages with nothing but a self-check, and how a reader answers on them."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from tests.self_check.oracles import Answer, Numbers

from book_site import drawing
from helpers import frontend
from helpers.self_check import SelfCheck


def standalone(check: SelfCheck, *, theme: str = "light", scripts: bool = True) -> str:
    """Return a page with nothing but a self-check, as the site would show it."""
    state = {"kinds": check.kinds, "seed": check.seed}
    drawn = drawing.static_html("self_check.js", state)
    modules = dict.fromkeys([*frontend.scripts("self_check.js"), "mount.js"]) if scripts else ()
    loaded = "".join(f"<script>{frontend.classic(module)}</script>" for module in modules)
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Check yourself</title><style>{frontend.stylesheet('self_check.js')}"
        "body { margin: 0; background: var(--book-paper); color: var(--book-ink) }"
        "main { max-width: 42rem; margin: auto; padding: 1rem }</style>"
        f"<body><main><h1>Check yourself</h1>{drawn}</main>{loaded}"
    )


def put(page: Page, folder: Path, check: SelfCheck, **how: Any) -> Locator:
    """Open a page with a self-check from disk and return its questions."""
    path = folder / "check.html"
    path.write_text(standalone(check, **how), encoding="utf-8")
    page.goto(path.as_uri())
    return page.locator(".sc-question")


def question(page: Page, kind: str) -> Locator:
    """Return one question of a page."""
    return page.locator(f'.sc-question[data-kind="{kind}"]')


def numbers(item: Locator) -> Numbers:
    """Return what a question has drawn."""
    return json.loads(item.get_attribute("data-numbers") or "")


def reply(item: Locator, given: Answer) -> None:
    """Type or choose an answer and press Enter."""
    if isinstance(given[0], str):
        field = item.locator(f'input[value="{given[0]}"]')
        field.check()
    else:
        for at, number in enumerate(given):
            field = item.locator("input").nth(at)
            field.fill(str(number))
    field.press("Enter")
