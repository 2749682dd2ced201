"""The book's colors, one for each role: figures, playground and prose all take them from here.

Every color of a role stands out from the paper by a contrast of at least 4.5 (WCAG 2 AA for
text), and any two roles stay apart for readers with protanopia, deuteranopia or tritanopia:
tests/test_palette.py measures both.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["PALETTE", "ROLES", "dark", "dark_twin", "light"]

ROLES: Final = ("input", "kernel", "output", "padding", "output_padding", "unread", "cropped")
"""The seven roles that a sample can play, in the order in which legends name them."""

PALETTE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "input": ("#0d4490", "#5f9af4"),
        "kernel": ("#ad5d00", "#ffa01f"),
        "output": ("#0a8166", "#74efa0"),
        "padding": ("#4e5861", "#a6a8aa"),
        "output_padding": ("#9335b5", "#ecbcff"),
        "unread": ("#93240c", "#f25431"),
        "cropped": ("#2e220c", "#87847f"),
        "ink": ("#1c2128", "#e6e9ed"),
        "muted": ("#57606a", "#a9b3bd"),
        "paper": ("#ffffff", "#121212"),
        "grid": ("#d5dbe1", "#3a424c"),
    }
)
"""Role to (color on light paper, color on dark paper), in `#rrggbb`."""

TWINS: Final = dict(PALETTE.values())


def light(role: str) -> str:
    """Return the color of a role on light paper.

    >>> light("input")
    '#0d4490'
    """
    return PALETTE[role][0]


def dark(role: str) -> str:
    """Return the color of a role on dark paper.

    >>> dark("input")
    '#5f9af4'
    """
    return PALETTE[role][1]


def dark_twin(svg: str) -> str:
    """Return an SVG drawn with the light colors, redrawn with the dark ones.

    >>> dark_twin('<path fill="#0d4490" stroke="#ffffff"/>')
    '<path fill="#5f9af4" stroke="#121212"/>'
    """
    return re.sub(r"#[0-9a-f]{6}\b", lambda found: TWINS.get(found[0], found[0]), svg)
