"""Where the book lives, from the environment or the git remote, so that a fork needs no edit.

Nothing here asks the network, and a machine without git, without a remote or with a remote that
is only a path has a book without these buttons.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

HOSTS = {"github.com": "gh", "gitlab.com": "gl"}


@dataclass(frozen=True)
class Repository:
    """A public repository: `https://host/path`, and the branch that its links name."""

    host: str
    path: str
    branch: str

    @property
    def url(self) -> str:
        """The repository's page."""
        return f"https://{self.host}/{self.path}"

    def source(self, file: str) -> str:
        """Return the page that shows a file of the book."""
        blob = "-/blob" if self.host == "gitlab.com" else "blob"
        return f"{self.url}/{blob}/{quote(self.branch)}/{quote(file)}"

    def binder(self, file: str) -> str | None:
        """Return the address that opens a notebook on Binder, where Binder knows the host."""
        if self.host not in HOSTS:
            return None
        path = quote(self.path, safe="") if HOSTS[self.host] == "gl" else self.path
        branch = quote(self.branch, safe="")
        where = f"https://mybinder.org/v2/{HOSTS[self.host]}/{path}/{branch}"
        return f"{where}?urlpath={quote(f'lab/tree/{file}', safe='')}"

    def colab(self, file: str) -> str | None:
        """Return the address that opens a notebook on Colab, which only knows GitHub."""
        if self.host != "github.com":
            return None
        where = f"https://colab.research.google.com/github/{self.path}"
        return f"{where}/blob/{quote(self.branch)}/{quote(file)}"


def find(root: Path, environment: Mapping[str, str] = os.environ) -> Repository | None:
    """Return the repository of the book in `root`, or None where it is unknown."""
    named = environment.get("BOOK_REPOSITORY") or environment.get("GITHUB_REPOSITORY")
    if named and re.fullmatch(r"[\w.-]+/[\w.-]+", named):
        named = f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{named}"
    address = parsed(named or git(root, "remote", "get-url", "origin"))
    if address is None:
        return None
    return Repository(*address, branch(root, environment))


def parsed(address: str) -> tuple[str, str] | None:
    """Return host and path of a git address, without user names or tokens.

    >>> parsed("git@github.com:someone/book.git")
    ('github.com', 'someone/book')
    >>> parsed("https://user:token@github.com/someone/book.git")
    ('github.com', 'someone/book')
    >>> parsed("/srv/git/book.git") is None
    True
    """
    scp = re.fullmatch(r"(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):([^/].*)", address)
    if scp and "://" not in address:
        host, path = scp[1], scp[2]
    else:
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http", "ssh", "git"):
            return None
        host, path = parts.hostname or "", parts.path
    path = path.strip("/").removesuffix(".git")
    if "." not in host or not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", path):
        return None
    return host, path


def branch(root: Path, environment: Mapping[str, str]) -> str:
    """Return the branch that links name: what is published, not a pull request's merge."""
    named = environment.get("BOOK_BRANCH", "")
    if not named and environment.get("GITHUB_REF_TYPE") == "branch":
        merge = environment.get("GITHUB_REF", "").startswith("refs/pull/")
        named = environment.get("GITHUB_BASE_REF" if merge else "GITHUB_REF_NAME", "")
    return named or git(root, "symbolic-ref", "--short", "HEAD") or "main"


def git(root: Path, *words: str) -> str:
    """Return what git answers about the book's own repository, or nothing."""
    if not (root / ".git").exists():
        return ""
    try:
        answer = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, timeout=10, check=False
        )
    except OSError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
