"""Set up a virtual environment with the pinned packages, once per change of their list.

An environment that belongs to another Python, or that was moved here from another folder, is
made anew.

Runs on the system's Python with nothing installed; every other command runs inside .venv.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST_PYTHON = (3, 11)
# On Linux, PyPI's torch brings gigabytes of CUDA libraries; PyTorch's own index has a small one.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NIGHTLY_INDEX = CPU_INDEX.replace("/cpu", "/nightly/cpu")


def main() -> None:
    """Create .venv where it is missing or of no use, and fill it with the pinned packages."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = (".".join(map(str, v[:2])) for v in (OLDEST_PYTHON, sys.version_info))
        raise SystemExit(
            f"The book needs Python {wanted} or newer, and this is {found} ({sys.executable}). "
            "Name a newer one: make PYTHON=/path/to/python3 book"
        )
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements.txt")
    options = parser.parse_args()
    set_up(options.venv.absolute(), options.requirements)


def set_up(venv: Path, requirements: Path) -> None:
    """Create the environment and fill it; touch nothing where it is as it should be."""
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = venv / "set-up-for"
    found = stamp.read_text(encoding="utf-8").splitlines() if stamp.exists() else []
    owner = f"Python {sys.version_info[0]}.{sys.version_info[1]} in {venv}"
    wanted = [owner, digest(requirements)]
    if python.exists() and found == wanted:
        return
    if not python.exists() or found[:1] != [owner]:
        create(venv)
        stamp.write_text(owner, encoding="utf-8")  # It can be filled from here on, if interrupted.
    say(f"Installing packages into {venv.name}: about five minutes, once.")
    install_torch(python, requirements)
    install_listed(python, requirements)
    say("The book's own package ...")
    pip(python, "install", "--no-deps", "--editable", str(ROOT))
    stamp.write_text("\n".join(wanted), encoding="utf-8")


def digest(requirements: Path) -> str:
    """Return what changes whenever the packages do."""
    files = (requirements, ROOT / "pyproject.toml")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def create(venv: Path) -> None:
    """Create the environment, or say in one sentence what the system's Python lacks.

    An older environment in the same folder goes, whatever is in it; one behind a link stays.
    """
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit(
            "This Python cannot create virtual environments: on Debian and Ubuntu, "
            "install the package python3-venv and run make again."
        )
    if venv.is_symlink():
        raise SystemExit(
            f"{venv.name} is a link to {venv.resolve()}, which belongs to another folder and would "
            "be emptied: remove the link and run make again."
        )
    older = ["--clear"] if (venv / "pyvenv.cfg").exists() else []
    subprocess.run([sys.executable, "-m", "venv", *older, str(venv)], check=True)


def install_torch(python: Path, requirements: Path) -> None:
    """On Linux try PyTorch's CPU wheel once, shortly; what fails here comes from PyPI later.

    A list without PyTorch wants the newest there is, a nightly build if possible.
    """
    listed = requirements.read_text(encoding="utf-8")
    pinned = re.search(r"^torch==[\w.]+", listed, re.MULTILINE)
    if pinned and sys.platform != "linux":
        return
    say("PyTorch, the largest of them ...")
    short = ("--retries", "0", "--timeout", "15")
    wanted = (pinned[0],) if pinned else ("--pre", "torch")
    for index in (CPU_INDEX,) if pinned else (NIGHTLY_INDEX, CPU_INDEX):
        if not pip(python, "install", *short, "--index-url", index, *wanted, must_work=False):
            return
    say("PyTorch's CPU wheel is out of reach: taking the one on PyPI.")
    if not pinned:
        pip(python, "install", *wanted)


def install_listed(python: Path, requirements: Path) -> None:
    """Install the packages of a list, and say how far it is.

    A list without PyTorch, which is here by then, is whole: what its packages ask of each other
    was overridden when it was made, and pip would refuse it (Jupyter Book 1.x wants Sphinx 7).
    """
    listed = requirements.read_text(encoding="utf-8")
    total = listed.count("==")
    whole = [] if re.search(r"^torch==", listed, re.MULTILINE) else ["--no-deps"]
    command = [str(python), "-m", "pip", "install", *whole, "--requirement", str(requirements)]
    quiet = ("--progress-bar", "off", "--disable-pip-version-check")
    with subprocess.Popen([*command, *quiet], stdout=subprocess.PIPE, text=True) as process:
        found = 0
        for line in process.stdout or ():
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                found += 1
                if found % 25 == 0:
                    say(f"{found} of about {total} packages ...")
            elif line.startswith("Installing collected packages"):
                say("All are here; unpacking them ...")
    if process.returncode:
        raise SystemExit(f"pip could not install what {requirements.name} lists: see above.")


def say(words: str) -> None:
    """Print at once, so that whoever waits sees what for."""
    print(words, flush=True)


def pip(python: Path, *args: str, must_work: bool = True) -> int:
    """Run an environment's pip, quietly, and return its exit code."""
    command = [str(python), "-m", "pip", *args, "--quiet", "--disable-pip-version-check"]
    errors = None if must_work else subprocess.DEVNULL
    return subprocess.run(command, check=must_work, stderr=errors).returncode


if __name__ == "__main__":
    main()
