"""What PyTorch says about sizes that pooling, padding and upsampling refuse, word for word.

Measured as in `helpers.pytorch_errors`, where the two convolutions are.
"""

from helpers.pytorch_errors import too_long, too_small
from helpers.sizes import Pad1dSizes, Pool1dSizes, SizeError, half

__all__ = [
    "check_adaptive_pool1d",
    "check_avg_pool1d",
    "check_max_pool1d",
    "check_pad1d",
    "check_upsample",
    "check_upsample_settings",
]


def check_max_pool1d(sizes: Pool1dSizes, channels: int | str = 1) -> None:
    """Raise SizeError where nn.MaxPool1d raises."""
    if sizes.length == 0:
        raise SizeError(
            too_small("length", 0),
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for"
            f" input, but got:[1, {channels}, 0]",
        )
    for name, smallest, words in (
        ("kernel_size", 1, "must be greater than zero"),
        ("stride", 1, "must be greater than zero"),
        ("padding", 0, "must be non-negative"),
    ):
        if (value := getattr(sizes, name)) < smallest:
            raise SizeError(
                too_small(name, value, smallest), f"max_pool1d() {name} {words}, but got {value}"
            )
    if sizes.padding > sizes.kernel_size // 2:
        raise SizeError(
            _more_than_half(sizes),
            "max_pool1d() padding should be at most half of kernel size, but got"
            f" padding={sizes.padding} and kernel_size={sizes.kernel_size}",
        )
    if sizes.dilation < 1:
        raise SizeError(
            too_small("dilation", sizes.dilation),
            f"max_pool1d() dilation must be greater than zero, but got {sizes.dilation}",
        )
    if (windows := sizes.output_length) < 1:
        raise SizeError(too_long(sizes), f"max_pool1d() Invalid computed output size: {windows}")


def check_avg_pool1d(sizes: Pool1dSizes, channels: int | str = 1) -> None:
    """Raise SizeError where nn.AvgPool1d and nn.LPPool1d raise."""
    if sizes.stride == 0:
        raise SizeError(too_small("stride", 0), "stride should not be zero")
    if sizes.padding < 0:
        raise SizeError(
            too_small("padding", sizes.padding, 0),
            f"pad must be non-negative, but got pad: {sizes.padding}",
        )
    if sizes.padding > half(sizes.kernel_size):
        raise SizeError(
            _more_than_half(sizes),
            f"pad should be at most half of effective kernel size, but got pad={sizes.padding},"
            f" kernel_size={sizes.kernel_size} and dilation=1",
        )
    for name, words, symbol in (("kernel_size", "kernel size", "k"), ("stride", "stride", "d")):
        if (value := getattr(sizes, name)) < 1:
            raise SizeError(
                too_small(name, value),
                f"{words} should be greater than zero, but got {symbol}H: 1 {symbol}W: {value}",
            )
    if sizes.length == 0:
        raise SizeError(
            too_small("length", 0),
            "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but"
            f" got:[1, {channels}, 1, 0]",
        )
    if (windows := sizes.output_length) < 1:
        raise SizeError(
            too_long(sizes),
            f"Given input size: ({channels}x1x{sizes.length}). Calculated output size:"
            f" ({channels}x1x{windows}). Output size is too small",
        )


def check_pad1d(
    sizes: Pad1dSizes, mode: str, channels: int | None = None, printed: int | str = 1
) -> None:
    """Raise SizeError where a padding layer of this mode raises.

    Args:
        sizes: The samples on each side.
        mode: As F.pad calls it.
        channels: How many there are, or None where that is not known.
        printed: What the words say instead, then.
    """
    widest = max(sizes.left, sizes.right)
    shape = f"[1, {channels or printed}, {sizes.length}]"
    padding = f"padding=({sizes.left}, {sizes.right})"
    if mode == "constant":
        if sizes.kept_length < 0:
            raise SizeError(
                f"{padding} cuts more than the {sizes.length} samples there are",
                "narrow(): length must be non-negative.",
            )
    elif mode == "circular":
        if widest > sizes.length:
            raise SizeError(
                f"{padding} wraps around more than once; each side may take at most the"
                f" {sizes.length} samples there are",
                "Padding value causes wrapping around more than once.",
            )
        if sizes.output_length < 0:
            raise SizeError(
                f"{padding} cuts more than the {sizes.length} samples there are",
                "Negative padding value is resulting in an empty dimension",
            )
        _check_circular_copies(sizes, channels, printed)
    elif sizes.length == 0:
        raise SizeError(
            too_small("length", 0),
            "Expected 2D or 3D (batch mode) tensor with possibly 0 batch size and other non-zero"
            f" dimensions for input, but got: {shape}",
        )
    elif mode == "reflect" and widest >= sizes.length:
        raise SizeError(
            f"{padding} reflects more than there is; of {sizes.length} samples each side may"
            f" reflect at most {sizes.length - 1}",
            "Argument #4: Padding size should be less than the corresponding input dimension, but"
            f" got: padding ({sizes.left}, {sizes.right}) at dimension 2 of input {shape}",
        )
    elif sizes.output_length < 1:
        raise SizeError(
            f"{padding} leaves {sizes.output_length} of {sizes.length} samples; at least 1 has to"
            " be left",
            f"input (W: {sizes.length}) is too small. Calculated output W: {sizes.output_length}",
        )


