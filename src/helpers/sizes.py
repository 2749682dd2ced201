"""The numbers behind a layer: its settings, named as in PyTorch, and what follows from them."""

import operator
from dataclasses import dataclass
from typing import Self, SupportsIndex

__all__ = [
    "Conv1dSizes",
    "ConvTranspose1dSizes",
    "Pad1dSizes",
    "Pool1dSizes",
    "SizeError",
    "half",
    "integer",
]

INT64 = range(-(2**63), 2**63)


class SizeError(ValueError):
    """Sizes that PyTorch refuses.

    Attributes:
        pytorch: PyTorch's own words for it, or None where the refusal is not PyTorch's.
    """

    def __init__(self, message: str, pytorch: str | None = None) -> None:
        super().__init__(message)
        self.pytorch = pytorch


def integer(name: str, value: SupportsIndex | str) -> int:
    """Return `value`, the setting called `name`, as an int.

    >>> integer("stride", 2)
    2
    >>> integer("stride", 2.0)
    Traceback (most recent call last):
    TypeError: stride=2.0 is a float, and stride has to be an integer
    """
    try:
        if isinstance(value, bool | str):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        kind = type(value).__name__
        reason = f"{name}={value!r} is a {kind}, and {name} has to be an integer"
        raise TypeError(reason) from None
    if number not in INT64:
        reason = f"{name}={number} does not fit into the 64 bits that PyTorch has for it"
        raise SizeError(reason, "Overflow when unpacking long long")
    return number


def half(number: int) -> int:
    """Return half of `number`, rounded towards zero, as C++ rounds.

    >>> half(5), half(-5)
    (2, -2)
    """
    return (number + (number < 0)) // 2


def scaled_length(length: int, scale_factor: float | tuple[float, ...]) -> int:
    """Return the length that nn.Upsample aims at, computed in floats as PyTorch does.

    >>> scaled_length(10, 1.7), scaled_length(10, (0.3,))  # 17.0 and 3.0
    (17, 3)
    """
    if isinstance(scale_factor, tuple):
        (scale_factor,) = scale_factor
    scaled = float(length) * scale_factor
    if not abs(scaled) < INT64.stop:
        reason = f"scale_factor={scale_factor} makes {scaled} samples of {length}"
        raise SizeError(reason, "value cannot be converted to type int64_t without overflow")
    return int(scaled)


@dataclass(frozen=True, kw_only=True)
class Conv1dSizes:
    """The sizes of an nn.Conv1d and of the input that it meets, in samples."""

    length: int
    kernel_size: int
    stride: int = 1
    padding: int | str = 0
    dilation: int = 1

    @classmethod
    def of(cls, *, padding: SupportsIndex | str = 0, **settings: SupportsIndex | str) -> Self:
        """Return the sizes made of anything that counts as an integer."""
        integers = {name: integer(name, value) for name, value in settings.items()}
        word = padding if isinstance(padding, str) else integer("padding", padding)
        return cls(**integers, padding=word)

    @property
    def effective_kernel_size(self) -> int:
        """How many samples a window spans, the gaps of the dilation included."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def total_padding(self) -> int:
        """How many samples of padding the two sides have together."""
        if isinstance(self.padding, str):
            return self.effective_kernel_size - 1 if self.padding == "same" else 0
        return 2 * self.padding

    @property
    def left_padding(self) -> int:
        """The padding before the first sample; the odd one of 'same' comes after the last."""
        return half(self.total_padding)

    @property
    def padded_length(self) -> int:
        """How many samples the windows move over."""
        return self.length + self.total_padding

    @property
    def rest(self) -> int:
        """How many samples of the padded input are left after the last window."""
        return (self.padded_length - self.effective_kernel_size) % self.stride

    @property
    def output_length(self) -> int:
        """How many windows fit."""
        return (self.padded_length - self.effective_kernel_size) // self.stride + 1


@dataclass(frozen=True, kw_only=True)
class ConvTranspose1dSizes:
    """The sizes of an nn.ConvTranspose1d and of the input that it meets, in samples."""

    length: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    dilation: int = 1

    @classmethod
    def of(cls, **settings: SupportsIndex | str) -> Self:
        """Return the sizes made of anything that counts as an integer."""
        return cls(**{name: integer(name, value) for name, value in settings.items()})

    @property
    def effective_kernel_size(self) -> int:
        """Over how many samples the kernel scatters one sample, gaps included."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def scattered_length(self) -> int:
        """How many samples all scattered kernels cover, before padding crops them."""
        return (self.length - 1) * self.stride + self.effective_kernel_size

    @property
    def output_length(self) -> int:
        """How many samples are left after the crop, output_padding included."""
        return self.scattered_length - 2 * self.padding + self.output_padding


@dataclass(frozen=True, kw_only=True)
class Pool1dSizes(Conv1dSizes):
    """The sizes of a pooling layer and of the input that it meets, in samples."""

    padding: int = 0
    ceil_mode: bool = False

    @property
    def output_length(self) -> int:
        """How many windows fit; with ceil_mode one more, if it starts before the right padding."""
        windows = super().output_length
        starts = windows * self.stride < self.length + self.padding
        return windows + (self.ceil_mode and self.rest > 0 and starts)


@dataclass(frozen=True, kw_only=True)
class Pad1dSizes:
    """The samples that a padding layer adds on each side of its input, or cuts if negative."""

    length: int
    left: int
    right: int

    @property
    def output_length(self) -> int:
        """How many samples there are in the end."""
        return self.length + self.left + self.right

    @property
    def kept_length(self) -> int:
        """How many samples of the input remain."""
        return self.length + min(self.left, 0) + min(self.right, 0)
