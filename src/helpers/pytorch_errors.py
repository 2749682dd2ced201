"""What PyTorch says about sizes that it refuses, word for word.

Measured with PyTorch 2.13 on the CPU, with a batch of one. PyTorch runs one-dimensional layers as
two-dimensional ones, which is why its messages speak of heights and widths.

Inputs of more than 20,480 numbers, or several groups, are handed to oneDNN where PyTorch has it:
kernel_size=0 and dilation=0 are refused there as well, in other words. Other devices and other
versions may use other words, and some accept what the CPU refuses.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import SupportsIndex

from helpers.sizes import Conv1dSizes, ConvTranspose1dSizes, SizeError, integer

__all__ = [
    "check_conv1d",
    "check_conv_transpose1d",
    "conv1d_error",
    "conv_transpose1d_error",
    "output_size_error",
]

EMPTY = "Only zero batch or zero channel inputs are supported, but got input shape: [1, 1, 1, 0]"
LARGEST_PADDING = 2**62 - 1


def wrapped(number: int, bits: int) -> int:
    """Return what a signed integer of so many bits makes of `number`.

    >>> wrapped(2**31, bits=32)
    -2147483648
    """
    half = 1 << (bits - 1)
    return (number + half) % (2 * half) - half


def check_tensors(sizes: Conv1dSizes | ConvTranspose1dSizes) -> None:
    """Raise SizeError where the input or the kernel can't even be made."""
    for name in ("kernel_size", "length"):
        if (value := getattr(sizes, name)) < 0:
            raise SizeError(
                f"{name}={value} is negative; it has to be at least 1",
                f"Trying to create tensor with negative dimension {value}: [1, 1, {value}]",
            )


def check_signs(sizes: Conv1dSizes | ConvTranspose1dSizes, **paddings: int) -> None:
    """Raise SizeError for a negative padding, stride or dilation."""
    for name, value in paddings.items():
        if value < 0:
            raise SizeError(
                f"{name}={value} is negative; it has to be at least 0",
                f"negative {name} is not supported",
            )
    if sizes.stride <= 0:
        raise SizeError(
            f"stride={sizes.stride} does not move forward; it has to be at least 1",
            "non-positive stride is not supported",
        )
    if sizes.dilation < 0:
        raise SizeError(
            f"dilation={sizes.dilation} is negative; it has to be at least 1",
            "dilation should be greater than zero",
        )
    if paddings["padding"] > LARGEST_PADDING:
        padding = paddings["padding"]
        raise SizeError(
            f"padding={padding} is too large; it may be at most {LARGEST_PADDING}",
            f"Given padding={padding} at dimension 0 , expected padding to be at most"
            f" {LARGEST_PADDING}",
        )


def check_conv1d(sizes: Conv1dSizes) -> None:
    """Raise SizeError where nn.Conv1d raises, with PyTorch's words in its attribute `pytorch`."""
    if sizes.padding not in ("same", "valid") and isinstance(sizes.padding, str):
        raise SizeError(
            f"padding={sizes.padding!r} is not known; the words are 'same' and 'valid'",
            f"Invalid padding string {sizes.padding!r}, should be one of {{'same', 'valid'}}",
        )
    if sizes.padding == "same" and sizes.stride != 1:
        raise SizeError(
            f"stride={sizes.stride} does not go with padding='same', which needs stride=1",
            "padding='same' is not supported for strided convolutions",
        )
    check_tensors(sizes)
    # An odd total cannot be split evenly: PyTorch first adds one sample at the end of the input.
    padding = sizes.left_padding
    length = sizes.padded_length - 2 * padding
    if length < 0:
        raise SizeError(
            f"kernel_size={sizes.kernel_size} has no samples; it has to be at least 1",
            "narrow(): length must be non-negative.",
        )
    check_signs(sizes, padding=padding)
    if (padded := wrapped(sizes.padded_length, 64)) < sizes.effective_kernel_size:
        raise SizeError(
            f"kernel_size={sizes.kernel_size} is too long: with dilation={sizes.dilation} it spans"
            f" {sizes.effective_kernel_size} samples, and length={sizes.length} with"
            f" padding={sizes.padding!r} has only {sizes.padded_length}",
            f"Calculated padded input size per channel: ({padded})."
            f" Kernel size: ({sizes.effective_kernel_size})."
            " Kernel size can't be greater than actual input size",
        )
    if length == 0:
        raise SizeError("length=0 is empty; it has to be at least 1, whatever the padding", EMPTY)
    if sizes.kernel_size == 0:
        printed = "kernel_height: 1 kernel_width: 0" if sizes.dilation == 1 else "[1, 0]"
        raise SizeError(
            "kernel_size=0 has no samples; it has to be at least 1",
            f"kernel size should be greater than zero, but got {printed}",
        )
    if sizes.dilation == 0:
        raise SizeError(
            "dilation=0 puts all of the kernel on one sample; it has to be at least 1",
            "dilation should be greater than zero, but got [1, 0]",
        )


