"""Where the book and its site live, as git and GitHub Pages say it: no fork needs an edit.

Nothing here asks the network. Where the repository is unknown, pages have no Binder, Colab and
source links; where the site's address is, they have no absolute link, no card and no sitemap.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config


def repository(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return `https://host/owner/name` of the book in `root`, or nothing where it is unknown."""
    named = environment.get("BOOK_REPOSITORY", "")
    if re.fullmatch(r"[\w.-]+/[\w.-]+", named):
        named = f"https://github.com/{named}"
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
    start = r"(?:(?:https?|ssh|git)://(?:[^/@]*@)?|[\w.-]+@)"
    found = re.fullmatch(start + r"([\w-]+(?:\.[\w-]+)+)(?::\d+/|[:/])(.+?)(?:\.git)?/?", remote)
    return f"https://{found[1]}/{found[2]}" if found else ""


def branch(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the branch that links name."""
    named = environment.get("BOOK_BRANCH")
    return named or git(root, "symbolic-ref", "--short", "HEAD") or "main"


def git(root: Path, *words: str) -> str:
    """Return what git answers about the book's own repository, or nothing."""
    command = ["git", f"--git-dir={root / '.git'}", *words]
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL).strip()
    return ""


def site(environment: Mapping[str, str] = os.environ) -> str:
    """Return where the site will be, with a slash at the end, or nothing where that is unknown."""
    given = environment.get("BOOK_URL", "").strip()
    if given and not re.match(r"https?://\w", given):
        raise ValueError(f"BOOK_URL is {given!r}: it must begin with https:// and name a host.")
    return given and given.rstrip("/") + "/"


def buttons(home: str, line: str, file: str) -> list[tuple[str, str]]:
    """Return label and address of what opens a notebook elsewhere; `line` is the branch."""
    if not home:
        return []
    path, lab = home.removeprefix("https://github.com/"), quote(f"lab/tree/{file}", safe="")
    binder = f"https://mybinder.org/v2/gh/{path}/{quote(line, safe='')}?urlpath={lab}"
    colab = f"https://colab.research.google.com/github/{path}/blob/{quote(line)}/{file}"
    on_github = [("Run on Binder", binder), ("Open in Colab", colab)] if path != home else []
    return [*on_github, ("Source", f"{home}/blob/{quote(line)}/{file}")]


def configure(app: Sphinx, config: Config) -> None:
    """Tell Sphinx, the templates and the packages where the book and the site will be."""
    root = Path(app.srcdir)
    home, line = repository(root), branch(root)
    config.html_context |= {"home": home, "line": line}
    config.html_baseurl = config.ogp_site_url = site()
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path or "/"
    config.ogp_site_name, config.ogp_enable_meta_description = config.html_title, False
    config.sitemap_url_scheme, config.sitemap_excludes = "{link}", ["search.html", "404.html"]
