"""Signatures as the code spells them, with links to the documentation of Python and PyTorch.

Sphinx's own way to link (intersphinx) downloads an inventory at each build, and this book builds
offline.
"""

import ast
import builtins
import inspect
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PYTHON = "https://docs.python.org/3/library"
HOMES = {
    "anywidget": "https://anywidget.dev/en/getting-started/",
    "collections.abc": PYTHON + "/collections.abc.html#{name}",
    "fractions": PYTHON + "/fractions.html#{name}",
    "ipywidgets": "https://ipywidgets.readthedocs.io/en/stable/",
    "matplotlib.axes": "https://matplotlib.org/stable/api/axes_api.html",
    "numpy": "https://numpy.org/doc/stable/reference/typing.html",
    "types": PYTHON + "/types.html#{name}",
    "torch": "https://docs.pytorch.org/docs/stable/generated/{name}.html",
    "typing": PYTHON + "/typing.html#{name}",
}
FUNCTIONS = ("object", "type")
ELSEWHERE = {"mappingproxy": "types.MappingProxyType", "t.Any": "typing.Any"}
"""Names that Sphinx writes for others."""


def home(name: str) -> str | None:
    """Return where a name of another package is documented.

    >>> home("torch.nn.modules.conv.Conv1d")
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html'
    >>> home("ValueError")
    'https://docs.python.org/3/library/exceptions.html#ValueError'
    """
    if name.startswith("torch.nn.modules."):
        name = f"torch.nn.{name.rpartition('.')[2]}"
    known = getattr(builtins, name.removeprefix("builtins."), None)
    if known is not None or name == "None":
        name = name.removeprefix("builtins.")
        if known is None:
            return f"{PYTHON}/constants.html#None"
        if isinstance(known, type) and issubclass(known, BaseException):
            return f"{PYTHON}/exceptions.html#{name}"
        return f"{PYTHON}/{'functions' if name in FUNCTIONS else 'stdtypes'}.html#{name}"
    for package, address in HOMES.items():
        if name.startswith(f"{package}."):
            return address.format(name=name)
    return None


def meant(name: str, module: str) -> Any:
    """Return what a name means in a module of the helpers, or None.

    >>> meant("nn.Conv1d", "helpers.layers").__name__
    'Conv1d'
    >>> meant("nonsense", "helpers.layers")
    """
    if name.startswith("helpers."):
        module, _, name = name.rpartition(".")
    if not module.startswith("helpers"):
        return None
    home = import_module(module)
    parts = [f"{module}.{part.name}" for part in iter_modules(getattr(home, "__path__", []))]
    for place in (home, *map(import_module, parts)):
        found: Any = place
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    return None


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """Link a Python name to where it is documented; leave an alias of the helpers as it is."""
    if node.get("refdomain") != "py":
        return None
    target = str(node.get("reftarget", ""))
    target = ELSEWHERE.get(target, target)
    found = meant(target, str(node.get("py:module") or ""))
    full = f"{getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}"
    address = home(target) or home(full)
    if address is not None:
        return nodes.reference("", "", content, internal=False, refuri=address)
    return content if found is not None else None


def spelled(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, given: str | None, back: str | None
) -> tuple[str, str] | None:
    """Return a function's signature as its source spells it, aliases not taken apart."""
    thing = inspect.unwrap(thing)
    if what not in ("function", "method") or not inspect.isfunction(thing):
        return None
    function: Any = parsed(inspect.getfile(thing))
    for part in thing.__qualname__.split("."):
        function = next((n for n in function.body if getattr(n, "name", "") == part), None)
        if function is None:
            return None
    arguments = function.args
    for first in (arguments.posonlyargs + arguments.args)[:1] if what == "method" else []:
        (arguments.posonlyargs or arguments.args).remove(first)
    returned = ast.unparse(function.returns) if function.returns else ""
    return f"({ast.unparse(arguments)})", returned.strip("'")


@cache
def parsed(file: str) -> ast.Module:
    """Return a source file as a tree."""
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def setup(app: Sphinx) -> None:
    """Answer references to names that the book does not define."""
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-signature", spelled)
