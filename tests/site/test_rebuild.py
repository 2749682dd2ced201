"""The second build: nothing is written again without need, and nothing stays that has changed."""

import re
import shutil
from pathlib import Path

import pytest
from tests.site.test_build import CHAPTER, ROOT, bare_environment, build, copied, shortened

pytestmark = pytest.mark.slow
WRITTEN = ("index.html", f"{CHAPTER}.html", "_static/playground_words.js")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Copy a short book together with the helpers, so that both can be changed."""
    target = shortened(copied(tmp_path / "book"))
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "helpers", target / "src" / "helpers", ignore=ignored)
    return target


def built(book: Path) -> dict[str, int]:
    """Build, and return when each file was written."""
    site = build(book, bare_environment(PYTHONPATH=str(book / "src")))
    return {name: (site / name).stat().st_mtime_ns for name in WRITTEN}


def replace(file: Path, old: str, new: str) -> None:
    """Change some words of a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_second_build_writes_what_changed_and_nothing_else(book: Path) -> None:
    site = book / "_build" / "html"
    first = built(book)
    assert built(book) == first

    old = (site / "index.html").read_text(encoding="utf-8")
    replace(book / "src/helpers/playground_words.py", '"Round trip"', '"There and back"')
    replace(book / "src/helpers/palette.py", "#0d4490", "#0e4590")
    replace(book / f"{CHAPTER}.ipynb", "first paragraph", "second draft")
    last = built(book)
    assert all(last[name] > first[name] for name in WRITTEN)

    page = (site / "index.html").read_text(encoding="utf-8")
    assert "Round trip" in old
    assert "Round trip" not in page
    assert "There and back" in page
    words = (site / "_static/playground_words.js").read_text(encoding="utf-8")
    assert "There and back" in words
    assert "#0e4590" in page
    script = re.compile(r"playground_words\.js\?v=\w+")  # for browsers that kept the old file
    assert script.findall(page) != script.findall(old)
    for name in (f"{CHAPTER}.html", "search-index.js"):
        assert "second draft" in (site / name).read_text(encoding="utf-8")
