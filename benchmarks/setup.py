"""What a fresh clone costs: seconds to set up, build and run, and megabytes to download."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TORCH = re.search(r"^torch==[\w.]+", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
UNDONE = ["--dry-run", "--ignore-installed", "--quiet", "--report", "-", "--only-binary=:all:"]
# The index as everybody has it: no wheels of one machine's own.
PLAIN = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}


def seconds(command: list[str], folder: Path) -> float:
    """Run a command in a folder and return how long it took."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
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


def downloads() -> list[tuple[str, int, int]]:
    """Weigh PyTorch's wheels on Linux as PyPI has them: name, how many wheels, bytes."""
    assert TORCH
    report = subprocess.run(
        [sys.executable, "-m", "pip", "install", *UNDONE, TORCH[0]],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | PLAIN,
    )
    wheels = json.loads(report.stdout)["install"]
    sizes = {wheel["metadata"]["name"]: size(wheel["download_info"]["url"]) for wheel in wheels}
    cuda = {name for name in sizes if name.startswith(("nvidia", "cuda", "triton"))}
    rest = sizes.keys() - cuda - {"torch"}
    groups = {"torch": {"torch"}, "CUDA libraries and Triton": cuda, "what else torch needs": rest}
    return [
        (name, len(members), sum(sizes[member] for member in members))
        for name, members in groups.items()
    ]


def installed(package: str) -> int:
    """Return how many bytes an installed package has, from its own list of files."""
    files = importlib.metadata.files(package) or []
    return sum(file.size or 0 for file in files)


def size(url: str) -> int:
    """Return how many bytes a registry says a file has."""
    request = urllib.request.Request(url, method="HEAD")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.headers["Content-Length"])
