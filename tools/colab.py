"""The hidden cell that begins every chapter and does something on Colab only."""

# A notebook that was opened from GitHub tells where it came from by the runtime's sessions, a copy
# in Drive by its own metadata, and one that was uploaded not at all.
CELL = r"""
# Only on Colab: install the book's package from where this chapter came from.
import sys

if "google.colab" in sys.modules:
    import os, re, urllib.parse, urllib.request
    from google import colab

    url = "http://{COLAB_JUPYTER_IP}:{KMP_TARGET_PORT}/api/sessions"
    opened = urllib.request.urlopen(url.format_map(os.environ)).read().decode()
    home = r"[Ii]d\W+(https://github\.com/[^/]+/[^/]+)/blob/(.+?)/notebooks/"
    found = re.search(home, urllib.parse.unquote(opened)) or re.search(
        home, str(colab._message.blocking_request("get_ipynb")))
    book = found.expand(r"\1@\2") if found else input("The book's repository: ")
    %pip install --quiet git+{book}
    colab.output.enable_custom_widget_manager()
""".strip()
METADATA = {"jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
