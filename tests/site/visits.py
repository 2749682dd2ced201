"""The site's pages, and what is watched while one of them is open in a real Chromium."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from helpers.palette import PALETTE

ROOT = Path(__file__).resolve().parents[2]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
DOCUMENTS = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
WRITTEN = ["index.html", *(f"{name}.html" for name in DOCUMENTS)]
PAGES = [*WRITTEN, "search.html", "404.html"]
CHAPTERS = [f"{name}.html" for name in DOCUMENTS if name.startswith("notebooks/")]
LIVE = ["index.html"] + [
    name
    for name in CHAPTERS
    if "Playground(" in (ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8")
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}


@dataclass
class Visit:
    """A page and what went wrong while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def foreign(self) -> list[str]:
        """Return the requests that left this host."""
        here = urlsplit(self.page.url)
        return [
            address
            for address in self.requests
            if not address.startswith(("data:", "blob:")) and urlsplit(address)[:2] != here[:2]
        ]


def listened(context: BrowserContext) -> Visit:
    """Return a new page of a context, with everything it asks and says written down."""
    seen = Visit(context.new_page())
    seen.page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and seen.complaints.append(f"{message.type}: {message.text}")
        ),
    )
    seen.page.on("pageerror", lambda problem: seen.complaints.append(f"thrown: {problem}"))
    seen.page.on(
        "requestfailed", lambda sent: seen.complaints.append(f"failed: {sent.url} {sent.failure}")
    )
    seen.page.on("request", lambda sent: seen.requests.append(sent.url))
    return seen


def until(page: Page, expression: str, *, seconds: float = 10) -> None:
    """Wait until an expression is true: the pages' policy forbids Playwright's own way, eval."""
    for _ in range(round(seconds / 0.05)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"Not true within {seconds} s: {expression}")


def paper(*, dark: bool) -> str:
    """Return the color of the paper as browsers compute it."""
    return "rgb({}, {}, {})".format(*bytes.fromhex(PALETTE["paper"][dark][1:]))


def background(page: Page) -> str:
    """Return the color on which a page is written."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


# Thousands of code tokens are alike to axe, which takes its time over each: the first of each class
# in one kind of box stays, the others become plain text.
THIN_OUT = """() => {
  const seen = new Set();
  for (const token of document.querySelectorAll(":is(.highlight pre, .sig) span:not(:has(*))")) {
    const box = token.closest(".highlight, .sig");
    const kinds = [token, box, box.parentElement, box.parentElement.parentElement];
    const key = kinds.map((e) => `${e.className} ${e.getAttribute("style")}`).join("|");
    if (seen.has(key)) token.replaceWith(token.textContent);
    seen.add(key);
  }
}"""
# Whether a text can be read hangs on its colors, its size and what it stands on: one of each kind
# is looked at.
MARK_COLORS = """() => {
  const names = ["color", "backgroundColor", "backgroundImage", "opacity", "textDecoration"];
  const around = new Map([[document, ""]]), seen = new Set();
  for (const element of document.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    const kind = `${around.get(element.parentNode)}>${names.map((name) => style[name])}`;
    around.set(element, kind);
    const key = [kind, element.localName, style.fontSize, style.fontWeight, style.position].join();
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    element.toggleAttribute("data-first", (words || !element.firstChild) && !seen.has(key));
    if (element.hasAttribute("data-first")) seen.add(key);
  }
}"""
COLOR_RULES = ["color-contrast", "link-in-text-block"]


def violations(page: Page) -> list[str]:
    """Return the WCAG 2 A and AA violations that axe finds."""
    page.evaluate(THIN_OUT)
    page.evaluate(MARK_COLORS)
    others = {
        "runOnly": {"type": "tag", "values": WCAG},
        "rules": {name: {"enabled": False} for name in COLOR_RULES},
    }
    colors = {"runOnly": {"type": "rule", "values": COLOR_RULES}}
    found = [
        Axe().run(page, options={**others, "resultTypes": ["violations"]}),
        Axe().run(
            page,
            {"include": [["[data-first]"]]},
            options={**colors, "resultTypes": ["violations"]},
        ),
    ]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for results in found
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


def sticking_out(page: Page) -> list[str]:
    """Return why a page would scroll sideways, its text's own column included."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          const column = document.querySelector(".content") ?? document.documentElement;
          const scrolls = [document.documentElement, column].some(
            (e) => e.scrollWidth > e.clientWidth);
          if (!scrolls) return [];
          return [...document.body.querySelectorAll("*")]
            .filter((e) => e.getBoundingClientRect().right > width + 0.5)
            .map((e) => e.outerHTML.slice(0, 80));
        }"""
    )
