"""The cell that begins every chapter: silent elsewhere, and on Colab it installs the package."""

import json
import sys
import threading
import types
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

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
def shell() -> InteractiveShell:
    """Return a shell as notebooks have one, which keeps no history of what runs in it."""
    return InteractiveShell(config=Config(HistoryManager={"enabled": False}))


@pytest.fixture
def done(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for Colab's module, for pip and for whoever is asked, and list what was done."""
    calls: list[str] = []

    def answer(prompt: str) -> str:
        calls.append(prompt)
        return "https://example.org/book"

    google, module = types.ModuleType("google"), types.ModuleType("google.colab")
    google.colab = module
    module.output = types.SimpleNamespace(
        enable_custom_widget_manager=lambda: calls.append("custom widget manager on")
    )
    module._message = types.SimpleNamespace(blocking_request=lambda what: None)
    monkeypatch.setitem(sys.modules, "google", google)
    monkeypatch.setitem(sys.modules, "google.colab", module)
    monkeypatch.setattr("builtins.input", answer)
    shell.register_magic_function(lambda line: calls.append(f"pip {line}"), magic_name="pip")
    return calls


def run(shell: InteractiveShell) -> None:
    """Run the cell as a notebook does, and let what it raises through."""
    shell.run_cell(colab.CELL).raise_error()


def installed(source: str) -> list[str]:
    return [f"pip install --quiet git+{source}", "custom widget manager on"]


def test_it_fits_into_the_box_that_github_shows() -> None:
    assert max(map(len, colab.CELL.splitlines())) <= 80


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_begins_with_it(path: Path) -> None:
    first = next(c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
    assert first.source == colab.CELL
    assert first.metadata == colab.METADATA
    assert first.outputs == []


@pytest.mark.parametrize("branch", ["main", "my/trunk"])
def test_it_installs_from_where_the_chapter_was_opened(
    branch: str, sessions: list[dict[str, str]], shell: InteractiveShell, done: list[str]
) -> None:
    opened = OPENED.replace("/main/", f"/{branch}/")
    sessions[0]["path"] = f"fileId={urllib.parse.quote(opened, safe='')}"
    run(shell)
    assert done == installed(f"https://github.com/somebody/the-book@{branch}")


def test_a_copy_in_drive_remembers_where_it_was_copied_from(
    sessions: list[dict[str, str]],
    shell: InteractiveShell,
    done: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions[0]["path"] = "fileId=1a2b3c"
    metadata = {"colab": {"provenance": [{"file_id": OPENED, "timestamp": 1669093216189}]}}
    link = "https://github.com/another/model/blob/main/notebooks/train.ipynb"
    copied = {"ipynb": {"cells": [{"source": [f"[this]({link})"]}], "metadata": metadata}}
    monkeypatch.setattr(
        sys.modules["google.colab"]._message, "blocking_request", {"get_ipynb": copied}.get
    )
    run(shell)
    assert done == installed("https://github.com/somebody/the-book@main")


def test_a_file_that_was_uploaded_asks_where_the_book_is(
    sessions: list[dict[str, str]], shell: InteractiveShell, done: list[str]
) -> None:
    sessions[0]["path"] = "fileId=1a2b3c"
    run(shell)
    assert done == ["The book's repository: ", *installed("https://example.org/book")]


def test_elsewhere_it_does_nothing(shell: InteractiveShell) -> None:
    before = set(shell.user_ns)
    run(shell)
    assert set(shell.user_ns) - before == {"sys"}
