"""The hidden cell that begins every chapter and does something on Colab only."""

CELL = r"""
# On Colab only: install the book's package from the repository that this chapter came from.
import sys

if "google.colab" in sys.modules:
    import json, os, re, subprocess, urllib.parse, urllib.request
    from google.colab import output

    sessions = "http://{COLAB_JUPYTER_IP}:{KMP_TARGET_PORT}/api/sessions".format_map(os.environ)
    opened = urllib.parse.unquote(json.load(urllib.request.urlopen(sessions))[0]["path"])
    found = re.search(r"github\.com/([^/]+/[^/]+)/blob/(.+)/notebooks/", opened)
    repository = "git+https://github.com/{}@{}".format(*found.groups()) if found else ""
    source = os.environ.get("BOOK_SOURCE", repository)
    if not source:
        raise SystemExit("Open this chapter from GitHub, or set BOOK_SOURCE to its repository.")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)
    output.enable_custom_widget_manager()
""".strip()
METADATA = {"jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
