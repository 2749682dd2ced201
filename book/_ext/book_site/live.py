"""What is live on a page: the outputs of notebooks that a call made, and two directives.

A notebook stores a picture and the call that made it; the site draws the living state that the
call names. On a prose page stand the directives `designer` and `playground`, with its settings.
"""

import re
from functools import partial
from typing import Any, ClassVar

from docutils import nodes
from sphinx.addnodes import only
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from helpers import designer
from helpers.playground import SETTINGS
from helpers.sizes import OPTIONAL

from . import address, drawing

NOTEBOOK = "notebooks/your_model.ipynb"
"""Where a reader asks PyTorch itself what the designer does not answer."""


def drawn(module: str, **state: Any) -> nodes.Node:
    """Return the state that a page opens with, which the module brings to life."""
    return only("", nodes.raw("", drawing.static_html(module, state), format="html"), expr="html")


MAKERS = {
    "Playground": partial(drawn, "playground.js"),
    "SelfCheck": lambda *kinds, **state: drawn("self_check.js", kinds=kinds, **state),
}
"""What the calls that notebooks store make alive."""


class PlaygroundDirective(SphinxDirective):
    """A playground in the mode given, with the numbers given as options."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(SETTINGS, int)

    def run(self) -> list[nodes.Node]:
        """Draw it."""
        state = {**OPTIONAL, "mode": self.arguments[0], **self.options}
        return [drawn("playground.js", **state)]


class DesignerDirective(SphinxDirective):
    """The layer designer, with the example and the models that it opens with."""

    def run(self) -> list[nodes.Node]:
        """Draw it with the ways to ask PyTorch."""
        known = self.config.html_context
        ways = address.buttons(known["home"], known["line"], NOTEBOOK)
        runs = [{"words": words, "url": url} for words, url in ways if words != "Source"]
        page = {"words": "its page", "url": "../notebooks/your_model.html"}
        return [drawn("designer.js", **designer.opening(), ways=[*runs, page])]


def revive(app: Sphinx, document: nodes.document) -> None:
    """Put what is live in place of the pictures that are stored of it."""
    for part in list(document.findall(nodes.container)):
        call = re.match(r"(Playground|SelfCheck)\(.*\)$", part.astext().strip(), re.MULTILINE)
        if call and part.get("mime_type") == "text/plain":
            words = only("", nodes.literal_block(text=part.astext().strip()), expr="markdown")
            part.parent.replace_self([eval(call[0], MAKERS), words])
