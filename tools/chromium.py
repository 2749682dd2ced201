"""Find a Chromium, or get one: `make chromium`, which runs before whatever needs a browser."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium-headless-shell",  # without windows and what belongs to them: half the time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def find() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, one on the PATH, or Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        if (path := shutil.which(named)) is None:
            raise SystemExit(f"CHROMIUM is {named!r}, and no program is there.")
        return path
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next(filter(os.path.exists, PLACES), None) or playwrights_own()


def playwrights_own() -> str | None:
    """Return the Chromium that `playwright install chromium` has put there, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def arguments() -> list[str]:
    """Return what Chromium has to be started with: as root it runs without its sandbox only."""
    return ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []


def main() -> None:
    """Make sure that there is one, or say in a sentence what to do."""
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if find() is None:
        raise SystemExit(
            "A browser is needed, Chromium; none was found and none could be installed: "
            "install Chromium or Chrome, or set CHROMIUM to the path of its program."
        )


if __name__ == "__main__":
    main()
