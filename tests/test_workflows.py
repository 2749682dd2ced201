"""The workflows, checked by their published schema and by a linter, with the network cut off."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMA = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
LINTER = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--persona", "pedantic"]


def run(command: list[str], *paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)


def test_there_are_workflows() -> None:
    assert [path.stem for path in WORKFLOWS] == ["test", "weekly"]


@pytest.mark.slow
@pytest.mark.parametrize("command", [SCHEMA, LINTER], ids=["schema", "linter"])
def test_workflows_pass(command: list[str]) -> None:
    result = run(command, *WORKFLOWS)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
def test_schema_can_fail(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yml"
    faulty.write_text("on: push\njobs:\n  a:\n    steps: 3\n", encoding="utf-8")
    assert run(SCHEMA, faulty).returncode != 0


def test_linter_can_fail(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    faulty = folder / "faulty.yml"
    faulty.write_text(
        "on: pull_request_target\n"
        "jobs:\n  a:\n    runs-on: ubuntu-latest\n"
        "    steps:\n      - uses: actions/checkout@v4\n",
        encoding="utf-8",
    )
    assert run(LINTER, faulty).returncode != 0
