"""The JavaScript tools: installed once per change of their list, and able to find a fault."""

import json
from pathlib import Path

import pytest

from helpers import frontend
from tools import javascript

FAULTY = """// Called with words, and a name that nobody uses.
const unused = 1;
export const half = Math.sqrt("two");
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a folder with the book's configuration and one module that has every fault."""
    javascript.set_up()
    for name in ("biome.json", "tsconfig.json"):
        settings = json.loads((javascript.ROOT / name).read_text(encoding="utf-8"))
        if "vcs" in settings:
            settings["vcs"]["enabled"] = False  # There is no repository around it.
        (tmp_path / name).write_text(json.dumps(settings), encoding="utf-8")
    module = tmp_path / "src" / "helpers" / "browser" / "ui" / "faulty.js"
    module.parent.mkdir(parents=True)
    module.write_text(FAULTY, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((javascript.BIOME, "lint", "--error-on-warnings"), "noUnusedVariables"),
        ((javascript.TYPESCRIPT,), "is not assignable to parameter of type 'number'"),
    ],
    ids=["lint", "types"],
)
def test_a_fault_is_found(
    command: tuple[str, ...], words: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert javascript.run(*command, folder=folder) != 0
    assert words in "".join(capfd.readouterr())


def test_the_packages_are_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    lock = tmp_path / "package-lock.json"
    lock.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(javascript, "LOCK", lock)
    monkeypatch.setattr(javascript, "PACKAGES", tmp_path)
    monkeypatch.setattr(javascript, "npm", lambda arguments, cwd: calls.append(arguments[0]))
    for expected in (["ci"], ["ci"]):
        javascript.set_up()
        assert calls == expected
    lock.write_text('{"packages": {}}', encoding="utf-8")
    javascript.set_up()
    assert calls == ["ci", "ci"]


def test_what_is_made_of_python_is_written_for_the_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(javascript, "GENERATED", tmp_path)
    javascript.write_generated()
    written = {path.name for path in javascript.BROWSER.rglob("*.js")}
    needed = {part for name in written for part in frontend.scripts(name)}
    assert {path.name for path in tmp_path.iterdir()} == needed - written
