"""The kinds of layers of torch.nn: what each makes of the shape of a signal, and how it is undone.

Rules without torch. KINDS, at the end, has them by the name of the class; a new kind of layer is a
line there, with what comes out of it and what leads back.

A layer is its kind, the name of its class, and its settings, named as PyTorch names them: numbers
where nn.Conv1d keeps tuples of one. Channels may also be a text, a name that stands for a number
which nobody knows; it then fits every signal.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

from helpers.layer_errors import (
    check_adaptive_pool1d,
    check_avg_pool1d,
    check_max_pool1d,
    check_pad1d,
    check_upsample,
    check_upsample_settings,
)
from helpers.pytorch_errors import NO_WORD, check_conv1d, check_conv_transpose1d, check_word
from helpers.sizes import (
    Conv1dSizes,
    ConvTranspose1dSizes,
    Pad1dSizes,
    Pool1dSizes,
    SizeError,
    scaled_length,
)

__all__ = [
    "CHANNELS",
    "KINDS",
    "PADS",
    "POOLS",
    "SAMPLES",
    "Layer",
    "Settings",
    "Signal",
    "Undone",
    "check_built",
    "conv_sizes",
    "cropping",
    "first_channels",
    "pool_sizes",
    "shape_after",
    "stretched",
    "undo",
]

Settings: TypeAlias = Mapping[str, Any]

CHANNELS = (-2, 1)
"""How a layer's dim says that it is along the channels."""
SAMPLES = (-1, 2)
"""How a layer's dim says that it is along the samples."""

POOLS = ["MaxPool1d", "AvgPool1d", "LPPool1d"]
PADS = {
    "ConstantPad1d": "constant",
    "ZeroPad1d": "constant",
    "ReflectionPad1d": "reflect",
    "ReplicationPad1d": "replicate",
    "CircularPad1d": "circular",
}
MODES = ["zeros", "reflect", "replicate", "circular"]
MINUS = "\N{MINUS SIGN}"


class Layer(Protocol):
    """A layer as plain data."""

    @property
    def kind(self) -> str:
        """The name of its class in torch.nn."""

    @property
    def settings(self) -> Settings:
        """Its arguments by name."""


@dataclass(frozen=True)
class Signal:
    """The shape of what goes from one layer to the next.

    Attributes:
        channels: How many there are, or None while no layer has said so.
        length: In samples, at least 0.
    """

    channels: int | None
    length: int

    @property
    def width(self) -> int | str:
        """The channels that PyTorch's words name; one where they are unknown."""
        return self.channels or 1

    @property
    def shape(self) -> str:
        """The shape with a batch of one, as PyTorch prints it."""
        return f"[1, {self.width}, {self.length}]"


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


def shape_after(kind: str, settings: Settings, signal: Signal) -> Signal:
    """Return what comes out of a layer; of a kind without a rule here, the signal as it is.

    >>> shape_after("MaxPool1d", {"kernel_size": 2}, Signal(8, 49))  # floor(49 / 2)
    Signal(channels=8, length=24)
    >>> shape_after("ReLU", {}, Signal(8, 49))
    Signal(channels=8, length=49)

    Args:
        kind: The name of a class in torch.nn.
        settings: Its arguments; those that matter for sizes have to be there.
        signal: What goes in.

    Raises:
        SizeError: Where the layer refuses the signal on the CPU, with a batch of one.
    """
    rule, _ = KINDS.get(kind, OTHER)
    return signal if rule is None else rule(settings, signal, kind)


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
    _, rule = KINDS.get(kind, OTHER)
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


