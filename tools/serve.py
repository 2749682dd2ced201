"""Serve the built site on localhost and print its address: `make book`."""

import functools
import http.server
import os
from http import HTTPStatus
from pathlib import Path

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"


class Handler(http.server.SimpleHTTPRequestHandler):
    """A file server that answers a wrong address with the book's own page."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send 404.html, whose links begin at the root: it is shown at any depth."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main() -> None:
    """Serve until interrupted; take the port from PORT, or the next free one from 8000 on."""
    handler = functools.partial(Handler, directory=str(SITE))
    first = int(os.environ.get("PORT", "8000"))
    for port in range(first, first + 100):
        try:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
            break
        except OSError:
            continue
    else:
        raise SystemExit(f"No free port between {first} and {first + 99}: set PORT to another one.")
    print(f"The book is at http://localhost:{port} (Ctrl+C stops it).", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
