"""What the templates show: contents, titles, descriptions, buttons and the security policy."""

import base64
import hashlib
import html
import re
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import compact_paragraph
from sphinx.application import Sphinx
from sphinx.config import Config

from . import assets, repository

if TYPE_CHECKING:
    from .builder import BookBuilder

CHAPTER = re.compile(r"notebooks/(\d\d)_\w+")
DESCRIPTION_LENGTH = 158
ICONS = {
    "menu": '<path d="M3 6h18M3 12h18M3 18h18"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2'
    'M17 17l2 2M5 19l2-2M17 7l2-2"/>',
    "moon": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"/>',
    "download": '<path d="M12 3v12m0 0 5-5m-5 5-5-5M4 20h16"/>',
    "run": '<path d="M7 4.5v15l12-7.5z"/>',
    "code": '<path d="m8 7-5 5 5 5M16 7l5 5-5 5"/>',
}


def icon(name: str) -> str:
    """Return one of the book's icons as an inline picture that screen readers skip."""
    return (
        f'<svg class="icon icon-{name}" viewBox="0 0 24 24" width="20" height="20" '
        f'aria-hidden="true" focusable="false">{ICONS[name]}</svg>'
    )


@cache
def logo() -> str:
    """Return the book's mark, drawn in the colors of the page."""
    drawn = (assets.STATIC / "logo.svg").read_text(encoding="utf-8").strip()
    drawn = re.sub(r"<style>.*?</style>", "", drawn)
    return re.sub(r' xmlns="[^"]*"', ' class="mark" aria-hidden="true" focusable="false"', drawn)


@cache
def policy() -> str:
    """Return the Content-Security-Policy: this host only, and the one inline script by its hash."""
    digest = base64.b64encode(hashlib.sha256(assets.THEME_SCRIPT.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
        )
    )


def complete(builder: "BookBuilder", name: str, context: dict[str, Any], tree: Any) -> None:
    """Add to a page's context what the book's templates show."""
    config = builder.config
    landing = name == config.root_doc
    title = plain(context.get("title") or "")
    body = context.get("body", "")
    sheets, scripts = assets.needed(body)
    chapter = CHAPTER.fullmatch(name)

    def asset(file: str) -> str:
        stamp = assets.version(file)
        address: str = context["pathto"](f"_static/{file}", True)
        return address + (f"?v={stamp}" if stamp else "")

    context.update(
        asset=asset,
        icon=icon,
        logo=logo(),
        policy=policy(),
        theme_script=assets.THEME_SCRIPT,
        stylesheets=sheets,
        scripts=scripts,
        is_landing=landing,
        chapter=int(chapter[1]) if chapter else None,
        title_text=title,
        head_title=head_title(html.escape(title), config.html_title, landing),
        plain_title=config.html_title if landing else title,
        description=context.get("description") or description(builder, name, tree),
        parts=parts(builder),
        sections=sections(builder, name),
        repository=config.book_repository,
        downloads=downloads(builder, name),
    )


def plain(markup: str) -> str:
    """Return the text of a title.

    >>> plain("Match the sizes with <code>output_padding</code> &amp; more")
    'Match the sizes with output_padding & more'
    """
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def head_title(title: str, book: str, landing: bool) -> str:
    """Return a page's title as browsers and search engines show it."""
    return f"{book}: {title}" if landing else f"{title} · {book}"


def description(builder: "BookBuilder", name: str, tree: Any) -> str:
    """Return one or two sentences: what the page says of itself, or its first paragraph."""
    given = (builder.env.metadata.get(name) or {}).get("description")
    if given:
        return str(given)
    found = [] if tree is None else [p.astext() for p in tree.findall(nodes.paragraph)]
    text = " ".join(
        next((text for text in found if len(text) > 40), builder.config.project).split()
    )
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    ends = [end.end() for end in re.finditer(r"[.?!](?= )", text[:DESCRIPTION_LENGTH])]
    if ends and ends[-1] > DESCRIPTION_LENGTH // 2:
        return text[: ends[-1]]
    return text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def parts(builder: "BookBuilder") -> list[dict[str, Any]]:
    """Return the book's parts with their pages, in the order of _toc.yml."""
    site = builder.config.external_site_map
    return [
        {
            "caption": tree.caption,
            "entries": [entry(builder, str(file)) for file in tree.files()],
        }
        for tree in site.root.subtrees
    ]


