"""The book's Sphinx extension: a small theme of its own, and what turns chapters into pages.

Each module does one thing and brings its own `setup`:

- `repository`   where the book lives: its address, branch, Binder and Colab
- `mathematics`  formulas as MathML, written at build time
- `fonts`        subsets of the fonts that installed packages bring
- `figures`      a dark twin for each SVG, tables and code in boxes of their own
- `assets`       one stylesheet, and scripts only on the pages that need them
- `live`         the directives `playground`, `self-check` and `designer`
- `symbols`      links from the API page to PyTorch's and Python's documentation
- `pages`        what the templates show: contents, titles, descriptions, buttons, policy
- `published`    canonical links, social cards and a sitemap, where the address is known
- `cards`        the pictures that go with shared links
- `builder`      Sphinx's HTML builder, less what the book does not use
- `search`       the index that the search box reads
"""

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import assets, builder, figures, live, mathematics, pages, published, search, symbols

THEME = Path(__file__).resolve().parents[2] / "_theme"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the book's modules to Sphinx."""
    if not os.access(Path.home(), os.W_OK):
        # matplotlib, which the API page imports, wants a place to keep what it knows of fonts.
        os.environ.setdefault("MPLCONFIGDIR", str(Path(app.doctreedir, "matplotlib")))
    app.add_html_theme("book", str(THEME))
    # Jupyter Book always sets this one, for a package that the book does not load.
    app.add_config_value("comments_config", {}, "")
    for module in (assets, builder, mathematics, figures, live, symbols, pages, published, search):
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
