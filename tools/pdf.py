"""Print the built site as one PDF, with Chromium: `make pdf`.

All pages are put into one document in the order of the contents, so that links from chapter to
chapter stay links. It is printed twice: the second time its contents know the page numbers.
"""

import argparse
import html
import posixpath
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from playwright.sync_api import sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "book.pdf"
STYLE = Path(__file__).with_suffix(".css")
PATIENCE = 180_000
"""Milliseconds after which a print that has not come is an error; it takes about ten seconds."""
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
LINK = re.compile(r' href="([^"]*)"')
SOURCE = re.compile(r' src="([^"]*)"')
ANCHOR = re.compile(r' (id|for|aria-labelledby|aria-describedby|aria-controls)="([^"]*)"')
TERM = re.compile(r'<dt ([^>]*?) ?id="([^"]+)"([^>]*)>')
HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.DOTALL)
SUMMARY = re.compile(r'(class="admonition hide[^>]*>\s*<summary[^>]*>).*?(?=</summary>)', re.DOTALL)
NUMBER = re.compile(r'<span class="section-number">(\d+)\s*</span>')
SHEET = re.compile(r'<link rel="stylesheet"[^>]* href="([^"?]+)')
PALETTE = re.compile(r"<style>.*?</style>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page of the site."""

    name: str
    text: str

    @property
    def anchor(self) -> str:
        """What the page is called within the document."""
        return self.name.removesuffix(".html").replace("/", "-")

    @property
    def heading(self) -> str:
        """What stands within the page's first heading."""
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        assert found, self.name
        return found[1]

    @property
    def title(self) -> str:
        """The page's first heading, as markup without links."""
        inner = NUMBER.sub("", self.heading)
        return re.sub(r"<a .*?</a>", "", inner, flags=re.DOTALL).strip()

    @property
    def number(self) -> str:
        """The chapter's number, or nothing."""
        found = NUMBER.search(self.heading)
        return found[1] if found else ""


def contents() -> list[tuple[str, list[str]]]:
    """Return the book's parts with the addresses of their pages, the landing page first."""
    toc: Any = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [("", ["index.html"])]
    for part in toc["parts"]:
        files = [Path(chapter["file"]).with_suffix("").as_posix() for chapter in part["chapters"]]
        parts.append((part["caption"], [f"{file}.html" for file in files]))
    return parts


def article(page: Page, anchors: dict[str, str], site: Path) -> str:
    """Return a page's text with links, anchors and pictures as the document needs them."""
    inner = page.text[page.text.index("<article") : page.text.index("</article>")]
    inner = inner[inner.index("<section") : inner.rindex("</section>")] + "</section>"
    inner = NUMBER.sub("", re.sub(r'<a class="headerlink".*?</a>', "", inner))
    # A dark twin is for screens.
    inner = re.sub(r'<img [^>]*class="only-dark[^>]*>', "", inner)
    folder = posixpath.dirname(page.name)

    def link(found: re.Match[str]) -> str:
        address, _, fragment = html.unescape(found[1]).partition("#")
        if re.match(r"[a-z]+:", address):
            return found[0]
        target = posixpath.normpath(posixpath.join(folder, address)) if address else page.name
        if target not in anchors:
            return ""
        where = f"{anchors[target]}--{fragment}" if fragment else anchors[target]
        return f' href="#{html.escape(where)}"'

    def source(found: re.Match[str]) -> str:
        if found[1].startswith("data:"):
            return found[0]
        return f' src="{(site / folder / html.unescape(found[1])).resolve().as_uri()}"'

    def named(found: re.Match[str]) -> str:
        words = " ".join(f"{page.anchor}--{word}" for word in found[2].split())
        return f' {found[1]}="{words}"'

    def tag(found: re.Match[str]) -> str:
        changed = LINK.sub(link, SOURCE.sub(source, ANCHOR.sub(named, found[0])))
        changed = changed.replace(' loading="lazy"', "")
        return re.sub(r"^<details(?! open)", "<details open", changed)

    inner = TAG.sub(tag, SUMMARY.sub(r"\1Solution", inner)).replace(
        "url(#", f"url(#{page.anchor}--"
    )
    # Chromium gives no name in the PDF to a signature itself, but to what stands in it.
    inner = TERM.sub(r'<dt \1\3><span id="\2"></span>', inner)
    number = f'<span class="chapter-number">{page.number}</span> ' if page.number else ""
    inner = inner.replace("<h1>", f"<h1>{number}", 1)
    return (
        f'<main class="sheet" id="{page.anchor}" style="page: {page.anchor}">'
        f'<article role="main">{inner}</article></main>'
    )


def document(site: Path, numbers: dict[str, int]) -> str:
    """Return the whole book as one page; `numbers` are the pages on which its pages begin."""
    parts = contents()
    pages = {
        name: Page(name, (site / name).read_text(encoding="utf-8"))
        for _, names in parts
        for name in names
    }
    anchors = {name: page.anchor for name, page in pages.items()}
    sheets = dict.fromkeys(
        (site / posixpath.dirname(page.name) / sheet).resolve()
        for page in pages.values()
        for sheet in SHEET.findall(page.text)
    )
    landing = pages["index.html"].text
    heading, palette = re.search(r"<title>(.*?):", landing), PALETTE.search(landing)
    colophon = re.search(r'<p class="license">.*?</p>', landing, re.DOTALL)
    mark = (site / "_static" / "logo.svg").read_text(encoding="utf-8")
    assert heading
    assert palette
    assert colophon
    lines = []
    for caption, names in parts:
        lines.append(f'<p class="part">{caption}</p>' if caption else "")
        for name in names:
            page = pages[name]
            lines.append(
                f'<p class="entry"><a href="#{page.anchor}"><span>{page.number}</span>'
                f"<span>{page.title}</span><span>{numbers.get(page.anchor, '')}</span></a></p>"
            )
    running = "".join(
        f"@page {page.anchor}{{@top-right{{content:{quoted(text(page.title))}}}}}\n"
        for page in pages.values()
    )
    links = "".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in sheets)
    body = "".join(article(page, anchors, site) for page in pages.values())
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{heading[1]}</title>{links}{palette[0]}"
        f"<style>{STYLE.read_text(encoding='utf-8')}{running}</style></head>"
        '<body data-theme="light">'
        f'<section class="cover">{mark}<p class="book-title">{heading[1]}</p>'
        f'<p class="book-question">{pages["index.html"].title}</p>{colophon[0]}</section>'
        f'<section class="book-contents"><h1>Contents</h1>{"".join(lines)}</section>'
        f"{body}</body></html>"
    )


