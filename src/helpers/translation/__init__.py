"""Rules written in Python, translated to JavaScript for the browser.

A rule is a plain function, or a dataclass with derived properties, over integers, texts, None,
lists, and dictionaries with texts for keys. That small part of Python is translated by its syntax
tree, statement by statement; whatever lies outside it raises `UntranslatableError` with file and
line, which stops the build of a site or a widget. The part is:

* functions, generators, lambdas; frozen dataclasses with properties, methods and one base;
* assignments, also to several names and with `:=`; if, for, while, try with one except, raise;
* whole numbers with `+ - * // % **`, of which all that goes beyond `2**53` raises in the browser.
  What says `float(...)` is counted in floats. A constant may be larger, to be compared and printed;
* comparisons, also chained; `in`, and, or, not, conditional expressions, comprehensions;
* f-strings without formats (`!r` excepted), and what FUNCTIONS and METHODS name.

Left out is an `if` that begins with `type(...) is`: a short cut for what Python alone has to tell
apart, where the rest of the function comes to the same.

In JavaScript functions are named in camelCase, all else keeps its name. Keyword-only arguments
become one object, the last argument. A list and a tuple are both an array, a dictionary is an
object. Only what the browser needs is translated: what its modules import, and what that uses. The
helpers that the translation uses, and what each language has to do for itself, are in
browser/rules/builtins.js.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from helpers.translation.modules import Definition, Module, Rules, UntranslatableError, camel_case
from helpers.translation.names import BUILTINS
from helpers.translation.statements import Statements

__all__ = ["BUILTINS", "UntranslatableError", "camel_case", "translate"]


def translate(folder: Path, wanted: Iterable[tuple[str, str]], builtins: str) -> dict[str, str]:
    """Return JavaScript modules by name, one for each Python module that something is wanted of.

    Args:
        folder: Where the Python modules of the rules are.
        wanted: Pairs of a JavaScript module and a name that it has to export, such as lengths.js
            and conv1dOutputLength.
        builtins: The text of builtins.js. What that defines is not translated.

    Raises:
        UntranslatableError: For Python outside the part described above, and for unknown names.
    """
    found = re.findall(r"^export (?:const|function\*?) (\w+)", builtins, re.MULTILINE)
    rules = Rules(folder, frozenset(found), _written)
    for module, name in wanted:
        rules.want(rules.module(module.removesuffix(".js")), name)
    return rules.written()


def _written(rules: Rules, module: Module, definition: Definition) -> str:
    return Statements(rules, module).definition(definition)
