"""The chapters as data: their shape, their tags, and outputs that are the same on each machine."""

import re
import statistics
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from tools.notebooks import normalise

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in PATHS if path.stem != "your_model"]
"""All but the page that is a tool: it asks the reader for a model, and nothing else."""
TAGS = {
    "hide-input",
    "hide-output",
    "hide-cell",
    "remove-input",
    "remove-output",
    "remove-cell",
    "raises-exception",
}
LAST_SECTIONS = ["Summary", "Check yourself", "Exercises", "What comes next"]
UNSTABLE = {
    "a path of one machine": r"/home/|/Users/|/tmp/|/root/|[A-Z]:\\\\|site-packages|ipykernel_",
    "a memory address": r"0x[0-9a-f]{6,}",
    "a timing": r"Wall time|it/s\]|\d+ (ms|µs) ± ",
    "a date in a figure": r"<dc:date>",
    "a live widget's model": r"application/vnd\.jupyter\.widget-(view|state)\+json",
}


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def headings(notebook: Any) -> list[str]:
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [line for text in texts for line in re.findall(r"^#{1,6} .+", text, re.MULTILINE)]


def lines(cell: Any) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def unknown_tags(notebook: Any) -> set[str]:
    return {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])} - TAGS


def unstable_outputs(notebook: Any) -> list[str]:
    """Name what would differ on another machine or at another time, cell by cell."""
    found = []
    for number, cell in enumerate(code_cells(notebook), start=1):
        text = str(cell.outputs)
        found += [
            f"cell {number}: {what}" for what, sign in UNSTABLE.items() if re.search(sign, text)
        ]
    return found


def is_figure(output: Any) -> bool:
    """Say whether an output is a drawing that brings no sentence of its own, as live views do."""
    data = output.get("data", {})
    words = str(data.get("text/plain", ""))
    return "image/svg+xml" in data and not words.startswith(("Playground(", "SelfCheck("))


def figures_without_alt(notebook: Any) -> list[int]:
    """Number the code cells that draw a figure and do not say in words what it shows."""
    return [
        number
        for number, cell in enumerate(code_cells(notebook), start=1)
        if any(is_figure(output) for output in cell.outputs)
        and len(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")) < 20
    ]


def exercises_without_solution(notebook: Any) -> list[str]:
    """List the exercises that no hidden, asserting code cell follows before the next heading."""
    missing, open_exercise = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in re.findall(r"^#{1,6} .+", cell.source, re.MULTILINE):
                missing += [open_exercise] if open_exercise else []
                open_exercise = line if line.startswith("### Exercise") else ""
        elif "hide-cell" in cell.metadata.get("tags", []) and "assert" in cell.source:
            open_exercise = ""
    return missing + ([open_exercise] if open_exercise else [])


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return read(request.param)


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Any:
    return read(request.param)


def test_table_of_contents_and_folder_agree() -> None:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = re.findall(r"notebooks/(\w+)", str(contents))
    assert sorted(listed) == [path.stem for path in PATHS]
    numbers = [name[:2] for name in listed if name[:2].isdigit()]
    assert numbers == sorted(set(numbers))


def test_tags_are_on_the_list(notebook: Any) -> None:
    assert not unknown_tags(notebook)


def test_stored_as_normalised(notebook: Any) -> None:
    assert normalise(nbformat.from_dict(notebook)) == notebook


def test_every_cell_has_run_in_order(notebook: Any) -> None:
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_outputs_are_stable(notebook: Any) -> None:
    assert not unstable_outputs(notebook)


def test_no_cell_wrote_to_stderr(notebook: Any) -> None:
    streams = [
        o for cell in code_cells(notebook) for o in cell.outputs if o.output_type == "stream"
    ]
    assert not [output.text for output in streams if output.name == "stderr"]


def test_errors_appear_only_where_announced(notebook: Any) -> None:
    for cell in code_cells(notebook):
        raised = any(output.output_type == "error" for output in cell.outputs)
        assert raised == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


def test_figures_say_in_words_what_they_show(notebook: Any) -> None:
    assert not figures_without_alt(notebook)


def test_cells_are_short(notebook: Any) -> None:
    lengths = [lines(cell) for cell in code_cells(notebook)]
    assert max(lengths) <= 15
    assert statistics.median(lengths) <= 4


def test_code_fits_the_page(notebook: Any) -> None:
    """Beside the contents, at 1280 pixels, a box of code shows this many letters in a line."""
    code = [line for cell in code_cells(notebook) for line in cell.source.splitlines()]
    assert not [line for line in code if len(line) > 81]


def test_opening_is_short(notebook: Any) -> None:
    first_code = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    opening = " ".join(cell.source for cell in notebook.cells[:first_code])
    assert 20 < len(opening.split()) < 250


def test_skeleton(lesson: Any) -> None:
    levels = headings(lesson)
    assert [line for line in levels if line.startswith("# ")] == levels[:1]
    sections = [line.removeprefix("## ") for line in levels if line.startswith("## ")]
    assert sections[-len(LAST_SECTIONS) :] == LAST_SECTIONS


def test_heading_levels_do_not_jump(notebook: Any) -> None:
    depths = [len(line.split()[0]) for line in headings(notebook)]
    assert all(after <= before + 1 for before, after in pairwise(depths))


def test_foot_says_with_which_pytorch_it_was_checked(notebook: Any) -> None:
    pinned = re.search(r"^torch==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned
    (output,) = notebook.cells[-1].outputs
    said = f"*Checked with PyTorch {pinned[1]} on the CPU.*"
    assert output.data["text/markdown"] == said


def test_exercises_have_hidden_asserted_solutions(lesson: Any) -> None:
    exercises = [line for line in headings(lesson) if line.startswith("### Exercise")]
    assert len(exercises) >= 4
    assert not exercises_without_solution(lesson)


def test_self_check_asks_three_or_more(lesson: Any) -> None:
    calls = [cell.source for cell in code_cells(lesson) if "SelfCheck(" in cell.source]
    assert len(calls) == 1
    assert len(re.findall(r'"[a-z-]+"', calls[0].split("SelfCheck(")[1])) >= 3


def test_the_checkers_can_fail() -> None:
    """Feed each checker one notebook that has every fault at once."""
    drawn = nbformat.v4.new_output(
        "display_data", {"image/svg+xml": "<dc:date>", "a": "0xdeadbeef"}
    )
    cell = nbformat.v4.new_code_cell("1", outputs=[drawn], metadata={"tags": ["hide_input"]})
    exercise = nbformat.v4.new_markdown_cell("### Exercise 1: none\n\nNo solution follows.")
    faulty = nbformat.v4.new_notebook(cells=[exercise, cell])
    assert unknown_tags(faulty) == {"hide_input"}
    assert unstable_outputs(faulty) == ["cell 1: a memory address", "cell 1: a date in a figure"]
    assert figures_without_alt(faulty) == [1]
    assert exercises_without_solution(faulty) == ["### Exercise 1: none"]
    assert normalise(nbformat.from_dict(faulty)).cells[1].execution_count == 1
