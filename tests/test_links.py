"""What `make links` asks the world, on a small world that answers in all ways that matter."""

import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SETTINGS = Path(__file__).resolve().parents[1] / "tools" / "linkcheckerrc"
# As root it would become nobody, who may not be let into the book's folder.
CHECK = (
    "import os; os.geteuid = lambda: 1\n"
    "from linkcheck.command.linkchecker import linkchecker; linkchecker()"
)
ANSWERS = {"/fine": 200, "/kept-out": 403, "/gone": 404, "/broken": 500}
BINDER = "https://mybinder.org/v2/gh/some-one/book/main"


@pytest.fixture
def world() -> Iterator[str]:
    """Serve pages that are fine, out of bounds, gone and broken, and yield their host."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(ANSWERS.get(self.path, 404))
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def checked(site: Path, links: list[str]) -> tuple[int, list[str]]:
    """Check a site of two pages, the links on the second, and return code and what is broken."""
    inner = "".join(f'<a href="{link}">{number}</a>' for number, link in enumerate(links))
    (site / "index.html").write_text('<title>1</title><a href="two.html">2</a>', encoding="utf-8")
    (site / "two.html").write_text(f"<title>2</title>{inner}", encoding="utf-8")
    command = [sys.executable, "-c", CHECK, "--config", str(SETTINGS), str(site / "index.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, re.findall(r"^URL +`(.+)'$", done.stdout, re.MULTILINE)


def test_links_that_lead_somewhere_pass(world: str, tmp_path: Path) -> None:
    links = ["index.html", f"{world}/fine#place", f"{world}/kept-out", BINDER]
    assert checked(tmp_path, links) == (0, [])


def test_links_that_lead_nowhere_are_named(world: str, tmp_path: Path) -> None:
    links = [f"{world}/fine", f"{world}/gone#place", "nowhere.html", f"{world}/broken"]
    code, found = checked(tmp_path, links)
    assert code == 1
    assert sorted(found) == sorted(links[1:])
