"""The engine that draws what is live when the site is built."""

import subprocess
import sys
from pathlib import Path

import pytest

from book_site import drawing


@pytest.mark.slow
def test_python_ends_in_peace_after_drawing_and_after_an_error(root: Path) -> None:
    # Many drawings, so that the engine has pages of memory to give back when it closes.
    code = """
from book_site import drawing
for length in range(60):
    drawing.markup("playground.js", {"length": length})
try:
    drawing.evaluate("playground.js", "nope()")
except Exception as error:
    kept = error
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=root / "book" / "_ext")


def test_an_engine_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError("no engine on this machine")

    monkeypatch.setattr(drawing, "MiniRacer", refuse)
    engine = drawing.Engine()
    with pytest.raises(OSError, match="no engine on this machine"):
        engine.evaluate("lengths.js", "1")
    engine.close()
