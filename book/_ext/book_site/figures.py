"""A dark twin for each figure, drawn in the dark colors of the palette."""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from helpers import palette


class BookTranslator(HTML5Translator):
    """Writes pages as Sphinx does, but for figures and a role that ARIA has given up."""

    def visit_image(self, node: nodes.Element) -> None:
        """Write an SVG twice, for light and for dark paper; furo's style shows the one that fits.

        Figures load when they come into sight, so their size is written beside them: the text
        below, and what a link leads to, must not move.
        """
        before, source = len(self.body), node["uri"]
        name = Path(self.builder.images.get(source, ""))
        super().visit_image(node)
        if name.suffix != ".svg":
            return
        drawn = Path(self.builder.srcdir, source).read_text(encoding="utf-8")
        twin = Path(self.builder.outdir, "_images", f"{name.stem}.dark.svg")
        twin.parent.mkdir(parents=True, exist_ok=True)
        twin.write_text(palette.dark_twin(drawn), encoding="utf-8")
        opened = f'<img class="only-light" loading="lazy" {size(drawn)}'
        light = "".join(self.body[before:]).replace("<img ", opened, 1)
        dark = light.replace("only-light", "only-dark", 1).replace(name.name, twin.name)
        self.body[before:] = [light, dark]

    def visit_citation(self, node: nodes.citation) -> None:
        """Open an entry of the bibliography as an item of its list."""
        before = len(self.body)
        super().visit_citation(node)
        opened = "".join(self.body[before:]).replace("doc-biblioentry", "listitem")
        self.body[before:] = [opened]


def size(drawn: str) -> str:
    """Return the attributes that tell an SVG's size in pixels.

    >>> size('<svg width="72pt" height="36pt" viewBox="0 0 72 36">')
    'width="96" height="48" '
    """
    found = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', drawn)
    width, height = (
        (round(float(points) * 96 / 72) for points in found.groups()) if found else (0, 0)
    )
    return f'width="{width}" height="{height}" ' if found else ""


def setup(app: Sphinx) -> None:
    """Write pages with the book's translator."""
    app.set_translator("html", BookTranslator)