def check_adaptive_pool1d(
    length: int, output_size: int, kind: str, channels: int | str = 1
) -> None:
    """Raise SizeError where nn.AdaptiveAvgPool1d ("avg") or nn.AdaptiveMaxPool1d ("max") raises."""
    reason = too_small("output_size", output_size, 0)
    if kind == "avg" and output_size < 0:
        raise SizeError(
            reason,
            "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but"
            f" received {{1, {output_size}}}",
        )
    # An average down to one number is a mean, which PyTorch takes of nothing, too.
    if length == 0 and (kind, output_size) != ("avg", 1):
        name, shape = ("avg_pool2d", "1, 0") if kind == "avg" else ("max_pool1d", "0")
        raise SizeError(
            too_small("length", 0),
            f"adaptive_{name}(): Expected input to have non-zero size for non-batch dimensions, but"
            f" input has sizes [1, {channels}, {shape}] with dimension {3 if kind == 'avg' else 2}"
            " being empty",
        )
    if output_size < 0:
        raise SizeError(
            reason,
            f"Trying to create tensor with negative dimension {output_size}: [1, {channels}, 1,"
            f" {output_size}]",
        )


def check_upsample_settings(
    mode: str, size: object, scale_factor: object, align_corners: bool | None
) -> None:
    """Raise SizeError where nn.Upsample refuses signals of any length."""
    if align_corners is not None and mode in ("nearest", "area", "nearest-exact"):
        raise SizeError(
            f"align_corners={align_corners} is not for mode={mode!r}",
            "align_corners option can only be set with the interpolating modes: linear | bilinear |"
            " bicubic | trilinear",
        )
    if (size is None) == (scale_factor is None):
        either = "either" if size is None else "only one of"
        raise SizeError(
            f"size={size} and scale_factor={scale_factor}: one of them has to be given, not both",
            f"{either} size or scale_factor should be defined",
        )
    if dimensions := {"bilinear": 4, "trilinear": 5}.get(mode):
        raise SizeError(
            f"mode={mode!r} is not for signals; use 'linear'",
            f"Got 3D input, but {mode} mode needs {dimensions}D input",
        )
    if mode not in ("nearest", "nearest-exact", "linear", "area"):
        raise SizeError(
            f"mode={mode!r} is not for signals; use 'linear'",
            "Input Error: Only 3D, 4D and 5D input Tensors supported (got 3D) for the modes:"
            " nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
            f" (got {mode})",
        )


def check_upsample(length: int, output_length: int) -> None:
    """Raise SizeError where nn.Upsample and F.interpolate raise."""
    if min(length, output_length) < 1:
        raise SizeError(
            f"{length} samples become {output_length}; both have to be at least 1",
            "Input and output sizes should be greater than 0, but got input (W:"
            f" {length}) and output (W: {output_length})",
        )


def _check_circular_copies(sizes: Pad1dSizes, channels: int | None, printed: int | str) -> None:
    """Raise SizeError where one of the copies fails of which PyTorch makes a circular padding.

    It makes room for the output and copies to there what is kept of the input; then, within the
    output, its end to the left and its start to the right. Where one side is cut and the other
    wants more than the cut leaves, these slices wrap around, or read what was never written.
    """
    padding = f"padding=({sizes.left}, {sizes.right})"
    printed = channels or printed
    left, right = max(sizes.left, 0), max(sizes.right, 0)
    whole, middle = range(sizes.output_length), sizes.output_length - right
    kept = range(sizes.length)[max(-sizes.left, 0) : sizes.length - max(-sizes.right, 0)]
    _check_fit(whole[left:middle], kept, printed, padding)
    if left:
        _check_copy(whole[:left], whole[middle - left : middle], channels, printed, padding)
    if right:
        _check_copy(whole[middle:], whole[left : left + right], channels, printed, padding)


def _check_fit(written: range, read: range, printed: int | str, padding: str) -> None:
    """Raise SizeError where samples are copied to places that are more or fewer."""
    a, b = (max(samples.stop - samples.start, 0) for samples in (written, read))
    if a != b and b != 1:  # A single sample is repeated.
        own = f"{padding} cuts off samples that the other side needs"
        before = f"[1, {printed}, "
        raise SizeError(
            own,
            f"output with shape {before}1] doesn't match the broadcast shape {before}{b}]"
            if a == 1
            else f"The size of tensor a ({a}) must match the size of tensor b ({b}) at"
            " non-singleton dimension 2",
        )


def _check_copy(
    written: range, read: range, channels: int | None, printed: int | str, padding: str
) -> None:
    """Raise SizeError where PyTorch can't copy samples within one row of them."""
    _check_fit(written, read, printed, padding)
    overlap = max(written.start, read.start) < min(written.stop, read.stop)
    # Of more channels PyTorch does not notice, because their slices are no longer one piece.
    if not overlap or written == read or (channels or 1) > 1:
        return
    own = f"{padding} copies more samples than its cut leaves"
    if channels is None:
        raise SizeError(f"{own}, which PyTorch refuses of a single channel only")
    raise SizeError(
        own,
        "unsupported operation: some elements of the input tensor and the written-to tensor refer"
        " to a single memory location. Please clone() the tensor before performing the operation.",
    )


def _more_than_half(sizes: Pool1dSizes) -> str:
    """Say that the padding of a pooling layer is too large."""
    return (
        f"padding={sizes.padding} is too large: with kernel_size={sizes.kernel_size} it may be at"
        f" most {half(sizes.kernel_size)}, whatever the dilation"
    )
