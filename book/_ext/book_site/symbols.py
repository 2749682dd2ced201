"""Links from the API page to the documentation of PyTorch, Python and the widgets, without asking.

Sphinx's own way (intersphinx) downloads an inventory at each build, and this book builds offline.
"""

import builtins

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PYTHON = "https://docs.python.org/3/library"
HOMES = {
    "torch.nn": "https://docs.pytorch.org/docs/stable/generated/{name}.html",
    "torch": "https://docs.pytorch.org/docs/stable/generated/{name}.html",
    "collections.abc": PYTHON + "/collections.abc.html#{name}",
    "typing": PYTHON + "/typing.html#{name}",
    "os": PYTHON + "/os.html#{name}",
    "pathlib": PYTHON + "/pathlib.html#{name}",
    "ipywidgets": "https://ipywidgets.readthedocs.io/en/stable/",
    "anywidget": "https://anywidget.dev/en/getting-started/",
    "matplotlib": "https://matplotlib.org/stable/api/",
}
TYPES = {"int", "str", "bool", "float", "dict", "list", "tuple", "range", "object", "bytes", "type"}


def home(target: str) -> str | None:
    """Return where a name of another package is documented.

    >>> home("torch.nn.Conv1d")
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html'
    >>> home("ValueError")
    'https://docs.python.org/3/library/exceptions.html#ValueError'
    """
    if target == "None":
        return f"{PYTHON}/constants.html#None"
    if target in TYPES:
        page = "stdtypes" if target not in ("object", "type") else "functions"
        return f"{PYTHON}/{page}.html#{target}"
    named = getattr(builtins, target, None)
    if isinstance(named, type) and issubclass(named, BaseException):
        return f"{PYTHON}/exceptions.html#{target}"
    for package in sorted(HOMES, key=len, reverse=True):
        if target.startswith(f"{package}."):
            return HOMES[package].format(name=target)
    return None


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    """Link a Python name that this book does not define to where it is documented."""
    if node.get("refdomain") != "py":
        return None
    address = home(node.get("reftarget", ""))
    if address is None:
        return None
    return nodes.reference("", "", content, internal=False, refuri=address)


def setup(app: Sphinx) -> None:
    """Answer references to names that the book does not define."""
    app.connect("missing-reference", resolve)
