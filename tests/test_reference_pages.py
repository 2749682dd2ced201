"""The reference pages: links that arrive, tables that hold, messages that PyTorch really gives."""

import functools
import itertools
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
import torch
from markdown_it.renderer import RendererHTML
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import compute_unique_slug
from myst_parser.parsers.mdit import create_md_parser
from playwright.sync_api import Browser
from torch import nn

import helpers
from helpers import conv1d_output_length, conv_transpose1d_output_length, required_output_padding
from helpers.layers import meanings

ROOT = Path(__file__).resolve().parents[1]
BOOK, CHAPTERS = ROOT / "book", ROOT / "notebooks"
PAGES = [*sorted(BOOK.glob("*.md")), *sorted(CHAPTERS.glob("*.ipynb"))]
OWN_CHAPTERS = [CHAPTERS / "errors.ipynb", CHAPTERS / "other_frameworks.ipynb"]
COMES_BACK = {
    "all": lambda length: True,
    "odd": lambda length: length % 2 == 1,
    "even": lambda length: length % 2 == 0,
    "multiples of 3": lambda length: length % 3 == 0,
    "multiples of 4": lambda length: length % 4 == 0,
    "multiples of 5, less 1": lambda length: length % 5 == 4,
    "multiples of 8": lambda length: length % 8 == 0,
}


@functools.cache
def markdown(path: Path) -> str:
    """Return a page's prose, or the Markdown cells of a chapter."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@functools.cache
def anchors(text: str, depth: int = 3) -> set[str]:
    """Return the headings' anchors as MyST makes them."""
    parser = create_md_parser(MdParserConfig(enable_extensions={"dollarmath"}), RendererHTML)
    slugs: set[str] = set()
    for node in SyntaxTreeNode(parser.parse(text)).children:
        if node.type == "heading" and int(node.tag[1]) <= depth:
            slugs.add(compute_unique_slug(node, slugs))
    return slugs


def links(text: str) -> list[str]:
    """Return the targets of all links that stay inside the book."""
    targets = re.findall(r"\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)?)\)", text)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def broken_links(path: Path, text: str) -> list[str]:
    broken = []
    for link in links(text):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(markdown(target))):
            broken.append(link)
    return broken


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading, its head left out."""
    section = text.split(f"\n{heading}\n", 1)[1]
    lines = itertools.takewhile(
        lambda line: line.startswith("|"),
        itertools.dropwhile(lambda line: not line.startswith("|"), section.splitlines()),
    )
    split = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return split[2:]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_arrive(path: Path) -> None:
    assert not broken_links(path, markdown(path))


def test_a_broken_link_is_found() -> None:
    path = BOOK / "questions.md"
    assert broken_links(path, "[a](nowhere.md) [b](questions.md#no-such-heading)") == [
        "nowhere.md",
        "questions.md#no-such-heading",
    ]
    assert anchors("## Is `a=1` why?\n\n## Is `a=1` why?") == {"is-a1-why", "is-a1-why-1"}


def test_every_question_has_an_answer_and_a_link() -> None:
    questions = re.split(r"^### ", markdown(BOOK / "questions.md"), flags=re.MULTILINE)[1:]
    assert len(questions) >= 29
    for question in questions:
        title, _, answer = question.partition("\n")
        assert title.strip().endswith(("?", "."))
        assert "→ [" in answer, title


def outputs(path: Path) -> str:
    """Return everything that a chapter's cells print, raise or name in their code, as one text."""
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            found.append(cell.source)
            for output in cell.outputs:
                found += [output.get("evalue", ""), output.get("text", "")]
                found.append(str(output.get("data", {}).get("text/plain", "")))
    return "\n".join(found)


def unseen(message: str, text: str) -> bool:
    """Say whether a message, "…" standing for anything on its line, is nowhere in the text."""
    pattern = ".*".join(re.escape(part.strip()) for part in message.split("…"))
    return re.search(pattern, text) is None


def test_messages_of_the_table_were_really_raised() -> None:
    chapter = OWN_CHAPTERS[0]
    text, table = outputs(chapter), rows(markdown(chapter), "## Find your message")
    messages = [re.match(r"\[`(.+)`\]\(#", row[0]) for row in table]
    assert len(messages) > 25
    assert all(messages)
    assert not [m[1] for m in messages if m and unseen(m[1], text)]


def test_messages_of_the_questions_were_really_raised() -> None:
    text = "\n".join(map(outputs, OWN_CHAPTERS))
    messages = re.findall(r"^`([^`]+)`$", markdown(BOOK / "questions.md"), re.MULTILINE)
    assert len(messages) >= 8
    for message in messages:
        stable = re.sub(r"\[?[\d.]+\]?", "…", message)
        assert not unseen(stable, text), message


def test_an_invented_message_is_unseen() -> None:
    assert unseen("Kernel size … is unlucky", outputs(OWN_CHAPTERS[0]))
    assert not unseen("size … input", "the size of this input")


