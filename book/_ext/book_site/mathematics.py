"""Formulas as MathML, written at build time: no script, no other host, nothing to wait for."""

import re
from functools import cache

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

MARKUP = "<>&"
"""What stays an entity, so that a formula's `<` does not open a tag."""


@cache
def mathml(latex: str, *, display: bool) -> str:
    """Return a formula as MathML."""
    drawn = convert(latex.strip(), display="block" if display else "inline")
    drawn = re.sub(r"&#x([0-9A-F]+);", plain_character, drawn)
    drawn = drawn.replace(r"\_", "_")  # latex2mathml keeps the backslash within \text
    drawn = re.sub(r"<mo>(max|min|log|exp|gcd|lcm|ker|dim|rank)</mo>", r"<mi>\1</mi>", drawn)
    drawn = re.sub("<mi>([⟨⟩])</mi>", r'<mo stretchy="false">\1</mo>', drawn)
    return drawn.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def plain_character(entity: re.Match[str]) -> str:
    """Return the character that an entity stands for, unless it would be markup."""
    character = chr(int(entity[1], 16))
    return entity[0] if character in MARKUP else character


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(f'<span class="math">{mathml(node.astext(), display=False)}</span>')
    raise nodes.SkipNode


def visit_displayed_math(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number and anchor if it has a label."""
    anchor = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    drawn = mathml(node.astext(), display=True)
    self.body.append(f'<div class="math-block"{anchor}>{drawn}{number}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Make MathML the way in which pages show formulas."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displayed_math, None))
