"""Formulas as MathML, written at build time: no script, no other host, nothing to wait for."""

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.writers.html5 import HTML5Translator


def visit(self: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """Write a formula as MathML, within a line or on a line of its own."""
    tag, display = ("span", "inline") if isinstance(node, nodes.math) else ("div", "block")
    drawn = convert(node.astext().strip(), display=display)
    drawn = drawn.replace(r"\_", "_")  # latex2mathml keeps the backslash within \text
    drawn = re.sub("<mo>(max|min|log|exp|gcd|lcm|ker|dim|rank)</mo>", r"<mi>\1</mi>", drawn)
    drawn = re.sub("<mi>(&#x027E[89];)</mi>", r'<mo stretchy="false">\1</mo>', drawn)
    self.body.append(f'<{tag} class="math-{display}">{drawn}</{tag}>')
    raise nodes.SkipNode
