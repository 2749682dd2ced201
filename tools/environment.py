"""Set up .venv with the pinned packages, once per change of requirements.txt.

Runs on the system's Python with nothing installed; every other command runs inside .venv.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "requirements.txt"
STAMP = VENV / "set-up-for"
OLDEST_PYTHON = (3, 11)
# On Linux, PyPI's torch brings gigabytes of CUDA libraries; PyTorch's own index has a small one.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def main() -> None:
    """Create .venv where it is missing and fill it where its packages are not the pinned ones."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = (".".join(map(str, v[:2])) for v in (OLDEST_PYTHON, sys.version_info))
        raise SystemExit(
            f"The book needs Python {wanted} or newer, and this is {found} ({sys.executable}). "
            "Name a newer one: make PYTHON=/path/to/python3 book"
        )
    wanted_stamp = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted_stamp:
        return
    if not PYTHON.exists():
        create()
    print("Installing the pinned packages into .venv (a few minutes, once) ...", flush=True)
    install_torch()
    pip("install", "--requirement", str(REQUIREMENTS))
    pip("install", "--no-deps", "--editable", str(ROOT))
    STAMP.write_text(wanted_stamp)


def fingerprint() -> str:
    """Return what .venv must have been set up for to be used as it is."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in (REQUIREMENTS, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def create() -> None:
    """Create .venv, or say in one sentence what the system's Python lacks."""
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit(
            "This Python cannot create virtual environments: on Debian and Ubuntu, "
            "install the package python3-venv and run make again."
        )
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def install_torch() -> None:
    """On Linux try PyTorch's CPU wheel once, shortly; what fails here comes from PyPI later."""
    pinned = re.search(r"^torch==\S+", REQUIREMENTS.read_text(), re.MULTILINE)
    if not (sys.platform == "linux" and pinned):
        return
    tried = pip(
        *("install", "--retries", "0", "--timeout", "15", "--index-url", CPU_INDEX, pinned[0]),
        check=False,
        stderr=subprocess.DEVNULL,
    )
    if tried.returncode:
        print("PyTorch's CPU wheel is out of reach: taking the one on PyPI.", flush=True)


def pip(*args: str, check: bool = True, stderr: int | None = None) -> "subprocess.CompletedProcess":
    """Run .venv's pip, quietly."""
    command = [str(PYTHON), "-m", "pip", *args, "--quiet", "--disable-pip-version-check"]
    return subprocess.run(command, check=check, stderr=stderr)


if __name__ == "__main__":
    main()
