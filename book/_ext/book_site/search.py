"""The index that the search box reads: every section of the written pages, as one classic script.

It is read from the finished pages, so that it holds what readers see, outputs included.
"""

import json
from pathlib import Path

from lxml import html
from sphinx.application import Sphinx

from .assets import THEME

SKIPPED = {"script", "style", "svg", "button", "headerlink", "section-number", "page-top"}
SKIPPED |= {"playground", "self-check", "designer"}
"""Elements by their name or class."""
BLOCKS = ("p", "li", "pre", "td", "th", "div", "section", "summary", "dt", "dd")


def sections(page: str) -> list[tuple[str, str, str]]:
    """Return anchor, title and text of each section of a page, and of each term of a glossary.

    >>> sections('<article><section id="a"><h1>One<a class="headerlink">#</a></h1>'
    ...          '<p>Two <b>three</b></p><section id="b"><h2>Four</h2></section>'
    ...          '</section></article>')
    [('a', 'One', 'Two three'), ('b', 'Four', '')]
    """
    article = html.document_fromstring(page).find(".//article")
    for element in list(article.iter("*")):
        if SKIPPED & {element.tag, *element.classes}:
            element.drop_tree()
    for block in article.iter(*BLOCKS):
        block.tail = f" {block.tail or ''}"
    found = []
    for part in reversed(article.xpath(".//section[h1|h2|h3]|.//dt[starts-with(@id, 'term-')]")):
        # The inner ones first: what is left of the outer ones is theirs alone.
        heading = part.xpath("./h1|./h2|./h3")[0] if part.tag == "section" else part
        text = part if part.tag == "section" else part.getnext()
        title = words(heading)
        heading.drop_tree()
        found.append((part.get("id") or "", title, words(text)))
        text.drop_tree()
    return found[::-1]


def words(element: html.HtmlElement) -> str:
    """Return an element's text with single spaces."""
    return " ".join(element.text_content().split())


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the index."""
    if exception or app.builder.name != "html":
        return
    found = []
    for name in sorted(app.env.found_docs):
        parts = sections(Path(app.outdir, f"{name}.html").read_text(encoding="utf-8"))
        for place, (anchor, title, text) in enumerate(parts):
            if text or not place:  # else a heading above others: nothing to read there
                where = f"{name}.html#{anchor}" if place else f"{name}.html"
                found.append([where, title, parts[0][1], text])
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    engine = (THEME / "search.js").read_text(encoding="utf-8")
    index = f"globalThis.bookSections = {data};\n{engine}"
    Path(app.outdir, "search-index.js").write_text(index, encoding="utf-8")
