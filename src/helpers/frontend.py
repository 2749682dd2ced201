"""The book's ES modules, made ready for two places: widgets and static pages.

Each module in `helpers/browser` is plain JavaScript with imports and exports of one strict form,
so that a few lines here replace a build step:

* `bundle` joins a module and what it imports into one ES module, for anywidget;
* `classic` turns a module into a classic script, which also loads on pages opened from disk.

Both leave out the lines of comments, an eighth of what a page would load.
"""

import functools
import json
import re
from pathlib import Path

from helpers import translation
from helpers.palette import PALETTE

__all__ = [
    "bundle",
    "classic",
    "imports",
    "modules",
    "palette_css",
    "scripts",
    "sheets",
    "source",
    "stylesheet",
]

IMPORT = re.compile(
    r'^import \{(\s*\w+(?:\s*,\s*\w+)*,?\s*)\} from "\.{1,2}/(?:[\w.]+/)*(\w+\.js)";$', re.MULTILINE
)
EXPORT = re.compile(r"^export (?:(function\*?|const) (\w+)|default (?=\{))", re.MULTILINE)
# Lines of comments only, which pages do without.
COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)
SIGNATURES = "torch_signatures.js"
# A statement, and not a name in a table or of a method.
LEFT_OVER = re.compile(r"^\s*(?:import|export)\b\s*[\w{*\"'].*$", re.MULTILINE)


def source(name: str) -> str:
    """Return the text of a file in a folder of `helpers/browser`, or of a rule made of Python.

    >>> source("lengths.js").splitlines()[0]
    '// Made of lengths.py by helpers.translation.'
    """
    if path := _files().get(name):
        return path.read_text(encoding="utf-8")
    return _signatures() if name == SIGNATURES else _rules()[name]


def modules() -> list[str]:
    """Return the names of all modules, those made of Python included."""
    written = (name for name in _files() if name.endswith(".js"))
    return sorted([*written, *_rules(), SIGNATURES])


@functools.cache
def _files() -> dict[str, Path]:
    """Return the files of all folders of `helpers/browser` by their names."""
    found: dict[str, Path] = {}
    for path in sorted((Path(__file__).parent / "browser").rglob("*.*s*")):
        if found.setdefault(path.name, path) != path:
            raise ValueError(f"{path.name} is there twice: {found[path.name]} and {path}")
    return found


@functools.cache
def _rules() -> dict[str, str]:
    """Return the rules that the browser needs, translated from the Python beside this file.

    What it needs is what the modules in the folders import and is in none of them.
    """
    files = _files()
    wanted = [
        (module, name)
        for path in files.values()
        for names, module in IMPORT.findall(path.read_text(encoding="utf-8"))
        if module not in files and module != SIGNATURES
        for name in re.findall(r"\w+", names)
    ]
    builtins = files[translation.BUILTINS].read_text(encoding="utf-8")
    return translation.translate(Path(__file__).parent, wanted, builtins)


@functools.cache
def _signatures() -> str:
    """Return what the layers of torch.nn take. Only the designer asks, and this loads torch."""
    from helpers import torch_signatures

    return torch_signatures.module()


def stylesheet(name: str) -> str:
    """Return the text of the named module's stylesheets, with the palette before them."""
    return palette_css() + "".join(map(source, sheets(name)))


def bundle(name: str) -> str:
    """Return one ES module that holds the named module and all that it imports.

    >>> bundle("playground.js").splitlines()[-1]
    'export default bookModules["playground.js"].default;'
    """
    parts = [f"bookModules[{json.dumps(part)}] = {_closed(part)};\n" for part in scripts(name)]
    last = f"export default bookModules[{json.dumps(name)}].default;\n"
    return "const bookModules = {};\n" + "".join(parts) + last


def classic(name: str) -> str:
    """Return the named module as a classic script, which registers itself in `bookModules`.

    What the module imports has to be loaded before it, as a script of its own.

    >>> classic("lengths.js").split(" = ")[0]
    '(globalThis.bookModules ??= {})["lengths.js"]'
    """
    return f"(globalThis.bookModules ??= {{}})[{json.dumps(name)}] = {_closed(name, root=True)};\n"


def imports(name: str) -> list[str]:
    """Return the modules that the named module itself imports.

    >>> imports("picture.js")
    ['elements.js', 'numerals.js']
    """
    return list(dict.fromkeys(found[2] for found in IMPORT.finditer(source(name))))


def scripts(name: str) -> list[str]:
    """Return the named module and all that it needs, each after what it needs itself.

    >>> scripts("picture.js")
    ['elements.js', 'numerals.js', 'picture.js']
    """
    found: list[str] = []

    def need(part: str) -> None:
        if part not in found:
            for other in imports(part):
                need(other)
            found.append(part)

    need(name)
    return found


def sheets(name: str) -> list[str]:
    """Return the stylesheets of the named module and of all that it needs, in their order.

    A module's stylesheet has the module's name.

    >>> sheets("playground.js")
    ['panel.css', 'playground.css']
    """
    named = [f"{part.removesuffix('.js')}.css" for part in scripts(name)]
    return [sheet for sheet in named if sheet in _files()]


def palette_css() -> str:
    """Return the palette as CSS variables, light and dark, for the site and for notebooks."""
    light, dark = (
        "".join(f"--book-{role.replace('_', '-')}:{pair[i]};" for role, pair in PALETTE.items())
        for i in range(2)
    )
    chosen = (
        'html[data-theme="dark"],html[theme="dark"],body[data-jp-theme-light="false"],'
        'body[data-vscode-theme-kind="vscode-dark"]'
    )
    unsaid = (
        "html:not([data-theme],[theme]) body:not([data-jp-theme-light],[data-vscode-theme-kind])"
    )
    return (
        f":root{{{light}}}\n{chosen}{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{{unsaid}{{{dark}}}}}\n"
    )


def _closed(name: str, *, root: bool = False) -> str:
    """Return the module as an expression: a function called at once that returns its exports."""
    registry = "globalThis.bookModules" if root else "bookModules"
    exports: list[str] = []

    def imported(found: re.Match[str]) -> str:
        names = " ".join(found[1].split())
        # A page loads only the questions that it asks.
        absent = " ?? {}" if root and name == "questions.js" else ""
        return f'const {{ {names} }} = {registry}["{found[2]}"]{absent};'

    def exported(found: re.Match[str]) -> str:
        exports.append(found[2] or "default: byDefault")
        return f"{found[1]} {found[2]}" if found[2] else "const byDefault = "

    body = EXPORT.sub(exported, IMPORT.sub(imported, COMMENT.sub("", source(name))))
    if found := LEFT_OVER.search(body):
        raise ValueError(f"{name}: only simple imports and exports are understood, got {found[0]}")
    return f'(() => {{\n"use strict";\n{body}return {{ {", ".join(exports)} }};\n}})()'