def check_built(kind: str, settings: Settings) -> None:
    """Raise SizeError where PyTorch refuses to build a convolution or an nn.GroupNorm.

    >>> check_built("GroupNorm", {"num_groups": 2, "num_channels": 4})
    >>> check_built("GroupNorm", {"num_groups": 3, "num_channels": 4})
    Traceback (most recent call last):
    helpers.sizes.SizeError: num_channels=4 can't be divided by num_groups=3

    Args:
        kind: The name of a class in torch.nn.
        settings: Its arguments.

    Raises:
        SizeError: With PyTorch's words.
    """
    if kind == "GroupNorm":
        groups, channels = settings["num_groups"], settings["num_channels"]
        if isinstance(channels, int) and channels % groups > 0:
            raise SizeError(
                f"num_channels={channels} can't be divided by num_groups={groups}",
                f"num_channels ({channels}) must be divisible by num_groups ({groups})",
            )
    if kind not in ("Conv1d", "ConvTranspose1d"):
        return
    inward, outward = settings["in_channels"], settings["out_channels"]
    groups, kernel_size, mode = (
        settings["groups"],
        settings["kernel_size"],
        settings["padding_mode"],
    )
    if kind == "ConvTranspose1d" and mode != "zeros":
        raise SizeError(
            f"padding_mode={mode!r} is not for transposed layers",
            'Only "zeros" padding mode is supported for ConvTranspose1d',
        )
    if groups < 1:
        raise SizeError(f"groups={groups} is too small", "groups must be a positive integer")
    for name, channels in (("in_channels", inward), ("out_channels", outward)):
        if isinstance(channels, int) and channels % groups > 0:
            raise SizeError(
                f"{name}={channels} can't be divided by groups={groups}",
                f"{name} must be divisible by groups",
            )
    if kind == "Conv1d":
        check_word(conv_sizes(settings, 1))
    if mode not in MODES:
        raise SizeError(
            f"padding_mode={mode!r} is not known",
            "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got"
            f" padding_mode={mode!r}",
        )
    if kernel_size < 0:
        first, second = (outward, inward) if kind == "Conv1d" else (inward, outward)
        raise SizeError(
            f"kernel_size={kernel_size} is too small",
            f"Trying to create tensor with negative dimension {kernel_size}:"
            f" [{first}, {_divided(second, groups)}, {kernel_size}]",
        )


def first_channels(layers: Iterable[Layer]) -> int | None:
    """Return how many channels a stack takes, or None if no layer says so.

    The first layer says it that refuses others; where none does, the first that names a number,
    such as the num_features of an nn.InstanceNorm1d without affine.
    """
    times, named = 1, None
    for layer in layers:
        kind, settings = layer.kind, layer.settings
        if kind == "GLU" and settings["dim"] in CHANNELS:
            times *= 2
        channels = _named_channels(kind, settings)
        number = times * channels if isinstance(channels, int) else None
        refuses = settings.get("affine", True) or settings.get("track_running_stats", False)
        if channels is not None and refuses:
            return named if number is None else number
        if "in_channels" in settings:
            break  # A lazy one: those behind it say nothing about what goes in.
        named = number if named is None else named
    return named


def conv_sizes(settings: Settings, length: int) -> Conv1dSizes:
    """Return the sizes of an nn.Conv1d that meets `length` samples, unchecked."""
    return Conv1dSizes(
        length=length,
        kernel_size=settings["kernel_size"],
        stride=settings["stride"],
        padding=settings["padding"],
        dilation=settings["dilation"],
    )


def pool_sizes(settings: Settings, length: int) -> Pool1dSizes:
    """Return the sizes of a pooling layer that meets `length` samples, unchecked.

    Without a stride of its own it moves by kernel_size.
    """
    kernel_size, stride = settings["kernel_size"], settings.get("stride")
    return Pool1dSizes(
        length=length,
        kernel_size=kernel_size,
        stride=kernel_size if stride is None else stride,
        padding=settings.get("padding", 0),
        dilation=settings.get("dilation", 1),
        ceil_mode=settings.get("ceil_mode", False),
    )


def _named_channels(kind: str, settings: Settings) -> Any:
    """Return how many channels a layer is made for, or None if it does not say."""
    if kind == "PReLU" and settings["num_parameters"] != 1:
        return settings["num_parameters"]
    if len(shape := settings.get("normalized_shape", [])) > 1:
        return shape[-2]
    for name in ("in_channels", "num_features", "num_channels"):
        if settings.get(name) is not None:
            return settings[name]
    return None


def _divided(channels: Any, groups: int) -> Any:
    """Return the channels of one group; of a name, the name."""
    return channels // groups if isinstance(channels, int) else channels


def _conv(settings: Settings, signal: Signal, kind: str) -> Signal:
    sizes, mode = conv_sizes(settings, signal.length), settings["padding_mode"]
    check_word(sizes)
    if mode != "zeros":
        left = sizes.total_padding // 2
        pad = Pad1dSizes(length=sizes.length, left=left, right=sizes.total_padding - left)
        check_pad1d(pad, mode, signal.channels, signal.width)
        sizes = replace(sizes, length=pad.output_length, padding=0)
    met = sizes.padded_length - 2 * sizes.left_padding  # One more than length for an odd 'same'.
    _check_conv_channels(settings, replace(signal, length=met), kind)
    check_conv1d(sizes, signal.width)
    return _behind_conv(settings, sizes.output_length)


