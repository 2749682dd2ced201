"""What the playground opens with: one round trip that misses its length by one sample."""

from typing import Any, Final

__all__ = ["OPENING"]

OPENING: Final[dict[str, Any]] = {
    "mode": "round-trip",
    "length": 100,
    "kernel_size": 3,
    "stride": 2,
    "padding": 1,
    "dilation": 1,
    "output_padding": 0,
}
"""Mode and settings, in the order in which they are asked for."""
