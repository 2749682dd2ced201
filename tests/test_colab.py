"""The cell that begins every chapter: silent elsewhere, and on Colab it installs the package."""

import json
import os
import subprocess
import sys
import threading
import types
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools import colab

CHAPTERS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
OPENED = "https://github.com/somebody/the-book/blob/main/notebooks/02_output_padding.ipynb"


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """Serve what Colab's runtime says about the notebooks that are open."""
    answer = [{"name": "02_output_padding.ipynb", "path": ""}]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode() if self.path == "/api/sessions" else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("COLAB_JUPYTER_IP", "127.0.0.1")
    monkeypatch.setenv("KMP_TARGET_PORT", str(server.server_port))
    yield answer
    server.shutdown()
    server.server_close()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for Colab's module and for pip, and list what they were asked to do."""
    calls: list[Any] = []
    output = types.SimpleNamespace(
        enable_custom_widget_manager=lambda: calls.append("custom widget manager on")
    )
    google, module = types.ModuleType("google"), types.ModuleType("google.colab")
    module.output = output
    monkeypatch.setitem(sys.modules, "google", google)
    monkeypatch.setitem(sys.modules, "google.colab", module)
    monkeypatch.setattr(subprocess, "run", lambda command, check: calls.append(command[-1]))
    monkeypatch.delenv("BOOK_SOURCE", raising=False)
    return calls


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_begins_with_it(path: Path) -> None:
    first = next(c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
    assert first.source == colab.CELL
    assert first.metadata == colab.METADATA
    assert first.outputs == []


@pytest.mark.parametrize("branch", ["main", "my/trunk"])
def test_it_installs_from_where_the_chapter_was_opened(
    branch: str, sessions: list[dict[str, str]], done: list[Any]
) -> None:
    opened = OPENED.replace("/main/", f"/{branch}/")
    sessions[0]["path"] = f"fileId={urllib.parse.quote(opened, safe='')}"
    exec(colab.CELL, {})
    assert done == [
        f"git+https://github.com/somebody/the-book@{branch}",
        "custom widget manager on",
    ]


def test_a_copy_in_drive_asks_where_the_book_is(
    sessions: list[dict[str, str]], done: list[Any]
) -> None:
    sessions[0]["path"] = "fileId=1a2b3c"
    with pytest.raises(SystemExit, match="BOOK_SOURCE"):
        exec(colab.CELL, {})
    assert done == []


def test_a_copy_in_drive_takes_the_source_it_is_given(
    sessions: list[dict[str, str]], done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOK_SOURCE", "git+https://example.org/book")
    exec(colab.CELL, {})
    assert done == ["git+https://example.org/book", "custom widget manager on"]


def test_elsewhere_it_does_nothing() -> None:
    code = f"before = set(globals()); exec({colab.CELL!r}); print(sorted(set(globals()) - before))"
    environment = {name: value for name, value in os.environ.items() if "COLAB" not in name}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert ran.stdout == "['before', 'sys']\n"
