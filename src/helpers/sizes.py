"""The numbers behind a layer: its settings, named as in PyTorch, and what follows from them.

Lengths, strides, paddings and dilations are in samples. The classes only compute: they check no
range, and what they give for settings that PyTorch refuses means nothing. The functions of
`helpers.lengths` and `helpers.pytorch_errors` check first.
"""

import operator
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self, SupportsIndex

__all__ = [
    "OPTIONAL",
    "Conv1dSizes",
    "ConvTranspose1dSizes",
    "LayerSizes",
    "Pad1dSizes",
    "Pool1dSizes",
    "Refusal",
    "SizeError",
    "half",
    "increasing",
    "integer",
    "scaled_length",
    "whole",
    "wrapped",
]

INT64 = range(-(2**63), 2**63)

OPTIONAL = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1}
"""What PyTorch's layers take where nothing is said, in the order in which the book writes it."""

Refusal = Literal[
    "crop-too-large",
    "dilation",
    "input-empty",
    "kernel-empty",
    "kernel-too-long",
    "negative-kernel",
    "negative-length",
    "negative-output-padding",
    "negative-padding",
    "output-padding-too-large",
    "output-size",
    "padding-too-large",
    "padding-word",
    "same-with-stride",
    "stride",
    "stride-too-large",
]
"""Why nn.Conv1d and nn.ConvTranspose1d refuse sizes."""


class SizeError(ValueError):
    """Sizes that PyTorch refuses.

    Attributes:
        pytorch: PyTorch's own words for it, or None where the refusal is not PyTorch's.
        code: A short name for the kind of refusal, which stays when the words change, or None.
    """

    def __init__(
        self, message: str, pytorch: str | None = None, *, code: Refusal | None = None
    ) -> None:
        super().__init__(message)
        self.pytorch, self.code = pytorch, code


def integer(name: str, value: SupportsIndex | str) -> int:
    """Return `value`, the setting called `name`, as an int of at most 64 bits.

    >>> integer("stride", 2)
    2
    >>> integer("stride", 2**63)  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    helpers.sizes.SizeError: stride=9223372036854775808 does not fit into the 64 bits
    that PyTorch has for it

    Args:
        name: What the words of an error call it.
        value: An int, or anything else with `__index__`, such as NumPy's; bool and float are not.

    Raises:
        SizeError: For what is not from -2**63 to 2**63 - 1.
        TypeError: For what is not an integer.
    """
    number = whole(name, value)
    if number not in INT64:
        reason = f"{name}={number} does not fit into the 64 bits that PyTorch has for it"
        raise SizeError(reason, "Overflow when unpacking long long")
    return number


def whole(name: str, value: SupportsIndex | str) -> int:
    """Return `value`, the setting called `name`, as an int of any size, as Python counts.

    >>> whole("output_size", 2**63)
    9223372036854775808
    >>> whole("stride", 2.0)
    Traceback (most recent call last):
    TypeError: stride=2.0 is a float, and stride has to be an integer

    Args:
        name: What the words of an error call it.
        value: As in `integer`.

    Raises:
        TypeError: For what is not an integer.
    """
    try:
        if isinstance(value, str) or type(value).__name__ in ("bool", "bool_"):  # NumPy's, too
            raise TypeError
        return operator.index(value)
    except TypeError:
        kind = type(value).__name__
        reason = f"{name}={reprlib.repr(value)} is a {kind}, and {name} has to be an integer"
        raise TypeError(reason) from None


def increasing(name: str, values: Iterable[SupportsIndex]) -> Sequence[int]:
    """Return the integers among which the setting called `name` may be chosen, each once, in order.

    >>> increasing("stride", [2, 1, 2]), increasing("stride", range(3, 0, -1))
    ([1, 2], range(1, 4))
    """
    if isinstance(values, range):
        return values if values.step > 0 else values[::-1]
    return sorted({integer(name, value) for value in values})


