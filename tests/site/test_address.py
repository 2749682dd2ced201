"""Where the book lives, and the examples in the extension's docstrings."""

import doctest
import importlib
import subprocess
from pathlib import Path

import pytest
from tests.site.visits import ROOT


def test_extension_examples(book_site: str) -> None:
    counts = []
    for source in sorted((ROOT / "book" / "_ext" / book_site).glob("*.py")):
        module = importlib.import_module(f"{book_site}.{source.stem}".removesuffix(".__init__"))
        result = doctest.testmod(module)
        assert result.failed == 0
        counts.append(result.attempted)
    assert sum(counts) >= 5


@pytest.mark.parametrize(
    ("environment", "url", "branch"),
    [
        ({"BOOK_REPOSITORY": "a/b"}, "https://github.com/a/b", "main"),
        ({"BOOK_REPOSITORY": "https://gitlab.com/a/b/c.git", "BOOK_BRANCH": "x/y"},
         "https://gitlab.com/a/b/c", "x/y"),
        ({"BOOK_REPOSITORY": "/srv/git/book.git"}, "", "main"),
        ({}, "", "main"),
    ],
)  # fmt: skip
def test_repository_comes_from_the_environment(
    book_site: str, tmp_path: Path, environment: dict[str, str], url: str, branch: str
) -> None:
    address = importlib.import_module(f"{book_site}.address")
    assert address.repository(tmp_path, environment) == url
    assert address.branch(tmp_path, environment) == branch


def test_repository_comes_from_the_remote_without_its_token(book_site: str, tmp_path: Path) -> None:
    address = importlib.import_module(f"{book_site}.address")
    for words in (["init", "-b", "trunk"],
                  ["remote", "add", "origin", "https://me:secret@github.com/a/b.git"]):  # fmt: skip
        assert address.repository(tmp_path, {}) == ""
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    assert address.repository(tmp_path, {}) == "https://github.com/a/b"
    assert address.branch(tmp_path, {}) == "trunk"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"BOOK_URL": "https://example.org/book"}, "https://example.org/book/"),
        ({"BOOK_URL": "https://example.org/"}, "https://example.org/"),
        ({"BOOK_URL": " "}, ""),
        ({}, ""),
    ],
)
def test_site_is_where_it_is_published(
    book_site: str, environment: dict[str, str], url: str
) -> None:
    assert importlib.import_module(f"{book_site}.address").site(environment) == url


def test_address_that_is_none_is_refused(book_site: str) -> None:
    site = importlib.import_module(f"{book_site}.address").site
    with pytest.raises(ValueError, match="must begin with https://"):
        site({"BOOK_URL": "example.org/book"})


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("ssh://git@github.com:22/a/b.git", "https://github.com/a/b"),
        ("https://x-access-token:ghp_1@github.com/a/b/", "https://github.com/a/b"),
        ("https://me:to@ken@github.com/a/b.git", ""),  # rather nothing than half a token
        ("git@gitlab.example.org:group/sub/b.git", "https://gitlab.example.org/group/sub/b"),
        ("file:///srv/git/book.git", ""),
        ("../book.git", ""),
    ],
)
def test_remote_gives_a_page_and_no_secret(book_site: str, remote: str, page: str) -> None:
    assert importlib.import_module(f"{book_site}.address").public(remote) == page


def test_buttons_lead_where_the_host_can_be_opened(book_site: str) -> None:
    buttons = importlib.import_module(f"{book_site}.address").buttons
    notebook = "notebooks/01_basic_discrepancy.ipynb"
    assert buttons("", "main", notebook) == []
    assert buttons("https://git.example.org/a/b", "main", notebook) == [
        ("Source", f"https://git.example.org/a/b/blob/main/{notebook}")
    ]
    assert buttons("https://github.com/a/b", "my/trunk", notebook) == [
        (
            "Run on Binder",
            "https://mybinder.org/v2/gh/a/b/my%2Ftrunk"
            "?urlpath=lab%2Ftree%2Fnotebooks%2F01_basic_discrepancy.ipynb",
        ),
        ("Open in Colab", f"https://colab.research.google.com/github/a/b/blob/my/trunk/{notebook}"),
        ("Source", f"https://github.com/a/b/blob/my/trunk/{notebook}"),
    ]
