"""The book's Sphinx extension: what no package does for it. The frame is furo.

Each module does one thing and brings its own `setup`:

- `address`      where the book and its site live, and what hangs on it: buttons, sitemap, 404
- `assets`       the palette, the policy, and scripts only on the pages that need them
- `fonts`        subsets of the fonts that installed packages bring
- `mathematics`  formulas as MathML, written at build time
- `figures`      a dark twin for each SVG
- `live`         the directives `playground`, `self-check` and `designer`
- `symbols`      links from the API page to PyTorch's and Python's documentation
- `search`       the index that the search box reads
"""

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import address, assets, figures, live, mathematics, search, symbols


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the book's modules to Sphinx."""
    if not os.access(Path.home(), os.W_OK):
        # matplotlib, which the API page imports, wants a place to keep what it knows of fonts.
        os.environ.setdefault("MPLCONFIGDIR", str(Path(app.doctreedir, "matplotlib")))
    # Jupyter Book always sets this one, for a package that the book does not load.
    app.add_config_value("comments_config", {}, "")
    for module in (address, assets, mathematics, figures, live, symbols, search):
        module.setup(app)
    return {"parallel_read_safe": True}