def wrapped(number: int, *, bits: int) -> int:
    """Return what a signed integer of so many bits makes of `number`.

    >>> wrapped(2**31, bits=32)
    -2147483648
    """
    middle = 1 << (bits - 1)
    return (number + middle) % (2 * middle) - middle


def half(number: int) -> int:
    """Return half of `number`, rounded towards zero, as C++ rounds.

    >>> half(5), half(-5)
    (2, -2)
    """
    return (number + (number < 0)) // 2


def scaled_length(length: int, scale_factor: float | tuple[float, ...]) -> int:
    """Return the length that nn.Upsample aims at: length * scale_factor, without its fraction.

    It is computed in floats, as torch.nn.functional.interpolate does.

    >>> scaled_length(10, 1.7), scaled_length(10, (0.3,))  # 17.0 and 3.0
    (17, 3)
    >>> scaled_length(3, 1.3), scaled_length(10, 0.05)  # 3.9000000000000004 and 0.5
    (3, 0)

    Args:
        length: Samples in the input.
        scale_factor: As in nn.Upsample: a number, or a tuple of one.

    Raises:
        SizeError: Where the length does not fit into 64 bits.
    """
    if isinstance(scale_factor, tuple):
        (scale_factor,) = scale_factor
    scaled = float(length) * scale_factor
    if not abs(scaled) < INT64.stop:
        reason = f"scale_factor={scale_factor} makes {scaled} samples of {length}"
        raise SizeError(reason, "value cannot be converted to type int64_t without overflow")
    return int(scaled)


@dataclass(frozen=True, kw_only=True)
class LayerSizes:
    """The sizes that both layers have, and the length of the input that they meet.

    Attributes:
        length: Samples in the input, at least 1.
        kernel_size: Taps in the kernel, at least 1.
        stride: Samples from one window, or one scattered kernel, to the next, at least 1.
        padding: Samples on each side, at least 0: added by Conv1d, cropped by ConvTranspose1d.
        dilation: Samples from one tap of the kernel to the next, at least 1.
    """

    length: int
    kernel_size: int
    stride: int = 1
    padding: int | str = 0
    dilation: int = 1

    @property
    def effective_kernel_size(self) -> int:
        """Samples that the kernel spans, gaps included.

        dilation * (kernel_size - 1) + 1
        """
        return self.dilation * (self.kernel_size - 1) + 1


@dataclass(frozen=True, kw_only=True)
class Conv1dSizes(LayerSizes):
    """The sizes of an nn.Conv1d and of the input that it meets, in samples.

    The attributes are those of `LayerSizes`, unchecked; padding may also be 'same' or 'valid'.

    >>> sizes = Conv1dSizes(length=100, kernel_size=3, stride=2, padding=1)
    >>> sizes.padded_length, sizes.output_length, sizes.remainder  # 99 = 2 * 49 + 1
    (102, 50, 1)
    """

    @classmethod
    def of(cls, *, padding: SupportsIndex | str = 0, **settings: SupportsIndex | str) -> Self:
        """Return the sizes made of anything that counts as an integer.

        Args:
            padding: A number, or one of the words.
            **settings: The other attributes; length and kernel_size have to be there.

        Raises:
            SizeError: For what does not fit into 64 bits.
            TypeError: For what is not an integer, and for unknown or missing settings.
        """
        integers = {name: integer(name, value) for name, value in settings.items()}
        word = padding if isinstance(padding, str) else integer("padding", padding)
        return cls(**integers, padding=word)

    @property
    def total_padding(self) -> int:
        """Samples of padding on both sides together.

        2 * padding; effective_kernel_size - 1 for 'same', 0 for 'valid'
        """
        if isinstance(self.padding, str):
            return self.effective_kernel_size - 1 if self.padding == "same" else 0
        return 2 * self.padding

    @property
    def left_padding(self) -> int:
        """Samples before the first one; the odd one of 'same' comes after the last."""
        return half(self.total_padding)

    @property
    def padded_length(self) -> int:
        """Samples that the windows move over.

        length + total_padding
        """
        return self.length + self.total_padding

    @property
    def remainder(self) -> int:
        """Samples after the last window.

        (padded_length - effective_kernel_size) mod stride
        """
        return (self.padded_length - self.effective_kernel_size) % self.stride

    @property
    def output_length(self) -> int:
        """Windows that fit.

        floor((padded_length - effective_kernel_size) / stride) + 1
        """
        return (self.padded_length - self.effective_kernel_size) // self.stride + 1


