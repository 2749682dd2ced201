"""The index that the search box reads: every section of the written pages, as one classic script.

It is read from the finished pages, so that it holds what readers see, outputs included, and it
is a script because pages opened from disk may not fetch a file.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from . import assets

NAME = "search-index.js"
VOID = {"img", "br", "hr", "input", "meta", "link", "source", "wbr", "col"}
SKIPPED_TAGS = {"script", "style", "svg", "template", "annotation"}
SKIPPED_CLASSES = {"headerlink", "playground", "self-check", "visually-hidden", "designer"}
HEADINGS = {"h1", "h2", "h3"}
BLOCKS = HEADINGS | {"p", "li", "pre", "td", "th", "tr", "div", "section", "summary", "dt", "dd"}


class Sections(HTMLParser):
    """Collects anchor, heading and text of each section of a page's article."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, str]] = []
        self.open: list[tuple[str, bool]] = []  # tag, whether its text is skipped
        self.anchors: list[str] = []
        self.within = False
        self.heading = False
        self.title: list[str] = []
        self.text: list[str] = []
        self.anchor = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Enter an element: a section begins at each heading and at each glossary term."""
        if tag in VOID:
            return
        given = dict(attributes)
        if tag == "article":
            self.within = True
        above = self.open[-1][1] if self.open else False
        classes = set((given.get("class") or "").split())
        self.open.append((tag, above or tag in SKIPPED_TAGS or bool(classes & SKIPPED_CLASSES)))
        if not self.within:
            return
        if tag == "section":
            self.anchors.append(given.get("id") or "")
        term = (given.get("id") or "") if tag == "dt" else ""
        if tag in HEADINGS or term.startswith("term-"):
            self.flush()
            self.heading, self.title = True, []
            self.anchor = term or (self.anchors[-1] if self.anchors else "")
        if tag in BLOCKS:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag in VOID or not self.open:
            return
        while self.open:
            name, _ = self.open.pop()
            if name == tag:
                break
        if tag == "article":
            self.flush()
            self.within = False
        if tag == "section" and self.anchors:
            self.anchors.pop()
        if tag in HEADINGS or tag == "dt":
            self.heading = False
        if tag in BLOCKS:
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        """Keep text, as heading or as body."""
        if self.within and not (self.open and self.open[-1][1]):
            (self.title if self.heading else self.text).append(data)

    def flush(self) -> None:
        """Finish the section before the one that begins."""
        title, text = (" ".join("".join(kept).split()) for kept in (self.title, self.text))
        if title:
            self.found.append((self.anchor, title, text))
        self.text = []


def sections(page: str) -> list[tuple[str, str, str]]:
    """Return anchor, title and text of each section of a page.

    >>> sections('<article><section id="a"><h1>One<a class="headerlink">#</a></h1>'
    ...          '<p>Two <b>three</b></p></section></article>')
    [('a', 'One', 'Two three')]
    """
    parser = Sections()
    parser.feed(page)
    parser.close()
    return parser.found


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the index anew if any page is newer than it."""
    if exception or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    target = Path(app.outdir, NAME)
    names = sorted(app.env.found_docs)
    pages = {name: Path(app.builder.get_outfilename(name)) for name in names}
    newest = max(page.stat().st_mtime for page in pages.values())
    engine = assets.STATIC / "search.js"
    if target.exists() and target.stat().st_mtime > max(newest, engine.stat().st_mtime):
        return
    found = []
    for name, page in pages.items():
        parts = sections(page.read_text(encoding="utf-8"))
        for place, (anchor, title, text) in enumerate(parts):
            if place and not text:
                continue  # a heading above others: nothing to read there
            address = app.builder.get_target_uri(name)
            where = f"{address}#{anchor}" if place and anchor else address
            found.append([where, title, parts[0][1], text])
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    source = re.sub(r"^\s*//.*\n", "", engine.read_text(encoding="utf-8"), flags=re.MULTILINE)
    target.write_text(f"globalThis.bookSections = {data};\n{source}", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write the index when the pages are written."""
    app.connect("build-finished", write_index)