def _conv_transpose(settings: Settings, signal: Signal, kind: str) -> Signal:
    _check_conv_channels(settings, signal, kind)
    if isinstance(settings["padding"], str):
        raise SizeError(f"padding={settings['padding']!r} is no number", NO_WORD)
    sizes = ConvTranspose1dSizes(
        length=signal.length,
        kernel_size=settings["kernel_size"],
        stride=settings["stride"],
        padding=settings["padding"],
        output_padding=settings["output_padding"],
        dilation=settings["dilation"],
    )
    check_conv_transpose1d(sizes, signal.width)
    return _behind_conv(settings, sizes.output_length)


def _behind_conv(settings: Settings, length: int) -> Signal:
    """Return the signal behind a convolution."""
    outward = settings["out_channels"]
    return Signal(outward if isinstance(outward, int) else None, length)


def _max_pool(settings: Settings, signal: Signal, kind: str) -> Signal:
    sizes = pool_sizes(settings, signal.length)
    check_max_pool1d(sizes, signal.width)
    return replace(signal, length=sizes.output_length)


def _avg_pool(settings: Settings, signal: Signal, kind: str) -> Signal:
    sizes = pool_sizes(settings, signal.length)
    check_avg_pool1d(sizes, signal.width)
    return replace(signal, length=sizes.output_length)


def _adaptive_pool(settings: Settings, signal: Signal, kind: str) -> Signal:
    size = settings["output_size"]
    mode = "avg" if kind == "AdaptiveAvgPool1d" else "max"
    check_adaptive_pool1d(signal.length, size, mode, signal.width)
    return replace(signal, length=size)


def _upsample(settings: Settings, signal: Signal, kind: str) -> Signal:
    size, mode = settings["size"], settings["mode"]
    scale_factor: Any = settings["scale_factor"] or None  # So PyTorch reads a 0.
    check_upsample_settings(mode, size, scale_factor, settings.get("align_corners"))
    wanted = scaled_length(signal.length, scale_factor) if size is None else size
    if mode == "area":
        check_adaptive_pool1d(signal.length, wanted, "avg", signal.width)
    else:
        check_upsample(signal.length, wanted)
    return replace(signal, length=wanted)


def _pad(settings: Settings, signal: Signal, kind: str) -> Signal:
    left, right = settings["padding"]
    sizes = Pad1dSizes(length=signal.length, left=left, right=right)
    check_pad1d(sizes, PADS[kind], signal.channels, signal.width)
    return replace(signal, length=sizes.output_length)


def _channel_shuffle(settings: Settings, signal: Signal, kind: str) -> Signal:
    if "groups" not in settings:
        return signal
    if (groups := settings["groups"]) < 1:
        raise SizeError(
            f"groups={groups} is too small; it has to be at least 1",
            f"Number of groups to divide channels in must be positive. Value of groups:{groups}",
        )
    if signal.channels is not None and signal.channels % groups > 0:
        raise SizeError(
            f"channels={signal.channels} can't be divided by groups={groups}",
            f"Number of channels must be divisible by groups. Got {signal.channels} channels and"
            f" {groups} groups.",
        )
    return signal


def _softmax(settings: Settings, signal: Signal, kind: str) -> Signal:
    # Without a dim PyTorch takes one that a signal has.
    dim = settings.get("dim")
    if dim is not None and not -3 <= dim <= 2:
        raise SizeError(
            f"dim={dim} is none of the three dimensions of a signal",
            f"Dimension out of range (expected to be in range of [-3, 2], but got {dim})",
        )
    return signal


def _glu(settings: Settings, signal: Signal, kind: str) -> Signal:
    dim = settings["dim"]
    if dim in CHANNELS:
        if signal.channels is None:
            return signal
        return replace(signal, channels=_halved("channels", signal.channels, 1))
    if dim not in SAMPLES:
        raise SizeError(f"GLU(dim={dim}) halves neither channels nor samples")
    return replace(signal, length=_halved("length", signal.length, 2))


