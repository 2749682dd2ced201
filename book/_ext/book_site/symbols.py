"""Signatures as the code spells them, with links to the documentation of Python and PyTorch.

Sphinx's own way to link (intersphinx) downloads an inventory at each build, and this book builds
offline.
"""

import ast
import inspect
from textwrap import dedent
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

PYTHON, TORCH = "https://docs.python.org/3/library/", "https://docs.pytorch.org/docs/stable/"
HOMES = {
    PYTHON + "constants.html#{}": "None",
    PYTHON + "functions.html#{}": "bool float int object type",
    PYTHON + "stdtypes.html#{}": "dict list range set str tuple",
    PYTHON + "exceptions.html#{}": "AssertionError MemoryError TimeoutError TypeError ValueError",
    PYTHON + "collections.abc.html#collections.abc.{}": "Callable Collection Iterable Iterator"
    " Mapping Sequence",
    PYTHON + "fractions.html#fractions.{}": "Fraction",
    PYTHON + "types.html#types.MappingProxyType": "MappingProxyType mappingproxy",
    PYTHON + "typing.html#typing.{}": "Any Final Literal Self SupportsIndex Unpack",
    TORCH + "generated/torch.nn.{}.html": "AvgPool1d Conv1d ConvTranspose1d LPPool1d MaxPool1d"
    " Module Sequential",
    TORCH + "tensors.html": "Tensor",
    "https://matplotlib.org/stable/api/axes_api.html": "Axes",
    "https://numpy.org/doc/stable/reference/typing.html": "ArrayLike",
}
"""Where the names in signatures are documented, but for aliases, which _config.yml lists."""
ADDRESSES = {name: home.format(name) for home, names in HOMES.items() for name in names.split()}


def resolve(app: Sphinx, env: Any, node: Any, content: Any) -> nodes.reference | None:
    """Link a Python name to where it is documented."""
    found = ADDRESSES.get(node["reftarget"].rpartition(".")[2])
    return nodes.reference("", "", content, internal=False, refuri=found) if found else None


def spelled(app: Sphinx, what: str, name: str, thing: Any, *given: Any) -> tuple[str, str] | None:
    """Return a function's signature as its source spells it, aliases not taken apart."""
    thing = inspect.unwrap(thing)
    if not inspect.isfunction(thing):
        return None
    function = ast.parse(dedent(inspect.getsource(thing))).body[0]
    assert isinstance(function, ast.FunctionDef)
    if what == "method":
        del (function.args.posonlyargs or function.args.args)[:1]
    returned = ast.unparse(function.returns) if function.returns else ""
    return f"({ast.unparse(function.args)})", returned.strip("'")
