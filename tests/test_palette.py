"""The palette: what the eye can tell apart, also one that sees fewer colors."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from helpers import palette

VISION = {
    "typical": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Machado, Oliveira and Fernandes 2009, at full severity, for linear RGB."""


def linear(shade: str) -> np.ndarray:
    """Return the linear RGB values of `#rrggbb`."""
    values = np.array([int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    dim, bright = sorted(
        float(linear(shade) @ [0.2126, 0.7152, 0.0722]) for shade in (first, second)
    )
    return (bright + 0.05) / (dim + 0.05)


def distance(first: str, second: str, vision: np.ndarray) -> float:
    """Return how far apart two colors look, in Oklab, to an eye with this vision."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    one, two = (lab @ np.cbrt(lms @ np.clip(vision @ linear(s), 0, 1)) for s in (first, second))
    return float(np.linalg.norm(one - two))


@pytest.mark.parametrize("theme", [palette.light, palette.dark])
def test_every_text_color_stands_out_from_the_paper(theme: Callable[[str], str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for role in (*palette.ROLES, "ink", "muted"):
        assert contrast(theme(role), theme("paper")) >= 4.5, role


@pytest.mark.parametrize("eye", VISION)
@pytest.mark.parametrize("theme", [palette.light, palette.dark])
def test_roles_can_be_told_apart(theme: Callable[[str], str], eye: str) -> None:
    for one, two in itertools.combinations(palette.ROLES, 2):
        assert distance(theme(one), theme(two), VISION[eye]) >= 0.06, (one, two)


def test_red_and_green_of_one_lightness_are_found_out() -> None:
    assert distance("#c03020", "#7a6a10", VISION["deuteranopia"]) < 0.06
    assert distance("#c03020", "#7a6a10", VISION["typical"]) >= 0.06


def test_the_dark_twin_swaps_every_color_once() -> None:
    lights, darks = zip(*palette.PALETTE.values(), strict=True)
    assert len(set(lights)) == len(lights)
    assert palette.dark_twin(" ".join(lights)) == " ".join(darks)
    assert palette.dark_twin("#123456") == "#123456"
