"""The environment: made once, filled when its packages change, made anew where it does not fit."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import environment


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for venv and pip, and list what they were asked to do."""
    done: list[str] = []

    def create(venv: Path) -> None:
        done.append("create")
        for name in ("bin/python", "Scripts/python.exe"):
            (venv / name).parent.mkdir(parents=True, exist_ok=True)
            (venv / name).touch()

    monkeypatch.setattr(environment, "create", create)
    monkeypatch.setattr(environment, "install_torch", lambda *args: None)
    monkeypatch.setattr(environment, "pip", lambda python, *args: done.append(args[-1]))
    monkeypatch.setattr(environment, "install_listed", lambda *args: done.append(str(args[-1])))
    return done


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    listed = tmp_path / "requirements.txt"
    listed.write_text("a==1\n", encoding="utf-8")
    return listed


def test_it_is_made_once_and_filled_when_the_list_changes(
    calls: list[str], requirements: Path, tmp_path: Path
) -> None:
    filled = [str(requirements), str(environment.ROOT)]
    for expected in (["create", *filled], []):
        environment.set_up(tmp_path / "venv", requirements)
        assert calls == expected
        calls.clear()
    requirements.write_text("a==2\n", encoding="utf-8")
    environment.set_up(tmp_path / "venv", requirements)
    assert calls == filled


def test_another_python_makes_it_anew(
    calls: list[str], requirements: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.set_up(tmp_path / "venv", requirements)
    calls.clear()
    monkeypatch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
    environment.set_up(tmp_path / "venv", requirements)
    assert calls[0] == "create"


def test_a_folder_that_moved_makes_it_anew(
    calls: list[str], requirements: Path, tmp_path: Path
) -> None:
    environment.set_up(tmp_path / "here" / "venv", requirements)
    calls.clear()
    (tmp_path / "here").rename(tmp_path / "there")
    environment.set_up(tmp_path / "there" / "venv", requirements)
    assert calls[0] == "create"


def test_an_interrupted_one_is_filled_where_it_is(
    calls: list[str], requirements: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(environment, "install_torch", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            environment.set_up(tmp_path / "venv", requirements)
    calls.clear()
    environment.set_up(tmp_path / "venv", requirements)
    assert calls == [str(requirements), str(environment.ROOT)]


def test_whoever_waits_sees_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "requirements.txt"
    listed.write_text("pytest==0\n" * 60, encoding="utf-8")
    pip = tmp_path / "pip.py"  # Speaks as pip does, and fails.
    pip.write_text("print('Collecting a\\n' * 60 + 'Installing collected packages: a'); 1 / 0")
    with pytest.MonkeyPatch.context() as patched:
        popen = subprocess.Popen
        patched.setattr(
            subprocess, "Popen", lambda command, **more: popen([sys.executable, str(pip)], **more)
        )
        with pytest.raises(SystemExit, match=r"what requirements\.txt lists"):
            environment.install_listed(Path(sys.executable), listed)
    assert capsys.readouterr().out.splitlines() == [
        "25 of about 60 packages ...",
        "50 of about 60 packages ...",
        "All are here; unpacking them ...",
    ]


@pytest.mark.parametrize(("listed", "whole"), [("torch==2.13.0\n", False), ("a==1\n", True)])
def test_a_list_without_pytorch_is_taken_at_its_word(
    listed: str, whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    popen = subprocess.Popen

    def listen(command: list[str], **more: Any) -> subprocess.Popen[str]:
        asked.extend(command)
        return popen([sys.executable, "-c", ""], **more)

    monkeypatch.setattr(subprocess, "Popen", listen)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(listed, encoding="utf-8")
    environment.install_listed(Path("python"), requirements)
    assert ("--no-deps" in asked) == whole


def test_what_was_in_an_older_one_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run  # Without pip it takes a second instead of ten.
    monkeypatch.setattr(
        subprocess, "run", lambda command, check: run([*command, "--without-pip"], check=check)
    )
    venv = tmp_path / "venv"
    (venv / "lib").mkdir(parents=True)
    (venv / "lib" / "left-over").touch()
    (venv / "pyvenv.cfg").touch()
    environment.create(venv)
    assert not (venv / "lib" / "left-over").exists()
    assert "home" in (venv / "pyvenv.cfg").read_text(encoding="utf-8")


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    (theirs / "pyvenv.cfg").touch()
    ours.symlink_to(theirs)
    with pytest.raises(SystemExit, match="ours is a link to"):
        environment.create(ours)
    assert (theirs / "pyvenv.cfg").exists()


def test_chromium_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools import chromium

    monkeypatch.setenv("CHROMIUM", "/no/such/program")
    with pytest.raises(SystemExit, match="/no/such/program"):
        chromium.find()


@pytest.mark.parametrize(
    ("listed", "reachable", "asked"),
    [
        ("torch==2.13.0\n", {"cpu"}, ["cpu torch==2.13.0"]),
        ("torch==2.13.0\n", set(), ["cpu torch==2.13.0"]),  # The whole list brings it.
        ("numpy==2.4.6\n", {"nightly", "cpu"}, ["nightly --pre torch"]),
        ("numpy==2.4.6\n", {"cpu"}, ["nightly --pre torch", "cpu --pre torch"]),
        ("numpy==2.4.6\n", set(), ["nightly --pre torch", "cpu --pre torch", "PyPI --pre torch"]),
    ],
)
def test_pytorch_comes_from_its_own_index_if_that_answers(
    listed: str,
    reachable: set[str],
    asked: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = []
    names = {environment.CPU_INDEX: "cpu", environment.NIGHTLY_INDEX: "nightly"}

    def pip(python: Path, *args: str, must_work: bool = True) -> int:
        index = names[args[args.index("--index-url") + 1]] if "--index-url" in args else "PyPI"
        wanted = args[-2:] if "--pre" in args else args[-1:]
        done.append(" ".join((index, *wanted)))
        return 0 if index in reachable else 1

    monkeypatch.setattr(environment, "pip", pip)
    monkeypatch.setattr(sys, "platform", "linux")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(listed, encoding="utf-8")
    environment.install_torch(Path("python"), requirements)
    assert done == asked