def test_settings_of_the_cheat_sheet_hold() -> None:
    table = rows(markdown(BOOK / "cheat_sheet.md"), "## Settings to choose from")
    assert len(table) >= 10
    for *numbers, words in table:
        kernel_size, stride, padding, dilation, out, back, more = map(int, numbers)
        settings = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
        }
        conv, transposed = nn.Conv1d(1, 1, **settings), nn.ConvTranspose1d(1, 1, **settings)
        y = conv(torch.zeros(1, 1, 100))
        assert (y.shape[-1], transposed(y).shape[-1]) == (out, back)
        assert required_output_padding(100, **settings) == more
        for length in range(20, 60):
            shorter = conv1d_output_length(length, **settings)
            returned = conv_transpose1d_output_length(shorter, **settings) == length
            assert returned == COMES_BACK[words](length), (settings, length)


def test_upsampling_advice_of_the_cheat_sheet_holds() -> None:
    for stride in range(1, 17):
        layer = nn.ConvTranspose1d(
            1, 1, 2 * stride, stride, (stride + 1) // 2, output_padding=stride % 2
        )
        if stride > 1:
            assert layer(torch.zeros(1, 1, 7)).shape[-1] == 7 * stride


def test_code_of_the_cheat_sheet_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", markdown(BOOK / "cheat_sheet.md"), re.DOTALL)
    assert len(blocks) == 1
    exec(compile(blocks[0], "cheat_sheet.md", "exec"), {})


def test_api_names_every_module_that_a_reader_may_call() -> None:
    page = markdown(BOOK / "api.md")
    named = set(re.findall(r"automodule:: ([\w.]+)", page))
    packages = {"helpers.figures"}
    names = {module.name for module in pkgutil.walk_packages(helpers.__path__, "helpers.")}
    # These speak for their modules.
    speakers = ("helpers.alignment.", "helpers.layers.")
    spoken_for = {name for name in names if name.startswith(speakers)}
    # These only the book itself calls: rules behind the layers, and what becomes browser code.
    own = ("frontend", "layer_errors", "opening", "playground_words", "torch_signatures")
    own += ("translation",)
    inner = {name for name in names if name.split(".")[1] in own}
    assert named == names - packages - spoken_for - inner


def test_bibliography_cites_every_entry() -> None:
    references = (BOOK / "references.bib").read_text(encoding="utf-8")
    entries = set(re.findall(r"^@\w+\{([\w-]+),", references, re.MULTILINE))
    pages = "\n".join(markdown(path) for path in BOOK.glob("*.md"))
    groups = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", pages)
    cited = {key for group in groups for key in group.split(",")}
    assert entries == cited


def test_glossary_is_in_order() -> None:
    terms = re.findall(r"^([a-z_]\S*(?: \S+)*)\n    ", markdown(BOOK / "glossary.md"), re.MULTILINE)
    assert len(terms) > 20
    assert terms == sorted(terms, key=lambda term: term.replace("_", " "))


def test_running_names_the_commands_of_the_makefile() -> None:
    commands = re.findall(r"^\| `make (\w+)`", markdown(BOOK / "running.md"), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^(\w+):", makefile, re.MULTILINE)
    assert len(commands) >= 6
    assert set(commands) <= set(targets)


def test_running_knows_no_address_of_the_repository() -> None:
    assert "github.com" not in markdown(BOOK / "running.md")


def test_cheat_sheet_prints_on_one_sheet(site: Path, browser: Browser) -> None:
    for paper in ("A4", "Letter"):
        page = browser.new_page()
        page.goto((site / "book" / "cheat_sheet.html").as_uri())
        printed = page.pdf(format=paper, prefer_css_page_size=True)
        page.close()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.fixture(scope="module")
def found(site: Path, browser: Browser) -> Iterator[Callable[[str], list[str]]]:
    """Return the site's own search: the first addresses that it gives for some words."""
    page = browser.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=padding")
    page.locator(".results a").first.wait_for()
    ask = "words => bookIndex.find(words).slice(0, 3).map((section) => section.address)"
    yield lambda words: page.evaluate(ask, words)
    page.close()


def test_sections_that_the_package_names_are_there(site: Path) -> None:
    """An error of `trace` leads to a section of the page of errors."""
    page = (site / meanings.PAGE).read_text(encoding="utf-8")
    anchors = set(re.findall(r' id="([^"]+)"', page))
    assert "no-such-section" not in anchors
    assert len(meanings.SECTIONS) > 25
    assert {*meanings.SECTIONS.values(), meanings.meaning_of("").section} <= anchors


def test_search_answers_every_question(found: Callable[[str], list[str]]) -> None:
    titles = re.findall(r"^### (.+)$", markdown(BOOK / "questions.md"), re.MULTILINE)
    assert len(titles) > 20
    lost = [title for title in titles if "book/questions.html#" not in "".join(found(title)[:1])]
    assert lost == []


def test_search_finds_every_message(found: Callable[[str], list[str]]) -> None:
    messages = [
        row[0].split("`")[1].replace("…", " ")
        for row in rows(markdown(OWN_CHAPTERS[0]), "## Find your message")
    ]
    assert len(messages) > 30
    lost = [words for words in messages if "errors.html#" not in " ".join(found(words))]
    assert lost == []