def entry(builder: "BookBuilder", file: str) -> dict[str, Any]:
    """Return a page's name, title and, for a chapter, number."""
    name = re.sub(r"\.(md|ipynb)$", "", file)
    chapter = CHAPTER.fullmatch(name)
    return {
        "name": name,
        "title": builder.render_partial(builder.env.titles[name])["title"],
        "number": int(chapter[1]) if chapter else None,
    }


def sections(builder: "BookBuilder", name: str) -> list[dict[str, Any]]:
    """Return a page's sections for the list beside the text, with what each of them documents."""
    toc = builder.env.tocs.get(name)
    return [
        {
            **contents_link(builder, section),
            "members": [contents_link(builder, item) for item in items(section) if is_member(item)],
        }
        for page in (items(toc) if toc else [])
        for section in items(page)
    ]


def items(entry: nodes.Element) -> list[nodes.list_item]:
    """Return the items right below an entry of a table of contents, or below the whole table."""
    lists = [child for child in (entry, *entry.children) if isinstance(child, nodes.bullet_list)]
    found = [item for each in lists for item in each.children]
    return [item for item in found if isinstance(item, nodes.list_item)]


def is_member(item: nodes.list_item) -> bool:
    """Whether an item leads to a function or a class, which Sphinx lists among the sections."""
    first = item.children[0]
    return isinstance(first, compact_paragraph) and "skip_section_number" in first


def contents_link(builder: "BookBuilder", item: nodes.list_item) -> dict[str, str]:
    """Return where an item of a table of contents leads, and its title."""
    link = next(iter(item.findall(nodes.reference)))
    title = nodes.title("", "", *(child.deepcopy() for child in link.children))
    return {
        "anchor": link["anchorname"].lstrip("#"),
        "title": builder.render_partial(title)["title"],
    }


def downloads(builder: "BookBuilder", name: str) -> list[dict[str, Any]]:
    """Return what can be done with a chapter's notebook."""
    source = Path(builder.env.doc2path(name)) if name in builder.env.all_docs else Path()
    if source.suffix != ".ipynb":
        return []
    file = f"{name}.ipynb"
    actions = [
        {"label": "Download notebook", "icon": "download", "link": source.name, "download": True}
    ]
    home = config_repository(builder.config)
    if home is not None:
        for label, icon_name, link in (
            ("Run on Binder", "run", home.binder(file)),
            ("Open in Colab", "run", home.colab(file)),
            ("Source", "code", home.source(file)),
        ):
            if link:
                actions.append({"label": label, "icon": icon_name, "link": link})
    return actions


def config_repository(config: Config) -> repository.Repository | None:
    """Return where the book lives, if it is known."""
    found: repository.Repository | None = config.book_repository
    return found


def look_up(app: Sphinx, config: Config) -> None:
    """Find out, once for all pages, where the book lives."""
    config.book_repository = repository.find(Path(app.srcdir))


def copy_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Put every chapter's notebook beside its page."""
    if exception or app.builder.name != "html":
        return
    for name in app.env.all_docs:
        source = Path(app.env.doc2path(name))
        if source.suffix == ".ipynb":
            shutil.copyfile(source, Path(app.outdir, f"{name}.ipynb"))


def setup(app: Sphinx) -> None:
    """Look up the book's address and copy its notebooks."""
    app.add_config_value("book_repository", None, "html", [repository.Repository])
    app.connect("config-inited", look_up)
    app.connect("build-finished", copy_notebooks)
