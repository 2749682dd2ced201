"""Sphinx's HTML builder, less the files that this book does not use."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from . import assets, figures, pages


class BookBuilder(StandaloneHTMLBuilder):
    """Writes the landing page as the site's index, and no scripts and styles but the book's."""

    search = False
    copysource = False
    default_translator_class = figures.BookTranslator

    def init_css_files(self) -> None:
        """Use no stylesheet of an extension: assets.py makes the one that there is."""
        self._css_files = []

    def init_js_files(self) -> None:
        """Use no script of an extension."""
        self._js_files = []

    def add_css_file(self, filename: str, **kwargs: Any) -> None:
        """Ignore what an extension adds to every page."""

    def add_js_file(self, filename: str, **kwargs: Any) -> None:
        """Ignore what an extension adds to every page."""

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return a page's address: the landing page is the index of the site."""
        return super().get_target_uri("index" if docname == self.config.root_doc else docname, typ)

    def get_outfilename(self, pagename: str) -> str:
        """Return a page's file, under the same name as its address."""
        return super().get_outfilename("index" if pagename == self.config.root_doc else pagename)

    def copy_static_files(self) -> None:
        """Write the book's own files instead of the theme's and the extensions'."""
        assets.write(Path(self.outdir, "_static"), Path(self.doctreedir, "fonts"))

    def update_page_context(
        self, pagename: str, templatename: str, ctx: dict[str, Any], event_arg: Any
    ) -> None:
        """Add what the book's templates show."""
        pages.complete(self, pagename, ctx, event_arg)

    def gen_additional_pages(self) -> None:
        """Write the pages that have no document: search and the one for wrong addresses."""
        search = {
            "title": "Search",
            "description": "Search every section of the book: the words of PyTorch's error"
            " messages, the names of layers and their settings, shapes and lengths.",
        }
        lost = {
            "title": "This page does not exist",
            "description": "No page of the book has this address. The first page and the search"
            " lead to what you were looking for.",
        }
        self.handle_page("search", search, "search.html")
        self.handle_page("404", lost, "404.html")


def setup(app: Sphinx) -> None:
    """Build pages with the book's builder."""
    app.add_builder(BookBuilder, override=True)
