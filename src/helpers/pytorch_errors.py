"""What PyTorch says about sizes that it refuses, word for word.

Measured with PyTorch 2.13 on the CPU, with a batch of one. PyTorch runs one-dimensional layers as
two-dimensional ones, which is why its messages speak of heights and widths.

Inputs of more than 20,480 numbers, and several groups, go to oneDNN where PyTorch has it: it too
refuses kernel_size=0 and dilation=0, in other words, but on more than one thread it returns an
output of 0 samples, which PyTorch itself refuses. Other devices and versions may use other words
as well, and some accept what the CPU refuses.
"""

from collections.abc import Callable
from typing import SupportsIndex

from helpers.sizes import (
    Conv1dSizes,
    ConvTranspose1dSizes,
    LayerSizes,
    SizeError,
    integer,
    whole,
    wrapped,
)

__all__ = ["conv1d_error", "conv_transpose1d_error", "output_size_error"]

NO_WORD = (
    "conv_transpose1d(): argument 'padding' (position 5) must be tuple of ints, "
    "but found element of type str at pos 0"
)
"""What nn.ConvTranspose1d says about a word for padding."""

LARGEST_PADDING = 2**62 - 1
LARGEST_INT32 = 2**31 - 1
LARGEST_INT64 = 2**63 - 1


def conv1d_error(
    length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex | str = 0,
    dilation: SupportsIndex = 1,
) -> str | None:
    """Return what nn.Conv1d says about an input of `length` samples, or None if it takes it.

    >>> words = conv1d_error(4, kernel_size=3, dilation=2)  # 2 * (3 - 1) + 1 = 5 samples
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    Calculated padded input size per channel: (4). Kernel size: (5). Kernel size can't
    be greater than actual input size
    >>> conv1d_error(5, kernel_size=3, dilation=2)

    Args:
        length: Samples in the input; like the settings, any integer.
        kernel_size: Taps in the kernel.
        stride: Samples from one window to the next.
        padding: Samples added on each side, or a word.
        dilation: Samples from one tap of the kernel to the next.

    Raises:
        TypeError: For what is not an integer.

    The page of errors goes through all of them.
    """
    return _words(
        lambda: check_conv1d(
            Conv1dSizes.of(
                length=length,
                kernel_size=kernel_size,
                stride=stride,
                padding=padding,
                dilation=dilation,
            )
        )
    )


def conv_transpose1d_error(
    length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex | str = 0,
    output_padding: SupportsIndex = 0,
    dilation: SupportsIndex = 1,
) -> str | None:
    """Return what nn.ConvTranspose1d says about an input of `length` samples, or None.

    None means that it takes the input.

    >>> words = conv_transpose1d_error(50, kernel_size=3, stride=2, padding="same")
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    conv_transpose1d(): argument 'padding' (position 5) must be tuple of ints, but found
    element of type str at pos 0
    >>> conv_transpose1d_error(50, kernel_size=3, stride=2, padding=1)

    Args:
        length: Samples in the input; like the settings, any integer.
        kernel_size: Taps in the kernel.
        stride: Samples from one scattered kernel to the next.
        padding: Samples cropped from each side; a word is refused.
        output_padding: Samples by which the crop at the end is smaller.
        dilation: Samples from one tap of the kernel to the next.

    Raises:
        TypeError: For what is not an integer, a word for padding excepted.

    The page of errors goes through all of them.
    """
    if isinstance(padding, str):
        return NO_WORD
    return _words(
        lambda: check_conv_transpose1d(
            ConvTranspose1dSizes.of(
                length=length,
                kernel_size=kernel_size,
                stride=stride,
                padding=padding,
                output_padding=output_padding,
                dilation=dilation,
            )
        )
    )