def _halved(name: str, whole: int, dimension: int) -> int:
    """Return half of what nn.GLU halves."""
    if whole % 2 > 0:
        raise SizeError(
            f"{name}={whole} is odd, and GLU halves it",
            f"Halving dimension must be even, but dimension {dimension} is size {whole}",
        )
    return whole // 2


def _shaped_norm(settings: Settings, signal: Signal, kind: str) -> Signal:
    wanted = [*settings["normalized_shape"]]
    channels = wanted[-2] if signal.channels is None and len(wanted) > 1 else signal.width
    if kind == "RMSNorm" and len(wanted) > 3:
        raise SizeError(
            f"normalized_shape={wanted} has more dimensions than a signal",
            f"Input tensor must have at least {len(wanted)} dimensions, but got 3",
        )
    if [1, channels, signal.length][-len(wanted) :] != wanted:
        star = "*, " if kind == "LayerNorm" else "*"
        raise SizeError(
            f"length={signal.length} is not the one it was made for, normalized_shape={wanted}",
            f"Given normalized_shape={wanted}, expected input with shape"
            f" [{star}{str(wanted)[1:]}, but got input of size{signal.shape}",
        )
    return signal


def _batch_norm(settings: Settings, signal: Signal, kind: str) -> Signal:
    _check_statistics(settings, signal, "weight" if settings["affine"] else None)
    return signal


def _instance_norm(settings: Settings, signal: Signal, kind: str) -> Signal:
    features, training = settings["num_features"], settings.get("training", True)
    tracks = settings["track_running_stats"]
    if settings["affine"]:
        words = (
            f"expected input's size at dim=1 to match num_features ({features}), but"
            f" got: {signal.channels}."
        )
        _check_channels(signal, features, words)
    if signal.length == 0 and training and tracks:
        words = f"shape '[1, {signal.channels}]' is invalid for input of size {features}"
        _check_channels(signal, features, words)
    if signal.length == 1 and (training or not tracks):
        raise SizeError(
            "length=1 has no spread to normalize; it has to be at least 2",
            "Expected more than 1 spatial element when training, got input size"
            f" torch.Size({signal.shape})",
        )
    _check_statistics(settings, signal, None)
    return signal


def _group_norm(settings: Settings, signal: Signal, kind: str) -> Signal:
    channels, groups = settings["num_channels"], settings["num_groups"]
    uneven = signal.channels is not None and signal.channels % groups > 0
    if settings["affine"] or uneven:
        words = (
            "Expected number of channels in input to be divisible by num_groups, but got input of"
            f" shape {signal.shape} and num_groups={groups}"
            if uneven
            else "Expected weight to be a vector of size equal to the number of channels in input,"
            f" but got weight of shape [{channels}] and input of shape {signal.shape}"
        )
        _check_channels(signal, channels, words)
    return signal


def _prelu(settings: Settings, signal: Signal, kind: str) -> Signal:
    if (parameters := settings["num_parameters"]) != 1:
        words = (
            "Mismatch of parameter numbers and input channel size. Found parameter numbers ="
            f" {parameters} and channel size = {signal.channels}."
        )
        _check_channels(signal, parameters, words)
    return signal


def _differ(signal: Signal, channels: Any) -> bool:
    """Say whether other channels come in than these; a name fits all."""
    return isinstance(channels, int) and signal.channels not in (None, channels)


def _check_channels(signal: Signal, channels: Any, words: str) -> None:
    """Raise SizeError if other channels come in than a layer takes; a lazy one takes any."""
    if _differ(signal, channels):
        raise SizeError(f"{signal.channels} channels come in, and it takes {channels}", words)


def _check_statistics(settings: Settings, signal: Signal, weight: str | None) -> None:
    """Raise SizeError if the first tensor that a norm has is for other channels."""
    name = "running_mean" if settings["track_running_stats"] else weight
    features = settings["num_features"]
    if name is not None and signal.length > 0:
        words = f"{name} should contain {signal.channels} elements not {features}"
        _check_channels(signal, features, words)


def _check_conv_channels(settings: Settings, signal: Signal, kind: str) -> None:
    """Raise SizeError if other channels come in than a convolution takes."""
    inward, outward = settings["in_channels"], settings["out_channels"]
    groups, kernel_size = settings["groups"], settings["kernel_size"]
    if not _differ(signal, inward):
        return
    if kind == "ConvTranspose1d":
        given, first, second = "transposed=1", inward, _divided(outward, groups)
    else:
        given, first, second = f"groups={groups}", outward, _divided(inward, groups)
    words = (
        f"Given {given}, weight of size [{first}, {second}, {kernel_size}], expected"
        f" input{signal.shape} to have {inward} channels, but got {signal.channels} channels"
        " instead"
    )
    _check_channels(signal, inward, words)


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


