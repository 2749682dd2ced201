"""What the project says of itself: one version, a citation that is valid, and no address."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ["--builtin-schema", "vendor.citation-file-format"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def is_valid(citation: Path) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", *SCHEMA, str(citation)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_citation_is_valid(tmp_path: Path) -> None:
    assert is_valid(ROOT / "CITATION.cff")
    faulty = tmp_path / "CITATION.cff"
    faulty.write_text("cff-version: 1.2.0\ntitle: No author\n", encoding="utf-8")
    assert not is_valid(faulty)


def test_version_and_authors_are_the_same_everywhere() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert PROJECT["version"] == CITATION["version"] == newest[1]
    assert PROJECT["authors"] == CITATION["authors"]
    site = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert site["author"] == PROJECT["authors"][0]["name"]


def test_both_licenses_are_named_and_there() -> None:
    assert PROJECT["license"] == " AND ".join(CITATION["license"])
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])
    assert len(PROJECT["license-files"]) == len(CITATION["license"])


def test_make_lists_every_command() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]+):", text, re.MULTILINE)) - {"help"}
    shown = re.findall(r'^\t@echo "make ([a-z-]+) +(.*)"', text, re.MULTILINE)
    listed = {name for name, _ in shown} | set(re.findall(r"\((\w+):", str(shown)))
    assert listed == targets
    assert set(" ".join(re.findall(r"^\.PHONY: (.+)", text, re.MULTILINE)).split()) == {
        "help",
        *targets,
    }