@dataclass(frozen=True, kw_only=True)
class ConvTranspose1dSizes(LayerSizes):
    """The sizes of an nn.ConvTranspose1d and of the input that it meets, in samples.

    The attributes are those of `LayerSizes` and one more, unchecked.

    >>> sizes = ConvTranspose1dSizes(length=50, kernel_size=3, stride=2, padding=1)
    >>> sizes.scattered_length, sizes.output_length  # 49 * 2 + 3, and less a crop of 2
    (101, 99)

    Attributes:
        output_padding: Samples by which the crop at the end is smaller, at least 0 and smaller than
            stride or smaller than dilation.
    """

    padding: int = 0
    output_padding: int = 0

    @classmethod
    def of(cls, **settings: SupportsIndex | str) -> Self:
        """Return the sizes made of anything that counts as an integer.

        Args:
            **settings: The attributes; length and kernel_size have to be there.

        Raises:
            SizeError: For what does not fit into 64 bits.
            TypeError: For what is not an integer, and for unknown or missing settings.
        """
        return cls(**{name: integer(name, value) for name, value in settings.items()})

    @property
    def scattered_length(self) -> int:
        """Samples that the scattered kernels cover, before padding crops them.

        (length - 1) * stride + effective_kernel_size
        """
        return (self.length - 1) * self.stride + self.effective_kernel_size

    @property
    def output_length(self) -> int:
        """Samples after the crop.

        scattered_length - 2 * padding + output_padding
        """
        return self.scattered_length - 2 * self.padding + self.output_padding


@dataclass(frozen=True, kw_only=True)
class Pool1dSizes(Conv1dSizes):
    """The sizes of a pooling layer and of the input that it meets, in samples.

    The attributes are those of `LayerSizes` and one more, unchecked; PyTorch takes a padding from 0
    to kernel_size // 2 only.

    >>> settings = {"length": 8, "kernel_size": 3, "stride": 2}
    >>> Pool1dSizes(**settings).output_length  # floor((8 - 3) / 2) + 1
    3
    >>> Pool1dSizes(**settings, ceil_mode=True).output_length  # one hangs over the end
    4

    Attributes:
        ceil_mode: Whether a last window may hang over the end.
    """

    padding: int = 0
    ceil_mode: bool = False

    @property
    def output_length(self) -> int:
        """Windows that fit; with ceil_mode one more, if it starts before the right padding."""
        windows = super().output_length
        starts = windows * self.stride < self.length + self.padding
        return windows + (self.ceil_mode and self.remainder > 0 and starts)


@dataclass(frozen=True, kw_only=True)
class Pad1dSizes:
    """The samples that a padding layer adds on each side of its input, or cuts if negative.

    The attributes are unchecked.

    >>> sizes = Pad1dSizes(length=10, left=-3, right=2)
    >>> sizes.kept_length, sizes.output_length  # 10 - 3, and 2 more
    (7, 9)

    Attributes:
        length: Samples in the input, at least 0.
        left: Samples added before the first one; cut off if negative.
        right: Samples added after the last one; cut off if negative.
    """

    length: int
    left: int
    right: int

    @property
    def output_length(self) -> int:
        """Samples in the end.

        length + left + right
        """
        return self.length + self.left + self.right

    @property
    def kept_length(self) -> int:
        """Samples of the input that remain.

        length + min(left, 0) + min(right, 0)
        """
        return self.length + min(self.left, 0) + min(self.right, 0)
