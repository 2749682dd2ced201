"""The book's figures: functions that take data and an optional `ax`, and return the `ax`.

One module for each theme: `from helpers.figures import rows`. The style and the colors that all of
them share are here.
"""

from helpers.figures.style import SMALL, WIDTH, axes, color, decorate, tint, use_style

__all__ = ["SMALL", "WIDTH", "axes", "color", "decorate", "tint", "use_style"]
