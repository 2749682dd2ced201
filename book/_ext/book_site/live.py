"""The directives `playground`, `self-check` and `designer`: what is live on a prose page.

    ```{playground} round-trip
    :length: 100
    :kernel_size: 3
    :stride: 2
    :padding: 1
    ```

The drawn state is in the page before any script runs; it comes from the same JavaScript.
"""

from dataclasses import MISSING, fields
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from helpers import designer, frontend
from helpers.playground import MODES, SETTINGS
from helpers.sizes import ConvTranspose1dSizes

DEFAULTS = {
    field.name: field.default
    for field in fields(ConvTranspose1dSizes)
    if field.default is not MISSING
}


class Live(nodes.General, nodes.Element):
    """A playground, a self-check or the designer, drawn when the page is written."""


def mode(argument: str) -> str:
    """Return the playground's mode, or say which there are."""
    return str(directives.choice(argument, MODES))


class PlaygroundDirective(SphinxDirective):
    """A playground with the numbers given as options."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(SETTINGS, int)

    def run(self) -> list[nodes.Node]:
        """Keep mode and numbers for the writer."""
        chosen = mode(self.arguments[0]) if self.arguments else "round-trip"
        return [Live(kind="playground", settings={"mode": chosen, **self.options})]


class SelfCheckDirective(SphinxDirective):
    """Questions of the kinds given as arguments."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Keep the kinds for the writer."""
        return [Live(kind="self-check", kinds=self.arguments[0].split())]


class DesignerDirective(SphinxDirective):
    """The layer designer, with the example and the models that it opens with."""

    def run(self) -> list[nodes.Node]:
        """Leave the drawing to the writer."""
        return [Live(kind="designer")]


def visit_live(self: HTML5Translator, node: Live) -> None:
    """Draw the state that the page opens with."""
    self.body.append(drawn(node))
    raise nodes.SkipNode


def drawn(node: Live) -> str:
    """Return the drawn state, as a notebook's cell stores it."""
    if node["kind"] == "playground":
        return frontend.static_html("playground.js", {**DEFAULTS, **node["settings"]})
    if node["kind"] == "designer":
        return designer.html()
    return frontend.static_html("self_check.js", {"kinds": node["kinds"]})


def skip(self: Any, node: Live) -> None:
    """Leave it out where nothing can be live."""
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the three directives."""
    app.add_node(Live, html=(visit_live, None), text=(skip, None), latex=(skip, None))
    app.add_directive("playground", PlaygroundDirective)
    app.add_directive("self-check", SelfCheckDirective)
    app.add_directive("designer", DesignerDirective)
