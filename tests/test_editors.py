"""What two tools for editors say of lengths: chapter 9's table, against both and against PyTorch.

Each program in `editors` says in its first lines which tool it is for, and which row it answers.
"""

import json
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
EDITORS = ROOT / "tests" / "editors"
STUBS = ROOT / "_build" / "stubs"
PINS = [ROOT / "requirements.txt", EDITORS / "requirements.txt"]
HEAD = re.compile(r"# tool: (Pyrefly|torchtyc)\n(?:# asked: (.+)\n)?")
NAMED = re.compile(r"[\[`]([\w-]+)(?:\]\([^)]+\)|`) (\d[\d.]*\d)")
LENGTHS = range(2, 301)
MINUS = "\N{MINUS SIGN}"


def chapter() -> str:
    """Return the cell that holds the table."""
    notebook = nbformat.read(ROOT / "notebooks" / "09_stacks.ipynb", as_version=4)
    [source] = [cell.source for cell in notebook.cells if cell.id == "stacks-editors-table"]
    return source


def answers(text: str) -> dict[tuple[str, str], str]:
    """Return what a table says, by tool and row, without what nobody asked."""
    head, _, *rows = [line[2:-2].split(" | ") for line in text.splitlines() if line[:1] == "|"]
    return {
        (tool, asked): said
        for asked, *cells in rows
        for tool, said in zip(head[1:], cells, strict=True)
        if said != "not asked"
    }


PROGRAMS = {
    (head[1], head[2]): path
    for path in sorted(EDITORS.glob("*.py"))
    if (head := HEAD.match(path.read_text(encoding="utf-8"))) and head[2]
}


@dataclass(frozen=True)
class Verdict:
    """What a tool says of a program: its errors, and the lengths or shapes it names."""

    errors: tuple[str, ...]
    lengths: tuple[str, ...] = ()


def run(command: list[str], folder: Path) -> str:
    """Run a tool; 0 and 1 are its answers, anything else means that it failed."""
    path = Path(sys.executable).with_name(command[0])
    result = subprocess.run(
        [str(path), *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode in (0, 1), result.stdout + result.stderr
    return result.stdout


def pyrefly(program: Path, folder: Path, *, settings: bool = True) -> Verdict:
    """Ask Pyrefly in a folder of its own, with the settings of `pyrefly init` or without any."""
    assert STUBS.exists(), "Pyrefly's stubs are not there: run `make test`, which gets them."
    copy = Path(shutil.copy(program, folder / "program.py"))
    if settings:
        run(["pyrefly", "init", "--non-interactive"], folder)
    paths = [f"--site-package-path={path}" for path in (STUBS, sysconfig.get_path("purelib"))]
    said = run(["pyrefly", "check", *paths, "--output-format", "json", copy.name], folder)
    found = json.loads(said)["errors"]
    revealed = [one["description"] for one in found if one["name"] == "reveal-type"]
    shapes = [
        re.fullmatch(r"revealed type: Tensor(?:\[\[1, 1, (.+)\]\])?", one) for one in revealed
    ]
    assert len(shapes) == 1
    assert shapes[0], revealed
    return Verdict(
        tuple(one["description"] for one in found if one["severity"] == "error"),
        tuple(filter(None, shapes[0].groups())),
    )


def torchtyc(program: Path) -> Verdict:
    """Ask torchtyc, which imports the program with this Python."""
    options = ["--python", sys.executable, "--format", "json"]
    found = json.loads(run(["torchtyc", "check", *options, str(program)], ROOT))["diagnostics"]
    errors = [one for one in found if one["severity"] == "error"]
    return Verdict(
        tuple(one["message"] for one in errors),
        tuple(one["got"] for one in errors if one["got"]),
    )


def executed(program: Path) -> dict[str, Any] | None:
    """Run a program with the real PyTorch, and return its names, or None where PyTorch raises."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(STUBS)
        try:
            return runpy.run_path(str(program))
        except RuntimeError:
            return None


def length_after(model: Any, length: int) -> int | None:
    """Return the length that comes out of the real layers, or None where they raise."""
    try:
        return model(torch.zeros(1, 1, length)).shape[-1]
    except RuntimeError:
        return None


def words_for_pyrefly(program: Path, folder: Path) -> str:
    """Say in the table's words what Pyrefly makes of a program, and what PyTorch does."""
    said = pyrefly(program, folder)
    names = executed(program)
    if said.errors:
        return f"an error, {'as in PyTorch' if names is None else 'and PyTorch takes it'}"
    [length] = said.lengths
    if names is None:
        named = f" of {MINUS}{length[1:]}" if length.startswith("-") else ""
        return f"a length{named}, where PyTorch raises"
    real = {n: length_after(names["there_and_back"], n) for n in LENGTHS}
    counted = {n: eval(length, {"__builtins__": {}, "L": n}) for n in LENGTHS}
    return f"`{length}`, which is {'right' if counted == real else 'wrong'}"


def words_for_torchtyc(program: Path) -> str:
    """Say in the table's words what torchtyc makes of a program, and which lengths come back."""
    said = torchtyc(program)
    names = executed(program)
    assert names
    after = {n: length_after(names["Pair"](), n) for n in LENGTHS}
    if said.errors:
        assert said.lengths == (f"(1, 1, {after[101]})",)
    verdict = "an error" if said.errors else "accepted"
    comes = "comes back" if after[101] == 101 else "does not come back"
    even = all(after[n] == n for n in LENGTHS if n % 2 == 0)
    return f"{verdict}: 101 {comes}{', though all even lengths do' if even else ''}"


def words(tool: str, program: Path, folder: Path) -> str:
    """Say in the table's words what a tool makes of a program."""
    return words_for_pyrefly(program, folder) if tool == "Pyrefly" else words_for_torchtyc(program)


def changed(program: Path, old: str, new: str, folder: Path) -> Path:
    """Write a copy of a program with another number in it."""
    text = program.read_text(encoding="utf-8")
    assert old in text
    copy = folder / "changed.py"
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def outdated(text: str) -> dict[str, str]:
    """Return the versions that a text names and that are not the pinned ones."""
    pins = "".join(path.read_text(encoding="utf-8") for path in PINS)
    return {
        name: version
        for name, version in NAMED.findall(text)
        if f"\n{name.lower()}=={version}\n" not in pins
    }


def test_every_answer_of_the_table_has_its_program() -> None:
    assert set(PROGRAMS) == set(answers(chapter()))
    assert len(PROGRAMS) == 8


@pytest.mark.parametrize(("tool", "asked"), PROGRAMS, ids=[path.stem for path in PROGRAMS.values()])
def test_table_says_what_is_measured(tool: str, asked: str, tmp_path: Path) -> None:
    assert words(tool, PROGRAMS[tool, asked], tmp_path) == answers(chapter())[tool, asked]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("a_kernel_that_is_too_long", "200", "250", f"a length of {MINUS}149, where PyTorch"),
        ("a_pair_of_any_length", "3, stride", "5, stride", "`2 * ((L - 3) // 2) + 3`, which is"),
        ("a_pair_that_keeps_odd_lengths", "3, stride", "4, stride", "an error: 101 does not"),
    ],
)
def test_other_numbers_are_told_apart(
    name: str, old: str, new: str, expected: str, tmp_path: Path
) -> None:
    program = EDITORS / f"{name}.py"
    [(tool, asked)] = [key for key, path in PROGRAMS.items() if path == program]
    found = words(tool, changed(program, old, new, tmp_path), tmp_path)
    assert found.startswith(expected)
    assert found != answers(chapter())[tool, asked]


