"""What is live on a page: the outputs of notebooks that a call made, and three directives.

A notebook stores a playground or a self-check as a picture and the call that made it. The site
draws the living state that the call names in its place. On a prose page stand the directives
`playground`, `self-check` and `designer`:

    ```{playground} round-trip
    :length: 100
    :kernel_size: 3
    :stride: 2
    :padding: 1
    ```

The drawn state is in the page before any script runs; it comes from the same JavaScript.
"""

import ast
import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from helpers import designer
from helpers.opening import OPENING
from helpers.playground import MODES, SETTINGS
from helpers.sizes import OPTIONAL

from . import address, drawing

NOTEBOOK = "notebooks/your_model.ipynb"
"""Where a reader asks PyTorch itself what the designer does not answer."""

MODULES = {"playground": "playground.js", "self-check": "self_check.js", "designer": "designer.js"}


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
        chosen = mode(self.arguments[0]) if self.arguments else OPENING["mode"]
        state = {**OPTIONAL, "mode": chosen, **self.options}
        return [Live(kind="playground", state=state)]


class SelfCheckDirective(SphinxDirective):
    """Questions of the kinds given as arguments."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Keep the kinds for the writer."""
        return [Live(kind="self-check", state={"kinds": self.arguments[0].split()})]


class DesignerDirective(SphinxDirective):
    """The layer designer, with the example and the models that it opens with."""

    def run(self) -> list[nodes.Node]:
        """Leave the drawing to the writer."""
        config = self.env.config
        ways = address.buttons(config.book_repository, config.book_branch, NOTEBOOK)
        runs = [{"words": words, "url": url} for words, url in ways if words != "Source"]
        page = {"words": "its page", "url": "../notebooks/your_model.html"}
        return [Live(kind="designer", state={**designer.opening(), "ways": [*runs, page]})]


def revive(app: Sphinx, document: nodes.document) -> None:
    """Put what is live in place of the pictures that are stored of it."""
    for output in list(document.findall(nodes.container)):
        if output.get("nb_element") != "mime_bundle":
            continue
        parts = [part for part in output.children if isinstance(part, nodes.container)]
        text = next((part for part in parts if part.get("mime_type") == "text/plain"), None)
        if text is not None and (live := called(text.astext())):
            output.replace_self(live)


def called(text: str) -> Live | None:
    """Return what a stored call makes alive, or None where it makes nothing.

    >>> called("SelfCheck('conv-length', seed=1)")["state"]
    {'kinds': ['conv-length'], 'seed': 1}
    """
    line = text.strip().partition("\n")[0]
    if not re.match(r"(Playground|SelfCheck)\(.*\)$", line):
        return None
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    named = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    if line.startswith("Playground("):
        return Live(kind="playground", state=named)
    kinds = [ast.literal_eval(kind) for kind in call.args]
    return Live(kind="self-check", state={"kinds": kinds, **named})


def visit_live(self: HTML5Translator, node: Live) -> None:
    """Draw the state that the page opens with."""
    self.body.append(drawing.static_html(MODULES[node["kind"]], node["state"]))
    raise nodes.SkipNode


def skip(self: Any, node: Live) -> None:
    """Leave it out where nothing can be live."""
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the three directives, and draw what notebooks store."""
    app.add_node(Live, html=(visit_live, None), text=(skip, None), latex=(skip, None))
    app.connect("doctree-read", revive)
    app.add_directive("playground", PlaygroundDirective)
    app.add_directive("self-check", SelfCheckDirective)
    app.add_directive("designer", DesignerDirective)