def output_size_error(
    length: SupportsIndex,
    output_size: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex = 0,
    dilation: SupportsIndex = 1,
) -> str | None:
    """Return what nn.ConvTranspose1d says about `forward(x, output_size=[output_size])`, or None.

    From (length - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1 samples on, it
    takes `stride` sizes; the constructor's output_padding plays no part, be it right or wrong.

    >>> output_size_error(5, 12, kernel_size=3, stride=2)  # 4 * 2 + 3 = 11, so 11 or 12
    >>> words = output_size_error(5, 13, kernel_size=3, stride=2)
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    requested an output size of [13], but valid sizes range from [11] to [12] (for an
    input of torch.Size([5]))

    Args:
        length: Samples in the input; like the settings, any integer.
        output_size: The length that is asked for, any integer.
        kernel_size: Taps in the kernel.
        stride: Samples from one scattered kernel to the next.
        padding: Samples cropped from each side.
        dilation: Samples from one tap of the kernel to the next.

    Raises:
        TypeError: For what is not an integer.

    Chapter 2 introduces it, the page of errors explains the words.
    """
    # PyTorch compares the sizes in Python, which counts on beyond 64 bits.
    sizes = ConvTranspose1dSizes(
        length=whole("length", length),
        kernel_size=whole("kernel_size", kernel_size),
        stride=whole("stride", stride),
        padding=whole("padding", padding),
        dilation=whole("dilation", dilation),
    )
    size = whole("output_size", output_size)
    return _words(lambda: check_output_size(sizes, size))


def check_conv1d(sizes: Conv1dSizes, channels: int | str = 1) -> None:
    """Raise SizeError where nn.Conv1d raises, with PyTorch's words in its attribute `pytorch`."""
    check_word(sizes)
    _check_tensors(sizes)
    # An odd total can't be split evenly: PyTorch first adds one sample at the end of the input.
    padding = sizes.left_padding
    length = sizes.padded_length - 2 * padding
    if length < 0:
        raise SizeError(
            too_small("kernel_size", sizes.kernel_size),
            "narrow(): length must be non-negative.",
            code="kernel-empty",
        )
    _check_signs(sizes, padding=padding)
    if (padded := wrapped(sizes.padded_length, bits=64)) < sizes.effective_kernel_size:
        raise SizeError(
            too_long(sizes),
            f"Calculated padded input size per channel: ({padded}). Kernel size:"
            f" ({sizes.effective_kernel_size}). Kernel size can't be greater than actual input"
            " size",
            code="kernel-too-long",
        )
    _check_not_empty(sizes, length, channels)
    if sizes.kernel_size == 0:
        printed = "kernel_height: 1 kernel_width: 0" if sizes.dilation == 1 else "[1, 0]"
        raise SizeError(
            too_small("kernel_size", 0),
            f"kernel size should be greater than zero, but got {printed}",
            code="kernel-empty",
        )
    if sizes.dilation == 0:
        raise SizeError(
            too_small("dilation", 0),
            "dilation should be greater than zero, but got [1, 0]",
            code="dilation",
        )


def check_word(sizes: Conv1dSizes) -> None:
    """Raise SizeError for a word for padding that nn.Conv1d refuses as soon as it is built."""
    if isinstance(sizes.padding, str) and sizes.padding not in ("same", "valid"):
        raise SizeError(
            f"padding={sizes.padding!r} is not known; the words are 'same' and 'valid'",
            f"Invalid padding string {sizes.padding!r}, should be one of {{'same', 'valid'}}",
            code="padding-word",
        )
    if sizes.padding == "same" and sizes.stride != 1:
        raise SizeError(
            f"stride={sizes.stride} does not go with padding='same', which needs stride=1",
            "padding='same' is not supported for strided convolutions",
            code="same-with-stride",
        )


def check_conv_transpose1d(sizes: ConvTranspose1dSizes, channels: int | str = 1) -> None:
    """Raise SizeError where nn.ConvTranspose1d raises, with PyTorch's words in `pytorch`."""
    _check_tensors(sizes)
    _check_signs(sizes, padding=sizes.padding, output_padding=sizes.output_padding)
    _check_not_empty(sizes, sizes.length, channels)
    if sizes.kernel_size == 0:
        raise SizeError(
            too_small("kernel_size", 0),
            "kernel size should be greater than zero, but got kernel_height: 1 kernel_width: 0",
            code="kernel-empty",
        )
    for name, comma in (("stride", ""), ("dilation", ",")):
        value = getattr(sizes, name)
        if (stored := wrapped(value, bits=32)) <= 0:
            raise SizeError(
                f"{name}={value} is not possible; it has to be at least 1 and at most"
                f" {LARGEST_INT32}, because the CPU stores it in 32 bits",
                f"{name} should be greater than zero, but got {name}_height: 1{comma}"
                f" {name}_width: {stored}",
                code="stride-too-large" if name == "stride" else "dilation",
            )
    largest = max(sizes.stride, sizes.dilation) - 1
    if sizes.output_padding > largest:
        raise SizeError(
            f"output_padding={sizes.output_padding} is too large: with stride={sizes.stride} and"
            f" dilation={sizes.dilation} it may be at most {largest}",
            "output padding must be smaller than either stride or dilation, but got"
            f" output_padding_height: 0 output_padding_width: {sizes.output_padding}"
            f" stride_height: 1 stride_width: {sizes.stride}"
            f" dilation_height: 1 dilation_width: {sizes.dilation}",
            code="output-padding-too-large",
        )
    if (output := wrapped(sizes.output_length, bits=64)) < 1:
        raise SizeError(
            f"padding={sizes.padding} crops {2 * sizes.padding} samples, which leaves"
            f" {sizes.output_length} of the"
            f" {sizes.scattered_length + sizes.output_padding} that length={sizes.length} is"
            f" scattered over; between 1 and {LARGEST_INT64} have to be left",
            f"Given input size per channel: (1 x {sizes.length}). Calculated output size per"
            f" channel: (1 x {output}). Output size is too small",
            code="crop-too-large",
        )


