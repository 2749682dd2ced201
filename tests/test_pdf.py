"""The whole book as one PDF: contents, outline, links and pages that hold something."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import yaml

from tools import pdf

ROOT = Path(__file__).resolve().parents[1]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
FILES = ["index", *(chapter["file"] for part in TOC["parts"] for chapter in part["chapters"])]


@pytest.fixture(scope="module")
def printed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print the built site, once for all tests, as `make pdf` does."""
    target = tmp_path_factory.mktemp("pdf") / "book.pdf"
    command = [sys.executable, "-m", "tools.pdf", "--site", str(site), "--output", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=180)
    return target


@pytest.fixture(scope="module")
def book(printed: Path) -> Iterator[pikepdf.Pdf]:
    """Open what was printed."""
    with pikepdf.open(printed) as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(printed: Path) -> list[str]:
    """Read the text of each page."""
    with pypdfium2.PdfDocument(printed) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def titles(site: Path) -> list[str]:
    """Return the title of each page of the site as the outline has it."""
    pages = [pdf.Page(f"{name}.html", (site / f"{name}.html").read_text("utf-8")) for name in FILES]
    return [" ".join(f"{page.number} {pdf.text(page.title)}".split()) for page in pages]


def beginnings(book: pikepdf.Pdf) -> dict[str, int]:
    """Return the page, from 0, at which each entry of the outline's first level arrives."""
    pages = {page.objgen: number for number, page in enumerate(book.pages)}
    with book.open_outline() as outline:
        return {entry.title: pages[entry.destination[0].objgen] for entry in outline.root}


def test_outline_has_every_page_in_order(book: pikepdf.Pdf, site: Path) -> None:
    found = beginnings(book)
    assert list(found) == ["Contents", *titles(site)]
    starts = list(found.values())
    assert starts == sorted(set(starts))
    assert 3 * len(FILES) < len(book.pages) < 16 * len(FILES)


def test_contents_name_the_pages_on_which_things_begin(
    book: pikepdf.Pdf, texts: list[str], site: Path
) -> None:
    found = beginnings(book)
    contents = texts[found["Contents"]]
    for title in titles(site):
        words = title.split(" ", 1)[1] if title[0].isdigit() else title
        after = contents.split(words, 1)[1].split()[0]
        assert int(after) == found[title] + 1, title


def link_targets(book: pikepdf.Pdf) -> tuple[list[str], list[str]]:
    """Return the names that links inside the book ask for, and the addresses outside of it."""
    inside, outside = [], []
    for page in book.pages:
        for link in page.get("/Annots", []):
            action = link.get("/A", {})
            if "/URI" in action:
                outside.append(str(action["/URI"]))
            elif "/Dest" in link or "/D" in action:
                inside.append(str(link.get("/Dest", action.get("/D"))))
    return inside, outside


def test_links_arrive_in_the_book_or_at_a_public_address(book: pikepdf.Pdf, site: Path) -> None:
    inside, outside = link_targets(book)
    assert len(inside) > 3 * len(FILES)
    assert set(inside) <= set(book.Root.Dests.keys())
    found = set(inside)
    assert {f"/{name.replace('/', '-')}" for name in FILES} <= found
    assert any("--" in name for name in found)  # to sections, not to pages only
    assert outside
    assert [address for address in outside if not address.startswith("https://")] == []


def test_no_page_is_blank_and_none_holds_what_only_a_screen_can(texts: list[str]) -> None:
    # A page with a figure alone still has its running head and its number.
    assert [number for number, text in enumerate(texts, 1) if len(text) < 25] == []
    whole = " ".join(texts)
    assert "Show the solution" not in whole
    assert "Answer and working" in whole
    assert whole.count("Answer:") >= 30  # of the self-checks, opened
    assert whole.count("This stands still.") >= 10  # the playgrounds


def test_a_heading_that_the_outline_lacks_is_noticed(book: pikepdf.Pdf) -> None:
    with pytest.raises(ValueError, match="other entries"):
        pdf.finish(book, "<h1>One heading only</h1>")
