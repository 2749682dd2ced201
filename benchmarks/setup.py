"""What a fresh clone costs: seconds to set up, build and run, and what PyTorch weighs."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remotezip import RemoteZip

ROOT = Path(__file__).resolve().parents[1]
TORCH = re.search(r"^torch==[\w.]+", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
UNDONE = ["--dry-run", "--ignore-installed", "--quiet", "--report", "-", "--only-binary=:all:"]
# The index as everybody has it: no wheels of one machine's own.
PLAIN = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}


def seconds(command: list[str], folder: Path) -> float:
    """Run a command in a folder and return how long it took; what it printed counts if it fails."""
    start = time.perf_counter()
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return time.perf_counter() - start


def builds() -> list[tuple[str, float]]:
    """Time the set-up and the build in a fresh clone, first and with nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        return [
            ("setting up .venv", seconds(["make", "environment"], clone)),
            ("`make html`, cold", seconds(["make", "html"], clone)),
            ("`make html`, nothing changed", seconds(["make", "html"], clone)),
        ]


def chapters() -> list[tuple[str, float]]:
    """Time nbval over each chapter."""
    nbval = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env"]
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return [(path.stem, seconds([*nbval, str(path)], ROOT)) for path in paths]


@dataclass(frozen=True)
class Share:
    """Some of the packages that PyTorch brings: how many, and bytes packed and unpacked."""

    name: str
    wheels: int
    packed: int | None
    unpacked: int


def shares() -> list[Share]:
    """Weigh PyTorch as PyPI has it, on Linux with CUDA, and as it is installed here, without."""
    wheels = {wheel["metadata"]["name"]: weight(wheel) for wheel in torch_wheels()}
    cuda = {name for name in wheels if name.startswith(("nvidia", "cuda", "triton"))}
    rest = wheels.keys() - cuda - {"torch"}

    def share(name: str, members: Collection[str]) -> Share:
        packed, unpacked = (sum(sizes) for sizes in zip(*(wheels[m] for m in members), strict=True))
        return Share(name, len(members), packed, unpacked)

    with_cuda = share("with CUDA, together", wheels)
    needs = share("what else torch needs", rest)
    here = installed("torch")
    return [
        share("torch from PyPI", {"torch"}),
        share("CUDA libraries and Triton", cuda),
        needs,
        with_cuda,
        Share("torch for the CPU, as installed here", 1, None, here),
        Share("without CUDA, together", needs.wheels + 1, None, needs.unpacked + here),
    ]


def torch_wheels() -> list[dict[str, Any]]:
    """Ask pip which wheels PyPI's torch would bring to this machine."""
    assert TORCH
    command = [sys.executable, "-m", "pip", "install", *UNDONE, TORCH[0]]
    report = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | PLAIN
    )
    wheels: list[dict[str, Any]] = json.loads(report.stdout)["install"]
    return wheels


def weight(wheel: dict[str, Any]) -> tuple[int, int]:
    """Return a wheel's bytes packed and unpacked, reading no more of it than its directory."""
    with RemoteZip(wheel["download_info"]["url"]) as archive:
        members = archive.infolist()
    return sum(member.compress_size for member in members), sum(
        member.file_size for member in members
    )


def installed(package: str) -> int:
    """Return how many bytes an installed package has, from its own list of files."""
    files = importlib.metadata.files(package) or []
    return sum(file.size or 0 for file in files)
