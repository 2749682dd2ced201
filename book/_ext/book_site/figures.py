"""Figures and other wide things: a dark twin for each SVG, and boxes that scroll on their own."""

import posixpath
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from helpers import palette


class BookTranslator(HTML5Translator):
    """Writes pages as Sphinx does, with twins of figures and tables in boxes that scroll."""

    def visit_image(self, node: nodes.Element) -> None:
        """Write an SVG twice, for light and for dark paper; the style shows the one that fits.

        Figures load when they come into sight, so their size is written beside them: the text
        below, and what a link leads to, must not move.
        """
        before = len(self.body)
        source = node["uri"]
        name = self.builder.images.get(source)
        super().visit_image(node)
        written = "".join(self.body[before:]).replace("<img ", '<img loading="lazy" ', 1)
        drawn = ""
        if name and name.endswith(".svg"):
            drawn = Path(self.builder.srcdir, source).read_text(encoding="utf-8")
            written = written.replace("<img ", f"<img {size(drawn)}", 1)
        if name and palette.dark_twin(drawn) != drawn:
            twin = written.replace(name, dark_name(name))
            written = marked(written, "only-light") + marked(twin, "only-dark")
        self.body[before:] = [written]

    def visit_citation(self, node: nodes.citation) -> None:
        """Open an entry of the bibliography as an item of its list: ARIA gave up its own role."""
        before = len(self.body)
        super().visit_citation(node)
        opened = "".join(self.body[before:]).replace("doc-biblioentry", "listitem")
        self.body[before:] = [opened]

    def visit_table(self, node: nodes.Element) -> None:
        """Open a box that scrolls sideways, so that the page does not."""
        self.body.append('<div class="table-box">')
        super().visit_table(node)

    def depart_table(self, node: nodes.Element) -> None:
        """Close the box."""
        super().depart_table(node)
        self.body.append("</div>\n")


def marked(image: str, name: str) -> str:
    """Add a class to an image."""
    if 'class="' in image:
        return image.replace('class="', f'class="{name} ', 1)
    return image.replace("<img ", f'<img class="{name}" ', 1)


def dark_name(name: str) -> str:
    """Return the file name of a figure's dark twin."""
    stem, suffix = posixpath.splitext(name)
    return f"{stem}.dark{suffix}"


def size(drawn: str) -> str:
    """Return the attributes that tell an SVG's size in pixels.

    >>> size('<svg width="72pt" height="36pt" viewBox="0 0 72 36">')
    'width="96" height="48" '
    """
    found = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', drawn)
    if found is None:
        return ""
    width, height = (round(float(points) * 96 / 72) for points in found.groups())
    return f'width="{width}" height="{height}" '


def write_twins(app: Sphinx, exception: Exception | None) -> None:
    """Draw the dark twin of each figure that has changed."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir, "_images")
    recipe = Path(palette.__file__).stat().st_mtime
    for figure in folder.glob("*.svg"):
        if figure.stem.endswith(".dark"):
            continue
        twin = figure.with_name(dark_name(figure.name))
        newest = max(recipe, figure.stat().st_mtime)
        if twin.exists() and twin.stat().st_mtime >= newest:
            continue
        drawn = figure.read_text(encoding="utf-8")
        if palette.dark_twin(drawn) != drawn:
            twin.write_text(palette.dark_twin(drawn), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Draw the twins when the figures are in place."""
    app.connect("build-finished", write_twins)
