"""What a page gets when it is written: description, buttons, dark twins, scripts if it is live."""

import re
import textwrap
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from helpers import frontend, palette, self_check

from . import address

ASKED = re.compile(r'data-kind="([a-z0-9-]+)"')
IMAGE = re.compile(r'<img ([^>]*src="[^"]*_images/([^"]+\.svg)"[^>]*)>')
LIVE = re.compile(r'data-module="([\w.]+)"')
NUMBER = re.compile(r'<span class="section-number">.*?</span>')
SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')
UNUSED = re.compile(r"doctools|sphinx_highlight|mystnb")
"""What other extensions add to each page, and this book does not use."""


def opening(tree: nodes.document) -> str:
    """Return the first paragraph of a page that says of itself no more, as a description."""
    texts = (" ".join(paragraph.astext().split()) for paragraph in tree.findall(nodes.paragraph))
    return textwrap.shorten(next(text for text in texts if len(text) > 50), 158, placeholder=" …")


def complete(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Complete a page: its scripts for every one, the rest if it has a source."""
    for kind in ("script_files", "css_files"):
        context[kind][:] = [file for file in context[kind] if not UNUSED.search(str(file.filename))]
    for file in context["script_files"]:
        file.attributes["defer"] = ""  # else each is fetched when the one before it has run
    if tree is None:
        return
    sources = {file: Path(app.srcdir, source) for source, file in app.builder.images.items()}

    def twins(image: re.Match[str]) -> str:
        # For light and for dark paper; furo's style shows the one that fits. They load when they
        # come into sight, and their size is known before: what stands below must not move.
        drawn = sources[image[2]].read_text(encoding="utf-8")
        points = SIZE.findall(drawn)[0]
        width, height = (round(float(number) * 96 / 72) for number in points)
        target = Path(app.outdir, "_images", image[2]).with_suffix(".dark.svg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(palette.dark_twin(drawn), encoding="utf-8")
        size = f'width="{width}" height="{height}"'
        light = f'<img class="only-light" loading="lazy" {size} {image[1]}>'
        return light + light.replace("only-light", "only-dark").replace(image[2], target.name)

    # ARIA has given up the role that docutils gives to an entry of the bibliography.
    context["body"] = IMAGE.sub(twins, context["body"]).replace("doc-biblioentry", "listitem")
    context["body"] = context["body"].replace('href="errors.ipynb#', 'href="errors.html#')
    context["title"] = NUMBER.sub("", context["title"])
    meta = context["meta"] = context["meta"] or {}
    meta["og:description"] = meta.get("description") or opening(tree)
    if context["sourcename"].endswith(".ipynb"):
        context["buttons"] = address.buttons(context["home"], context["line"], f"{name}.ipynb")
    modules = sorted(set(LIVE.findall(context["body"])))
    unasked = self_check.unasked(ASKED.findall(context["body"]))
    for module in [*modules, "mount.js"] if modules else []:
        for sheet in frontend.sheets(module):
            app.add_css_file(sheet)
        for part in frontend.scripts(module):
            if part not in unasked:
                app.add_js_file(part, defer="")
