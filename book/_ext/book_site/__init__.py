"""The book's Sphinx extension: what no package does for it. The frame is furo."""

import logging

from docutils import nodes
from sphinx.application import Sphinx

from . import address, assets, live, mathematics, pages, search, symbols


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx what the modules do, each what it says in its first line."""
    # Jupyter Book always sets this one, for a package that the book does not load.
    app.add_config_value("comments_config", {}, "")
    app.add_config_value("book_digest", "", "env", str)
    # Of no interest: a read-only home, the one weight of the cards' font, tables without a subset.
    for name in ("matplotlib", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if address.site():
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
    app.add_html_math_renderer("mathml", (mathematics.visit, None), (mathematics.visit, None))
    for part in (nodes.abbreviation, nodes.citation, nodes.label):  # Markdown: what stands in it.
        app.add_node(part, override=True, markdown=(lambda *_: None,) * 2)
    app.connect("config-inited", address.configure)
    app.connect("config-inited", assets.configure)
    app.connect("doctree-read", live.revive)
    app.connect("missing-reference", symbols.resolve)
    app.connect("autodoc-process-signature", symbols.spelled)
    app.connect("html-page-context", pages.complete, priority=400)  # before its card is drawn
    app.connect("build-finished", search.write_index)
    return {"parallel_read_safe": True}