def _undo_conv(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
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


def _undo_conv_transpose(
    kind: str, settings: Settings, before: Signal, after: Signal
) -> list[Undone]:
    # An output_padding of stride or more, which dilation can allow, makes room for more windows.
    more = settings["output_padding"] // settings["stride"]
    return [
        Undone("Conv1d", _swapped(settings, before), "the windows of the layer before"),
        *cropping(0, -more, "windows that output_padding made room for"),
    ]


def _undo_pool(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    sizes = pool_sizes(settings, before.length)
    stride, windows = sizes.stride, after.length
    # Each window becomes `stride` samples again, around the place where its middle was.
    left = (sizes.effective_kernel_size - stride) // 2 - sizes.padding
    missing = before.length - windows * stride
    why = f"{windows} · {stride} = {windows * stride} samples, brought to {before.length}"
    if left != 0:
        why = f"{why} and to the middle of their windows"
    return [*stretched(stride), *cropping(left, missing - left, why)]


def _undo_adaptive_pool(
    kind: str, settings: Settings, before: Signal, after: Signal
) -> list[Undone]:
    size = {"size": before.length, "scale_factor": None, "mode": "nearest"}
    return [Undone("Upsample", size, "the length before the pooling")]


def _undo_upsample(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    why = "as many samples as before the Upsample"
    if after.length % before.length > 0:
        return [Undone("AdaptiveAvgPool1d", {"output_size": before.length}, why)]
    times = {"kernel_size": after.length // before.length, "stride": None}
    return [Undone("AvgPool1d", {**times, "padding": 0, "ceil_mode": False}, why)]


def _undo_pad(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
    left, right = settings["padding"]
    why = "the other way round"
    if PADS[kind] == "constant":
        return cropping(-left, -right, why)
    # Other pads may leave fewer samples than are cut here, so that these are added before.
    return [
        *cropping(max(-left, 0), max(-right, 0), why),
        *cropping(min(-left, 0), min(-right, 0), why),
    ]


def _undo_glu(kind: str, settings: Settings, before: Signal, after: Signal) -> list[Undone]:
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


After: TypeAlias = Callable[[Settings, Signal, str], Signal]
Undo: TypeAlias = Callable[[str, Settings, Signal, Signal], list[Undone] | None]

OTHER: tuple[After | None, Undo | None] = (None, None)
KINDS: dict[str, tuple[After | None, Undo | None]] = {
    "Conv1d": (_conv, _undo_conv),
    "ConvTranspose1d": (_conv_transpose, _undo_conv_transpose),
    "MaxPool1d": (_max_pool, _undo_pool),
    "AvgPool1d": (_avg_pool, _undo_pool),
    "LPPool1d": (_avg_pool, _undo_pool),
    "AdaptiveAvgPool1d": (_adaptive_pool, _undo_adaptive_pool),
    "AdaptiveMaxPool1d": (_adaptive_pool, _undo_adaptive_pool),
    "Upsample": (_upsample, _undo_upsample),
    "ConstantPad1d": (_pad, _undo_pad),
    "ZeroPad1d": (_pad, _undo_pad),
    "ReflectionPad1d": (_pad, _undo_pad),
    "ReplicationPad1d": (_pad, _undo_pad),
    "CircularPad1d": (_pad, _undo_pad),
    "ChannelShuffle": (_channel_shuffle, None),
    "Softmax": (_softmax, None),
    "LogSoftmax": (_softmax, None),
    "Softmin": (_softmax, None),
    "GLU": (_glu, _undo_glu),
    "LayerNorm": (_shaped_norm, None),
    "RMSNorm": (_shaped_norm, None),
    "BatchNorm1d": (_batch_norm, None),
    "SyncBatchNorm": (_batch_norm, None),
    "InstanceNorm1d": (_instance_norm, None),
    "GroupNorm": (_group_norm, None),
    "PReLU": (_prelu, None),
}
"""What comes out of a layer, or how it refuses; and what leads back, where its shape changes."""