def test_without_settings_pyrefly_is_silent_about_two_of_its_errors(tmp_path: Path) -> None:
    asked = [path for (tool, _), path in PROGRAMS.items() if tool == "Pyrefly"]
    found = {}
    for settings in (False, True):
        folder = tmp_path / str(settings)
        folder.mkdir()
        wrong = [path.stem for path in asked if pyrefly(path, folder, settings=settings).errors]
        found[settings] = set(wrong)
    silent = {"a_skip_that_does_not_fit", "same_padding_with_dilation"}
    assert found == {False: {"an_output_size"}, True: {"an_output_size", *silent}}


def test_both_find_a_skip_that_never_fits(tmp_path: Path) -> None:
    for name in ("a_skip_that_never_fits", "an_annotated_skip_that_never_fits"):
        names = executed(EDITORS / f"{name}.py")
        assert names
        skip = names["skip"] if "skip" in names else names["Skip"]()
        assert not any(length_after(skip, n) for n in LENGTHS)
    assert pyrefly(EDITORS / "a_skip_that_never_fits.py", tmp_path).errors
    assert torchtyc(EDITORS / "an_annotated_skip_that_never_fits.py").errors


def test_where_one_length_raises_torchtyc_takes_another_for_all() -> None:
    program = EDITORS / "an_annotated_skip_of_even_lengths.py"
    assert not torchtyc(program).errors
    names = executed(program)
    assert names
    assert [n for n in range(98, 104) if length_after(names["Skip"](), n)] == [98, 100, 102]


def test_torchtyc_counts_from_101() -> None:
    program = EDITORS / "a_pair_that_keeps_odd_lengths.py"
    options = ["--python", sys.executable, f"{program}::Pair.forward"]
    assert "distinct primes starting at 101" in run(["torchtyc", "trace", *options], ROOT)


def test_chapter_names_the_pinned_versions() -> None:
    text = chapter()
    assert {name for name, _ in NAMED.findall(text)} == {
        "Pyrefly",
        "pyrefly-torch-stubs",
        "torchtyc",
    }
    assert not outdated(text)
    older = re.sub(r"(pyrefly-torch-stubs` )[\d.]+\d", r"\g<1>1.3.0", text)
    assert outdated(older) == {"pyrefly-torch-stubs": "1.3.0"}
