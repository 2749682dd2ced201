"""How each kind of layer is undone: the layers that lead back to the length before it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from helpers.kinds import PADS, SAMPLES, Settings, Signal, conv_sizes, pool_sizes

__all__ = ["Undone", "cropping", "stretched", "undo"]

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Undone:
    """A layer that leads back.

    Attributes:
        kind: The name of its class in torch.nn.
        settings: Its arguments by name.
        why: Where its numbers come from, in words.
    """

    kind: str
    settings: dict[str, Any]
    why: str


def undo(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone] | None:
    """Return what leads back to the signal before a layer, or None if the layer keeps its shape.

    >>> [up] = undo("MaxPool1d", {"kernel_size": 2}, Signal(8, 48), Signal(8, 24)) or []
    >>> up.settings["scale_factor"]  # 24 * 2 = 48
    2
    >>> undo("ReLU", {}, Signal(8, 48), Signal(8, 48))

    Args:
        kind: The name of the layer's class in torch.nn.
        settings: Its arguments, of a convolution also its channels and bias.
        before: The signal that went in; an nn.GLU along the channels asks it for these.
        after: The signal that came out.
    """
    rule = RULES.get(kind)
    return None if rule is None else rule(kind, settings, before, after)


def cropping(left: int, right: int, why: str) -> list[Undone]:
    """Return the layer that adds zeros on both sides, or crops where it is negative, if needed."""
    if left == 0 and right == 0:
        return []
    return [Undone("ConstantPad1d", {"padding": (left, right), "value": 0.0}, why)]


def stretched(times: int) -> list[Undone]:
    """Return the layer that makes `times` samples of each, if needed."""
    if times <= 1:
        return []
    settings = {"size": None, "scale_factor": times, "mode": "nearest"}
    return [Undone("Upsample", settings, f"each sample becomes {times} again")]


def _swapped(settings: Settings, before: Signal) -> dict[str, Any]:
    """Return the settings that a convolution shares with the one that undoes it."""
    inward = before.channels if settings["in_channels"] is None else settings["in_channels"]
    return {
        "in_channels": settings["out_channels"],
        "out_channels": 1 if inward is None else inward,
        "kernel_size": settings["kernel_size"],
        "stride": settings["stride"],
        "padding": settings["padding"],
        "dilation": settings["dilation"],
        "groups": settings["groups"],
        "bias": settings["bias"],
        "padding_mode": "zeros",
    }


def _conv(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    sizes = conv_sizes(settings, before.length)
    left, total, rest = sizes.left_padding, sizes.total_padding, sizes.remainder
    # The transposed layer crops both sides alike; 'same' may need one sample more on the right,
    # and the padding of a padding_mode may be a crop.
    crop = max(left, 0)
    span, stride = sizes.effective_kernel_size, sizes.stride
    why = "stride 1 leaves nothing over"
    if stride > 1:
        why = f"({before.length} + {total} {MINUS} {span}) mod {stride} = {rest}"
    back = {**_swapped(settings, before), "padding": crop, "output_padding": rest}
    return [
        Undone("ConvTranspose1d", back, why),
        *cropping(crop - left, crop - (total - left), "the side of padding='same' that is longer"),
    ]


def _conv_transpose(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    # An output_padding of stride or more, which dilation can allow, makes room for more windows.
    more = settings["output_padding"] // settings["stride"]
    return [
        Undone("Conv1d", _swapped(settings, before), "the windows of the layer before"),
        *cropping(0, -more, "windows that output_padding made room for"),
    ]


def _pool(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    sizes = pool_sizes(settings, before.length)
    stride, windows = sizes.stride, after.length
    # Each window becomes `stride` samples again, around the place where its middle was.
    left = (sizes.effective_kernel_size - stride) // 2 - sizes.padding
    missing = before.length - windows * stride
    why = f"{windows} · {stride} = {windows * stride} samples, brought to {before.length}"
    if left != 0:
        why = f"{why} and to the middle of their windows"
    return [*stretched(stride), *cropping(left, missing - left, why)]


def _adaptive_pool(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    size = {"size": before.length, "scale_factor": None, "mode": "nearest"}
    return [Undone("Upsample", size, "the length before the pooling")]


def _upsample(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    why = "as many samples as before the Upsample"
    if after.length % before.length > 0:
        return [Undone("AdaptiveAvgPool1d", {"output_size": before.length}, why)]
    times = {"kernel_size": after.length // before.length, "stride": None}
    return [Undone("AvgPool1d", {**times, "padding": 0, "ceil_mode": False}, why)]


def _pad(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    left, right = settings["padding"]
    why = "the other way round"
    if PADS[kind] == "constant":
        return cropping(-left, -right, why)
    # Other pads may leave fewer samples than are cut here, so that these are added before.
    return [
        *cropping(max(-left, 0), max(-right, 0), why),
        *cropping(min(-left, 0), min(-right, 0), why),
    ]


def _glu(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    if settings["dim"] in SAMPLES:
        return stretched(2)
    whole: Any = before.channels
    half = whole // 2 if isinstance(whole, int) else f"({whole}) // 2"
    back = {
        "in_channels": half,
        "out_channels": whole,
        "kernel_size": 1,
        "stride": 1,
        "padding": 0,
        "dilation": 1,
        "groups": 1,
        "bias": True,
        "padding_mode": "zeros",
    }
    return [Undone("Conv1d", back, "the channels that GLU halved")]


Rule: TypeAlias = Callable[[str, Settings, Signal, Signal], list[Undone]]

RULES: dict[str, Rule] = {
    "Conv1d": _conv,
    "ConvTranspose1d": _conv_transpose,
    "MaxPool1d": _pool,
    "AvgPool1d": _pool,
    "LPPool1d": _pool,
    "AdaptiveAvgPool1d": _adaptive_pool,
    "AdaptiveMaxPool1d": _adaptive_pool,
    "Upsample": _upsample,
    "ConstantPad1d": _pad,
    "ZeroPad1d": _pad,
    "ReflectionPad1d": _pad,
    "ReplicationPad1d": _pad,
    "CircularPad1d": _pad,
    "GLU": _glu,
}
"""What leads back from behind a layer, by its kind."""