def text(markup: str) -> str:
    """Return markup's text."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def quoted(words: str) -> str:
    """Return words as a CSS string."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def beginnings(book: pikepdf.Pdf) -> dict[str, int]:
    """Return the number of the page at which each name that a link may ask for arrives."""
    numbers = {page.obj.objgen: number for number, page in enumerate(book.pages, 1)}
    return {
        name.removeprefix("/"): numbers[place[0].objgen] for name, place in book.Root.Dests.items()
    }


def entries(level: Iterable[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    """Yield an outline's entries in reading order."""
    for entry in level:
        yield entry
        yield from entries(entry.children)


def finish(book: pikepdf.Pdf, source: str) -> None:
    """Write the headings into the outline.

    Chromium writes the first line of a heading twice if it begins a page, and joins lines without
    a space.
    """
    titles = [" ".join(text(heading).split()) for heading in HEADING.findall(source)]
    with book.open_outline() as outline:
        found = list(entries(outline.root))
        if len(found) != len(titles):
            raise ValueError("The outline has other entries than the book has headings.")
        for entry, title in zip(found, titles, strict=True):
            entry.title = title


def write(site: Path, target: Path) -> None:
    """Print the site to one file."""
    if not (site / "index.html").exists():
        raise SystemExit("The site is not built: run `make html` first.")
    path = chromium.find()
    if path is None:
        raise SystemExit("No Chromium was found: `make pdf` gets one or says what to do.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        source = Path(folder, "book.html")
        # Without hinting, letters stand where they were measured, and words stay words.
        browser = playwright.chromium.launch(
            executable_path=path, args=[*chromium.arguments(), "--font-render-hinting=none"]
        )
        page = browser.new_page(color_scheme="light", java_script_enabled=False)
        page.set_default_timeout(PATIENCE)
        numbers: dict[str, int] = {}
        for first in (True, False):
            whole = document(site, numbers)
            source.write_text(whole, encoding="utf-8")
            page.goto(source.as_uri(), wait_until="load")
            page.pdf(
                path=target,
                prefer_css_page_size=True,
                print_background=True,
                outline=True,
                tagged=not first,
            )
            if first:
                with pikepdf.open(target) as book:
                    numbers = beginnings(book)
        browser.close()
    with pikepdf.open(target, allow_overwriting_input=True) as book:
        finish(book, whole)
        book.save()
        print(f"The book on {len(book.pages)} pages is {target}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    write(options.site.resolve(), options.output.resolve())


if __name__ == "__main__":
    main()
