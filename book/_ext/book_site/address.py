"""Where the book and its site live, from the environment or the git remote: forks need no edit.

Nothing here asks the network. Where the repository is unknown, pages have no Binder, Colab and
source links; where the site's address is, they have no absolute link, no card and no sitemap.
"""

import logging
import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

LOST = (
    "<h1>This page does not exist</h1><p>The address may have a typing error, or the page has"
    ' moved. <a href="{0}index.html">The first page</a> answers the question that the book is'
    ' named after, and the <a href="{0}search.html">search</a> finds everything else.</p>'
)


def repository(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return `https://host/owner/name` of the book in `root`, or nothing where it is unknown."""
    named = environment.get("BOOK_REPOSITORY") or environment.get("GITHUB_REPOSITORY")
    if named and re.fullmatch(r"[\w.-]+/[\w.-]+", named):
        named = f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{named}"
    return public(named or git(root, "remote", "get-url", "origin"))


def public(remote: str) -> str:
    """Return the page of a git remote, without user names or tokens.

    >>> public("git@github.com:someone/book.git")
    'https://github.com/someone/book'
    >>> public("https://user:token@github.com/someone/book.git")
    'https://github.com/someone/book'
    >>> public("/srv/git/book.git")
    ''
    """
    short = r"(?:[\w.-]+@)?(?P<host>[\w-]+(?:\.[\w-]+)+):(?P<path>[\w.-]+(?:/[\w.-]+)+)"
    long = r"(?:https?|ssh|git)://(?:[^/@]*@)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/(?P<path>.+)"
    found = re.fullmatch(short, remote) or re.fullmatch(long, remote)
    if found is None:
        return ""
    return f"https://{found['host']}/{found['path'].strip('/').removesuffix('.git')}"


def branch(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the branch that links name: what is published, not a pull request's merge."""
    named = environment.get("BOOK_BRANCH", "")
    if not named and environment.get("GITHUB_REF_TYPE") == "branch":
        merge = environment.get("GITHUB_REF", "").startswith("refs/pull/")
        named = environment.get("GITHUB_BASE_REF" if merge else "GITHUB_REF_NAME", "")
    return named or git(root, "symbolic-ref", "--short", "HEAD") or "main"


def git(root: Path, *words: str) -> str:
    """Return what git answers about the book's own repository, or nothing."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return ""
    command = ["git", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def site(home: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return where the site will be, with a slash at the end, or nothing where that is unknown.

    >>> site("", {"BOOK_URL": "https://example.org/book"})
    'https://example.org/book/'
    >>> site("https://github.com/Someone/book", {})
    'https://someone.github.io/book/'
    >>> site("https://github.com/Someone/someone.github.io", {})
    'https://someone.github.io/'
    >>> site("https://git.example.org/someone/book", {})
    ''
    """
    if given := environment.get("BOOK_URL", "").strip():
        if not re.match(r"https?://\w", given):
            raise ValueError(f"BOOK_URL is {given!r}: it must begin with https:// and name a host.")
        return given.rstrip("/") + "/"
    if not home.startswith("https://github.com/"):
        return ""
    owner, name = home.lower().split("/")[3:5]
    pages = f"https://{owner}.github.io/"
    return pages if f"https://{name}/" == pages else f"{pages}{home.split('/')[4]}/"


def buttons(home: str, line: str, file: str) -> list[tuple[str, str]]:
    """Return label and address of what opens a notebook elsewhere; `line` is the branch."""
    if not home:
        return []
    path, lab = home.removeprefix("https://github.com/"), quote(f"lab/tree/{file}", safe="")
    binder = f"https://mybinder.org/v2/gh/{path}/{quote(line, safe='')}?urlpath={lab}"
    colab = f"https://colab.research.google.com/github/{path}/blob/{quote(line)}/{file}"
    on_github = [("Run on Binder", binder), ("Open in Colab", colab)] if path != home else []
    return [*on_github, ("Source", f"{home}/blob/{quote(line)}/{file}")]


def opening(tree: nodes.document) -> str:
    """Return the first paragraph of a page that says of itself no more, as a description."""
    texts = (" ".join(paragraph.astext().split()) for paragraph in tree.findall(nodes.paragraph))
    return textwrap.shorten(next(text for text in texts if len(text) > 50), 158, placeholder=" …")


def configure(app: Sphinx, config: Config) -> None:
    """Tell Sphinx and the packages where the site will be."""
    root = Path(app.srcdir)
    config.book_repository, config.book_branch = repository(root), branch(root)
    config.html_baseurl = config.ogp_site_url = site(config.book_repository)
    start = urlsplit(config.html_baseurl).path if os.environ.get("BOOK_URL") else "/"
    config.ogp_site_name, config.sitemap_url_scheme = config.html_title, "{link}"
    config.sitemap_excludes = ["search.html", "404.html"]
    config.notfound_urls_prefix = start
    config.notfound_context = {"title": "This page does not exist", "body": LOST.format(start)}


def complete(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Give a page its description and its canonical address, and a chapter its buttons."""
    home = context["book_home"] = app.config.book_repository
    if tree is None:
        return
    meta = context["meta"] = context["meta"] or {}
    words = meta["og:description"] = meta.get("description") or opening(tree)
    context["metatags"] += f'<meta name="description" content="{escape(words)}">\n'
    context["title"] = re.sub(r'<span class="section-number">.*?</span>', "", context["title"])
    source = Path(app.env.doc2path(name))
    if source.suffix == ".ipynb":
        context["notebook"] = source.name
        context["buttons"] = buttons(home, app.config.book_branch, f"{name}.ipynb")
        target = Path(app.outdir, f"{name}.ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def setup(app: Sphinx) -> None:
    """Look the addresses up, and load what needs one only where there is one."""
    for value in ("book_repository", "book_branch"):
        app.add_config_value(value, "", "html", str)
    if site(repository(Path(app.srcdir))):
        # The font of the cards has one weight, and matplotlib says so.
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
    app.connect("config-inited", configure)
    app.connect("html-page-context", complete, priority=400)
