"""Lengths of Conv1d and ConvTranspose1d: exact, pure Python, and refusing what PyTorch refuses.

All lengths are integers, in samples. The settings carry PyTorch's names and have to be integers
too: int, or anything else with `__index__`, such as NumPy's; bool and float are not.

The CPU with a batch of one is the measure. An empty batch and PyTorch's meta device skip some of
the checks, and other devices differ as well (pytorch#169236): what they accept may be refused here.
"""

from dataclasses import replace
from typing import SupportsIndex

from helpers.pytorch_errors import check_conv1d, check_conv_transpose1d
from helpers.sizes import INT64, Conv1dSizes, ConvTranspose1dSizes, SizeError, integer

__all__ = [
    "SizeError",
    "conv1d_output_length",
    "conv_transpose1d_output_length",
    "input_lengths",
    "required_output_padding",
    "unread_samples",
]

SMALL = 2**30
"""Below it no setting meets a limit of 32 or 64 bits.

Plain ints from there down that a layer takes are what is asked nearly always: the two output
lengths answer these at once, and leave all else to the checks of `helpers.pytorch_errors`. That
both say the same is tested over a grid around every edge.
"""


def conv1d_output_length(
    length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex | str = 0,
    dilation: SupportsIndex = 1,
) -> int:
    """Return how many samples nn.Conv1d makes of `length` samples.

    L_out = floor((L_in + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1
    (PyTorch's documentation of Conv1d), which counts the windows that fit. An input of 0 samples
    is refused even where padding would make it long enough; the meta device takes it.

    >>> conv1d_output_length(100, kernel_size=3, stride=2, padding=1)  # 99 // 2 + 1
    50
    >>> conv1d_output_length(100, kernel_size=3, padding=1, dilation=2)  # 102 - 5 + 1
    98

    Args:
        length: Samples in the input, at least 1.
        kernel_size: Taps in the kernel, at least 1; they span dilation * (kernel_size - 1) + 1
            samples.
        stride: Samples from one window to the next, at least 1.
        padding: Samples added on each side, at least 0; 'valid' adds none, 'same' keeps the
            length and needs stride=1.
        dilation: Samples from one tap of the kernel to the next, at least 1.

    Raises:
        SizeError: Where nn.Conv1d raises; a ValueError, with PyTorch's words in `pytorch`.
        TypeError: For what is not an integer.

    Chapter 1 counts the formula out, chapter 3 adds dilation.
    """
    if (
        type(length) is type(kernel_size) is type(stride) is type(padding) is type(dilation) is int
        and 0 < length < SMALL
        and 0 < kernel_size < SMALL
        and 0 < stride < SMALL
        and 0 <= padding < SMALL
        and 0 < dilation < SMALL
        and length + 2 * padding > dilation * (kernel_size - 1)
    ):
        return (length + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1
    return _conv1d(
        length=length, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    ).output_length


def conv_transpose1d_output_length(
    length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex = 0,
    output_padding: SupportsIndex = 0,
    dilation: SupportsIndex = 1,
) -> int:
    """Return how many samples nn.ConvTranspose1d makes of `length` samples.

    L_out = (L_in - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1
    (PyTorch's documentation of ConvTranspose1d): what the scattered kernels cover, less the crop.
    PyTorch's documentation and message say that output_padding must be "smaller than either stride
    or dilation"; the CPU means the larger of the two. The meta device does not check it, and MPS
    did not when that was reported (pytorch#169236). The CPU keeps stride and dilation in 32 bits.
    An output of 0 samples is refused here as PyTorch itself refuses it. On more than one thread,
    inputs of over 20,480 numbers and several groups may go to oneDNN, which returns it.

    >>> settings = {"kernel_size": 3, "stride": 2, "padding": 1}
    >>> conv_transpose1d_output_length(50, **settings)  # 98 - 2 + 2 + 1
    99
    >>> conv_transpose1d_output_length(50, **settings, output_padding=1)
    100

    Args:
        length: Samples in the input, at least 1.
        kernel_size: Taps in the kernel, at least 1; they span dilation * (kernel_size - 1) + 1
            samples.
        stride: Samples from one scattered kernel to the next, from 1 to 2**31 - 1.
        padding: Samples cropped from each side, at least 0; never a word.
        output_padding: Samples by which the crop at the end is smaller, at least 0 and smaller
            than stride or smaller than dilation.
        dilation: Samples from one tap of the kernel to the next, from 1 to 2**31 - 1.

    Raises:
        SizeError: Where nn.ConvTranspose1d raises; a ValueError, with PyTorch's words in
            `pytorch`.
        TypeError: For what is not an integer.

    Chapter 1 builds the length by scattering, chapter 2 adds output_padding.
    """
    if (
        type(length) is type(kernel_size) is type(stride) is type(padding) is int
        and type(output_padding) is type(dilation) is int
        and 0 < length < SMALL
        and 0 < kernel_size < SMALL
        and 0 < stride < SMALL
        and 0 <= padding < SMALL
        and 0 < dilation < SMALL
        and (0 <= output_padding < stride or 0 <= output_padding < dilation)
        and (length - 1) * stride + dilation * (kernel_size - 1) + output_padding >= 2 * padding
    ):
        return (
            (length - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1
        )
    return _conv_transpose1d(
        length=length,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    ).output_length


def required_output_padding(
    length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex | str = 0,
    dilation: SupportsIndex = 1,
) -> int:
    """Return the output_padding with which the transposed layer returns to `length` samples.

    (length + 2 * padding - dilation * (kernel_size - 1) - 1) mod stride: as many samples as the
    convolution's last window leaves over. It is always smaller than stride, so always legal.

    >>> settings = {"kernel_size": 3, "stride": 2, "padding": 1}
    >>> required_output_padding(100, **settings)  # (100 + 2 - 2 - 1) mod 2
    1
    >>> required_output_padding(99, **settings)  # (99 + 2 - 2 - 1) mod 2
    0

    Args:
        length: Samples in the input of nn.Conv1d, at least 1.
        kernel_size: As in `conv1d_output_length`.
        stride: As in `conv1d_output_length`.
        padding: As in `conv1d_output_length`; of 'same' only what adds as much on both sides.
        dilation: As in `conv1d_output_length`.

    Raises:
        SizeError: Where nn.Conv1d raises, and for a 'same' that adds one sample more on the
            right, because no nn.ConvTranspose1d crops that way.
        TypeError: For what is not an integer.

    Chapter 2 derives it.
    """
    sizes = _conv1d(
        length=length, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    if sizes.total_padding % 2:
        raise SizeError(
            f"padding='same' adds {sizes.total_padding} samples in all, an odd number, and"
            " ConvTranspose1d crops padding samples on each side, which makes it even"
        )
    return sizes.remainder


def input_lengths(
    output_length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex | str = 0,
    dilation: SupportsIndex = 1,
) -> range:
    """Return all input lengths from which nn.Conv1d makes `output_length` samples.

    They run from (output_length - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1,
    which is what the transposed layer returns, over `stride` lengths; those below 1 fall away,
    because PyTorch takes no empty input. The range is empty where no length is left.

    >>> input_lengths(50, kernel_size=3, stride=2, padding=1)  # from 98 - 2 + 2 + 1
    range(99, 101)
    >>> input_lengths(1, kernel_size=1, stride=3, padding=1)  # of -1, 0 and 1
    range(1, 2)

    Args:
        output_length: Samples in the output; there is no input for fewer than 1.
        kernel_size: As in `conv1d_output_length`.
        stride: As in `conv1d_output_length`.
        padding: As in `conv1d_output_length`.
        dilation: As in `conv1d_output_length`.

    Raises:
        SizeError: Where nn.Conv1d with these settings refuses inputs of every length.
        TypeError: For what is not an integer.

    Chapter 1 draws them as a staircase.
    """
    windows = integer("output_length", output_length)
    sizes = Conv1dSizes.of(
        length=1, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    check_conv1d(replace(sizes, length=max(1, sizes.effective_kernel_size)))
    shortest = sizes.effective_kernel_size - sizes.total_padding
    first = shortest + (windows - 1) * sizes.stride
    start = max(1, shortest, first)
    stop = first + sizes.stride
    if stop + sizes.total_padding > INT64.stop:
        stop = INT64.stop - sizes.total_padding
    return range(start, max(start, stop))


def unread_samples(
    length: SupportsIndex,
    *,
    kernel_size: SupportsIndex,
    stride: SupportsIndex = 1,
    padding: SupportsIndex | str = 0,
    dilation: SupportsIndex = 1,
) -> int:
    """Return how many real samples at the end no window of nn.Conv1d reads.

    Mostly max(0, (length + 2 * padding - dilation * (kernel_size - 1) - 1) mod stride - padding):
    what the last window leaves over, less the padding, which comes last. They are more where
    samples at the end fall into a gap, of the kernel (dilation > 1) or between windows
    (stride > kernel_size), and the last window ends in the padding.

    >>> unread_samples(100, kernel_size=3, stride=2, padding=1)  # (99 mod 2) - 1
    0
    >>> unread_samples(100, kernel_size=3, stride=2)  # 97 mod 2
    1

    Args:
        length: Samples in the input, at least 1.
        kernel_size: As in `conv1d_output_length`.
        stride: As in `conv1d_output_length`.
        padding: As in `conv1d_output_length`.
        dilation: As in `conv1d_output_length`.

    Raises:
        SizeError: Where nn.Conv1d raises.
        TypeError: For what is not an integer.

    Chapter 1 shows one.
    """
    sizes = _conv1d(
        length=length, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    last = sizes.left_padding + sizes.length - 1
    # In the last window, the tap that comes nearest to the last sample: the taps before it, and
    # all of these in earlier windows, stay further away.
    behind = last - (sizes.output_length - 1) * sizes.stride
    nearest = min(sizes.kernel_size - 1, behind // sizes.dilation)
    distances = [sizes.length]
    if nearest >= 0:
        distances.append(behind - nearest * sizes.dilation)
    # The taps after it lie beyond the last sample there; in an earlier window, each comes to less
    # than a stride from it.
    first = max(nearest + 1, 0)
    count = min(sizes.kernel_size - 1, last // sizes.dilation) - first + 1
    if count > 0:
        start = last - first * sizes.dilation
        distances.append(_smallest_remainder(start, -sizes.dilation, count, sizes.stride))
    return min(distances)


def _smallest_remainder(start: int, step: int, count: int, modulus: int) -> int:
    """Return the smallest of `count` numbers, `step` apart from `start` on, each mod `modulus`.

    In the manner of Euclid: only the first number, and those just after the numbers have run over
    the modulus, can be the smallest; and the latter are `modulus` apart, mod `step`.

    >>> _smallest_remainder(5, 4, 6, 9)  # 5, 0, 4, 8, 3, 7
    0
    >>> _smallest_remainder(2**62, -3, 2**61, 2**40)
    0
    """
    smallest = start % modulus
    while count > 0:
        start, step = start % modulus, step % modulus
        if 2 * step > modulus:  # The same numbers backwards, so that each round halves the modulus.
            start, step = (start + (count - 1) * step) % modulus, modulus - step
        smallest = min(smallest, start)
        if step == 0:
            break
        count = (start + (count - 1) * step) // modulus
        start, step, modulus = start - modulus, -modulus, step
    return smallest


def _conv1d(**settings: SupportsIndex | str) -> Conv1dSizes:
    """Return the sizes of an nn.Conv1d that takes its input."""
    sizes = Conv1dSizes.of(**settings)
    check_conv1d(sizes)
    return sizes


def _conv_transpose1d(**settings: SupportsIndex) -> ConvTranspose1dSizes:
    """Return the sizes of an nn.ConvTranspose1d that takes its input."""
    sizes = ConvTranspose1dSizes.of(**settings)
    check_conv_transpose1d(sizes)
    return sizes
