"""What a published site has: an address, canonical links, social cards, a sitemap.

The address is BOOK_URL, or the one that GitHub Pages gives to the book's repository. Where neither
is known, pages have no absolute links at all and none of these files is written.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config

from . import cards, repository

FILES = ("sitemap.xml", "robots.txt")


def address(home: repository.Repository | None, environment: Mapping[str, str]) -> str:
    """Return where the site will be, with a slash at the end, or nothing where that is unknown.

    >>> address(None, {"BOOK_URL": "https://example.org/book"})
    'https://example.org/book/'
    >>> address(repository.Repository("github.com", "Someone/book", "main"), {})
    'https://someone.github.io/book/'
    >>> address(repository.Repository("github.com", "Someone/someone.github.io", "main"), {})
    'https://someone.github.io/'
    >>> address(repository.Repository("git.example.org", "someone/book", "main"), {})
    ''
    """
    given = environment.get("BOOK_URL", "").strip()
    if given:
        parts = urlsplit(given)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError(f"BOOK_URL is {given!r}: it must begin with https:// and name a host.")
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
    if home is None or home.host != "github.com":
        return ""
    owner, _, name = home.path.partition("/")
    pages = f"{owner.lower()}.github.io"
    return f"https://{pages}/" if name.lower() == pages else f"https://{pages}/{name}/"


def look_up(app: Sphinx, config: Config) -> None:
    """Find out where the site will be, once for all pages."""
    config.html_baseurl = address(config.book_repository, os.environ)


def page_address(builder: StandaloneHTMLBuilder, name: str) -> str:
    """Return a page's address, the landing page's being the site's own."""
    base: str = builder.config.html_baseurl
    return base if name == builder.config.root_doc else base + builder.get_target_uri(name)


def complete(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Give a page its canonical address and its card, and the page for wrong addresses its base."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    base = app.config.html_baseurl
    if base and tree is not None:
        context["canonical"] = page_address(app.builder, name)
        kicker = f"Chapter {context['chapter']}" if context["chapter"] else app.config.html_title
        card = cards.Card(context["title_text"], context["description"], kicker)
        file = f"_static/cards/{name.rpartition('/')[2]}.png"
        cards.write(card, Path(app.outdir, file), Path(app.doctreedir, "cards"))
        context.update(card=base + file, card_words=card.words, card_size=cards.SIZE)
    if name == "404" and os.environ.get("BOOK_URL"):
        stay_at(urlsplit(base).path, app.builder, context)


def stay_at(path: str, builder: StandaloneHTMLBuilder, context: dict[str, Any]) -> None:
    """Link from the host's root: the page for wrong addresses is shown at any depth."""

    def pathto(target: str, resource: bool = False, baseuri: str | None = None) -> str:
        if target == builder.config.root_doc:
            return path
        return path + (target if resource else builder.get_target_uri(target))

    context.update(pathto=pathto, content_root=path)


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the sitemap, and where robots find it; remove those of an earlier build."""
    if exception or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    cards.write_icons(Path(app.outdir))
    base = app.config.html_baseurl
    if not base:
        for file in FILES:
            Path(app.outdir, file).unlink(missing_ok=True)
        return
    addresses = [page_address(app.builder, name) for name in sorted(app.env.found_docs)]
    entries = "".join(f"<url><loc>{escape(found)}</loc></url>\n" for found in sorted(addresses))
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )
    Path(app.outdir, "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8"
    )


def setup(app: Sphinx) -> None:
    """Look the address up after the repository, and add what hangs on it."""
    app.connect("config-inited", look_up, priority=600)
    app.connect("html-page-context", complete)
    app.connect("build-finished", write_files)