def check_output_size(sizes: ConvTranspose1dSizes, output_size: int) -> None:
    """Raise SizeError where nn.ConvTranspose1d refuses this output_size."""
    _check_tensors(sizes)
    smallest = sizes.scattered_length - 2 * sizes.padding
    largest = smallest + sizes.stride - 1
    if not smallest <= output_size <= largest:
        raise SizeError(
            f"output_size={output_size} is out of reach: it has to be from {smallest} to {largest},"
            " which is what an output_padding from 0 to stride - 1 gives",
            f"requested an output size of [{output_size}], but valid sizes range from [{smallest}]"
            f" to [{largest}] (for an input of torch.Size([{sizes.length}]))",
            code="output-size",
        )
    chosen = vars(sizes) | {"output_padding": output_size - smallest}
    check_conv_transpose1d(ConvTranspose1dSizes.of(**chosen))


def _words(check: Callable[[], None]) -> str | None:
    """Return PyTorch's words for what `check` raises, or None if it raises nothing."""
    try:
        check()
    except SizeError as error:
        return error.pytorch
    return None


def _check_tensors(sizes: LayerSizes) -> None:
    """Raise SizeError where the kernel or the input can't even be made."""
    for name in ("kernel_size", "length"):
        if (value := integer(name, getattr(sizes, name))) < 0:
            raise SizeError(
                too_small(name, value),
                f"Trying to create tensor with negative dimension {value}: [1, 1, {value}]",
                code="negative-length" if name == "length" else "negative-kernel",
            )


def _check_signs(sizes: LayerSizes, **paddings: int) -> None:
    """Raise SizeError for a padding, stride or dilation that no layer takes."""
    for name, value in paddings.items():
        if value < 0:
            raise SizeError(
                too_small(name, value, 0),
                f"negative {name} is not supported",
                code="negative-padding" if name == "padding" else "negative-output-padding",
            )
    if sizes.stride < 1:
        raise SizeError(
            too_small("stride", sizes.stride),
            "non-positive stride is not supported",
            code="stride",
        )
    if sizes.dilation < 0:
        raise SizeError(
            too_small("dilation", sizes.dilation),
            "dilation should be greater than zero",
            code="dilation",
        )
    if (padding := paddings["padding"]) > LARGEST_PADDING:
        raise SizeError(
            f"padding={padding} is too large; it may be at most {LARGEST_PADDING}",
            f"Given padding={padding} at dimension 0 , expected padding to be at most"
            f" {LARGEST_PADDING}",
            code="padding-too-large",
        )


def _check_not_empty(sizes: LayerSizes, length: int, channels: int | str) -> None:
    """Raise SizeError if PyTorch meets `length` samples and that is none."""
    if length == 0:
        raise SizeError(
            f"{too_small('length', sizes.length)}, whatever the padding",
            "Only zero batch or zero channel inputs are supported, but got input shape:"
            f" [1, {channels}, 1, 0]",
            code="input-empty",
        )


def too_small(name: str, value: int, smallest: int = 1) -> str:
    """Say that a setting is too small."""
    return f"{name}={value} is too small; it has to be at least {smallest}"


def too_long(sizes: Conv1dSizes) -> str:
    """Say that not even one window fits."""
    return (
        f"kernel_size={sizes.kernel_size} is too long: with dilation={sizes.dilation} it spans"
        f" {sizes.effective_kernel_size} samples, and length={sizes.length} with"
        f" padding={sizes.padding!r} has only {sizes.padded_length}"
    )
