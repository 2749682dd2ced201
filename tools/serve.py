"""Serve the built site on localhost and print its address: `make book`."""

import functools
import http.server
import os
from pathlib import Path

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"


def main() -> None:
    """Serve until interrupted; take the port from PORT, or the next free one from 8000 on."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
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
