"""What is live on a page: the outputs of notebooks that a call made, and in prose a block `live`.

A notebook stores a picture and the call that made it, such a block holds a call; the site draws
the living state that the call names.
"""

import re
from functools import partial
from typing import Any

from docutils import nodes
from sphinx.addnodes import only
from sphinx.application import Sphinx

from helpers import designer

from . import address, drawing

CALL = re.compile(r"(Playground|SelfCheck|Designer)\(.*\)$", re.MULTILINE)


def drawn(module: str, **state: Any) -> nodes.Node:
    """Return the state that a page opens with, which the module brings to life."""
    return only("", nodes.raw("", drawing.static_html(module, state), format="html"), expr="html")


def revive(app: Sphinx, document: nodes.document) -> None:
    """Put what is live in place of the calls, and of the pictures that are stored with them."""
    home, line = (app.config.html_context[name] for name in ("home", "line"))
    # Where a reader asks PyTorch itself what the designer does not answer.
    ways = address.buttons(home, line, "notebooks/your_model.ipynb")[:-1]
    ways.append(("its page", "../notebooks/your_model.html"))
    runs = [{"words": words, "url": url} for words, url in ways]
    makers = {
        "Playground": partial(drawn, "playground.js"),
        "SelfCheck": lambda *kinds, **state: drawn("self_check.js", kinds=kinds, **state),
        "Designer": lambda: drawn("designer.js", **designer.opening(), ways=runs),
    }
    for block in list(document.findall(nodes.literal_block)):
        if not (call := CALL.match(block.astext())):
            continue
        if block.get("language") == "live":
            block.replace_self(eval(call[0], makers))
        elif block.parent.get("mime_type") == "text/plain":
            words = only("", nodes.literal_block(text=block.astext().strip()), expr="markdown")
            block.parent.parent.replace_self([eval(call[0], makers), words])