def check_conv_transpose1d(sizes: ConvTranspose1dSizes) -> None:
    """Raise SizeError where nn.ConvTranspose1d raises, with PyTorch's words in `pytorch`."""
    check_tensors(sizes)
    check_signs(sizes, padding=sizes.padding, output_padding=sizes.output_padding)
    if sizes.length == 0:
        raise SizeError("length=0 is empty; it has to be at least 1", EMPTY)
    if sizes.kernel_size == 0:
        raise SizeError(
            "kernel_size=0 has no samples; it has to be at least 1",
            "kernel size should be greater than zero, but got kernel_height: 1 kernel_width: 0",
        )
    # The CPU keeps these two in 32 bits.
    if (stride := wrapped(sizes.stride, 32)) <= 0:
        raise SizeError(
            f"stride={sizes.stride} does not fit into 32 bits; it may be at most {2**31 - 1}",
            f"stride should be greater than zero, but got stride_height: 1 stride_width: {stride}",
        )
    if (dilation := wrapped(sizes.dilation, 32)) <= 0:
        raise SizeError(
            f"dilation={sizes.dilation} has to be at least 1 and at most {2**31 - 1}",
            "dilation should be greater than zero, but got dilation_height: 1, dilation_width:"
            f" {dilation}",
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
        )
    if (output := wrapped(sizes.output_length, 64)) < 1:
        raise SizeError(
            f"padding={sizes.padding} crops too much: it takes {2 * sizes.padding} samples from"
            f" {sizes.scattered_length + sizes.output_padding}, which leaves"
            f" {sizes.output_length}, and at least 1 has to remain",
            f"Given input size per channel: (1 x {sizes.length}). Calculated output size per"
            f" channel: (1 x {output}). Output size is too small",
        )


def check_output_size(sizes: ConvTranspose1dSizes, output_size: int) -> None:
    """Raise SizeError where nn.ConvTranspose1d refuses this output_size."""
    check_tensors(sizes)
    smallest = sizes.scattered_length - 2 * sizes.padding
    largest = smallest + sizes.stride - 1
    if not smallest <= output_size <= largest:
        raise SizeError(
            f"output_size={output_size} is out of reach: with output_padding from 0 to stride - 1"
            f" the layer returns {smallest} to {largest} samples",
            f"requested an output size of [{output_size}], but valid sizes range from [{smallest}]"
            f" to [{largest}] (for an input of torch.Size([{sizes.length}]))",
        )
    check_conv_transpose1d(replace(sizes, output_padding=output_size - smallest))


def conv1d_error(length: SupportsIndex, **settings: SupportsIndex | str) -> str | None:
    """Return what nn.Conv1d says about an input of `length` samples, or None if it takes it.

    >>> conv1d_error(4, kernel_size=3, dilation=2)  # 2 * (3 - 1) + 1 = 5 samples do not fit
    "Calculated padded input size per channel: (4). Kernel size: (5). Kernel size can't be \
greater than actual input size"
    >>> conv1d_error(5, kernel_size=3, dilation=2)

    Chapter 9 goes through all of them.
    """
    return _words(lambda: check_conv1d(Conv1dSizes.of(length=length, **settings)))


def conv_transpose1d_error(length: SupportsIndex, **settings: SupportsIndex | str) -> str | None:
    """Return what nn.ConvTranspose1d says about an input of `length` samples, or None.

    >>> conv_transpose1d_error(50, kernel_size=3, stride=2, padding="same")
    "conv_transpose1d(): argument 'padding' (position 5) must be tuple of ints, \
but found element of type str at pos 0"
    >>> conv_transpose1d_error(50, kernel_size=3, stride=2, padding=1, output_padding=1)

    Chapter 9 goes through all of them.
    """
    if isinstance(settings.get("padding"), str):
        return (
            "conv_transpose1d(): argument 'padding' (position 5) must be tuple of ints, "
            "but found element of type str at pos 0"
        )
    return _words(
        lambda: check_conv_transpose1d(ConvTranspose1dSizes.of(length=length, **settings))
    )


def output_size_error(
    length: SupportsIndex, output_size: SupportsIndex, **settings: SupportsIndex
) -> str | None:
    """Return what nn.ConvTranspose1d says about `forward(x, output_size=[output_size])`, or None.

    From (length - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1 samples on, it
    takes `stride` sizes; the constructor's output_padding plays no part, be it right or wrong.

    >>> output_size_error(5, 12, kernel_size=3, stride=2)  # (5 - 1) * 2 + 3 = 11, so 11 or 12
    >>> output_size_error(5, 13, kernel_size=3, stride=2)
    'requested an output size of [13], but valid sizes range from [11] to [12] \
(for an input of torch.Size([5]))'

    Chapter 2 introduces it, chapter 9 explains the words.
    """
    size = integer("output_size", output_size)
    sizes = ConvTranspose1dSizes.of(length=length, **settings | {"output_padding": 0})
    return _words(lambda: check_output_size(sizes, size))


def _words(check: Callable[[], None]) -> str | None:
    """Return PyTorch's words for what `check` raises, or None if it raises nothing."""
    try:
        check()
    except SizeError as error:
        return error.pytorch
    return None
