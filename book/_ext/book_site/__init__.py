"""The book's Sphinx extension: what no package does for it. The frame is furo.

Each module does one thing, which it says in its first line, and brings its own `setup`.
"""

import os
from pathlib import Path

from sphinx.application import Sphinx

from . import address, assets, live, mathematics, pages, search, symbols


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the book's modules to Sphinx."""
    if not os.access(Path.home(), os.W_OK):
        # matplotlib, which the API page imports, wants a place to keep what it knows of fonts.
        os.environ.setdefault("MPLCONFIGDIR", str(Path(app.doctreedir, "matplotlib")))
    # Jupyter Book always sets this one, for a package that the book does not load.
    app.add_config_value("comments_config", {}, "")
    for module in (address, assets, mathematics, pages, live, symbols, search):
        module.setup(app)
    return {"parallel_read_safe": True}
