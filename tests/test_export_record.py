"""The record of exports holds what the chapter tries, for each version; the figure shows it."""

import ast
import json
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch

from helpers.figures import color, exports

ROOT = Path(__file__).resolve().parents[1]
RECORD = json.loads((files("helpers") / "export_record.json").read_text(encoding="utf-8"))
SOURCES = {
    cell.id: cell.source
    for cell in nbformat.read(ROOT / "notebooks" / "11_export.ipynb", as_version=4).cells
}


def tried() -> list[str]:
    """Return the names of the chapter's recipes, in order."""
    trees = [ast.parse(SOURCES[f"export-{name}"]) for name in ("layers", "cuts")]
    tables = [node for tree in trees for node in tree.body if isinstance(node, ast.Assign)]
    tables += [node for tree in trees for node in tree.body if isinstance(node, ast.AugAssign)]
    dictionaries = [table.value for table in tables if isinstance(table.value, ast.Dict)]
    return [ast.literal_eval(key) for table in dictionaries for key in table.keys if key]


@pytest.mark.parametrize("version", RECORD)
def test_every_recipe_of_the_chapter_is_recorded(version: str) -> None:
    recipes = RECORD[version]["recipes"]
    assert list(recipes) == tried()
    for name, verdicts in recipes.items():
        assert list(verdicts) == ["named", "DYNAMIC", "compile", "ONNX", "ONNX, no bounds"], name


def test_the_cells_that_the_tool_runs_are_there() -> None:
    tool = ast.parse((ROOT / "tools" / "record_export.py").read_text(encoding="utf-8"))
    [cells] = [
        ast.literal_eval(node.value)
        for node in tool.body
        if isinstance(node, ast.AnnAssign)
        and ast.unparse(node.target) == "CELLS"
        and node.value is not None
    ]
    assert {f"export-{name}" for name in cells} <= set(SOURCES)


@pytest.mark.usefixtures("book_style")
def test_verdicts_are_filled_where_every_length_is_kept() -> None:
    found = {"a": {"x": "every length", "y": "refused"}, "b": {"x": "3 of 6", "y": "every length"}}
    ax = exports.verdicts(found)
    boxes = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    looks = [(box.get_label(), to_hex(box.get_facecolor())) for box in boxes]
    good, hollow = color("output"), color("paper")
    assert looks == [
        ("every length", good),
        ("refused", hollow),
        ("3 of 6", hollow),
        ("every length", good),
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
