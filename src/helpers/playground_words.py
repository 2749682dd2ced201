"""Every sentence of the playground, for the page, for a widget and for a picture of it.

These are rules as well: the browser's copy is translated from here. Lengths are in samples.
"""

from helpers.lengths import input_lengths, required_output_padding

__all__ = [
    "COPIED_CODE",
    "COPIED_LINK",
    "HEADINGS",
    "NOT_COPIED",
    "STANDS_STILL",
    "headline",
    "hint",
    "legend",
    "number_problem",
    "required",
    "story",
    "verdict",
]

STANDS_STILL = (
    "This stands still. It comes alive when the cell is run, or where a page may run scripts."
)
HEADINGS = {"conv": "Conv1d", "transposed": "ConvTranspose1d", "round-trip": "Round trip"}
COPIED_CODE = "The code is copied."
COPIED_LINK = "The link is copied."
NOT_COPIED = "The browser refused to copy; here it is, selected:"


def verdict(
    conv: int | None,
    transposed: int | None,
    unread: int | None,
    *,
    mode: str,
    length: int,
    kernel_size: int,
    stride: int,
    padding: int,
    dilation: int,
    output_padding: int,
) -> str:
    """Say whether the length comes back, and which lengths share an output.

    >>> setting = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 1}
    >>> verdict(50, 99, 0, mode="round-trip", length=100, **setting, output_padding=0)
    'The length does not come back: 99 is 1 sample too few. 99 and 100 both become 50.'

    Args:
        conv: What Conv1d returns, None where there is none.
        transposed: What ConvTranspose1d returns, None where there is none.
        unread: How many samples at the end no window reads, None if that is beyond counting.
        mode: 'conv', 'transposed' or 'round-trip'.
        length: Samples in the input.
        kernel_size: Taps in the kernel.
        stride: Samples from one window to the next.
        padding: Samples added, or cropped, on each side.
        dilation: Samples from one tap to the next.
        output_padding: Samples by which the crop at the end is smaller.
    """
    windows = length if conv is None else conv
    lengths = input_lengths(
        windows, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    if mode == "transposed":
        if len(lengths) == 0:
            return f"No Conv1d with these settings returns {length}."
        more = "and" if len(lengths) == 2 else "to"
        made = lengths.start if len(lengths) == 1 else f"{lengths.start} {more} {lengths.stop - 1}"
        picks = "picks" if transposed in lengths else "returns"
        return (
            f"A Conv1d with these settings makes {length} of {made}; "
            f"this layer {picks} {transposed}."
        )
    shared = sharing(lengths, windows)
    if mode == "conv":
        if unread is None:
            return shared
        if unread == 0:
            return f"Every sample at the end is read. {shared}"
        last = "sample" if unread == 1 else f"{unread} samples"
        return f"No window reads the last {last}. {shared}"
    if transposed is None or transposed == length:
        picks = "" if len(lengths) == 1 else f" output_padding={output_padding} picks {length}."
        return f"The length comes back. {shared}{picks}"
    off = abs(length - transposed)
    much = "few" if transposed < length else "many"
    samples = "sample" if off == 1 else "samples"
    return f"The length does not come back: {transposed} is {off} {samples} too {much}. {shared}"


def sharing(lengths: range, windows: int) -> str:
    """Say which lengths become the same output.

    >>> sharing(range(99, 101), 50)
    '99 and 100 both become 50.'
    """
    if len(lengths) == 1:
        return f"Only {lengths.start} becomes {windows}."
    if len(lengths) == 2:
        return f"{lengths.start} and {lengths.start + 1} both become {windows}."
    return f"All lengths from {lengths.start} to {lengths.stop - 1} become {windows}."


def required(
    transposed: int | None,
    code: str | None,
    *,
    mode: str,
    length: int,
    kernel_size: int,
    stride: int,
    padding: int,
    dilation: int,
) -> int | None:
    """Return the output_padding to offer, or None where there is nothing to set.

    >>> setting = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 1}
    >>> required(99, None, mode="round-trip", length=100, **setting)  # 99 mod 2
    1
    """
    is_off = transposed is not None and transposed != length
    if mode != "round-trip" or not (is_off or code == "output-padding-too-large"):
        return None
    return required_output_padding(
        length, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )


def story(
    chosen: int,
    transposed: int | None,
    *,
    mode: str,
    length: int,
    kernel_size: int,
    stride: int,
    padding: int,
    dilation: int,
) -> str:
    """Say what the chosen window reads, or where the chosen sample goes.

    >>> setting = {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 1}
    >>> story(0, None, mode="conv", length=100, **setting)
    'Window 0 reads input 0, 1 and a padding zero.'
    """
    base = chosen * stride - padding
    reads = ""
    if mode != "transposed":
        inside = taps_inside(base, length, kernel_size, dilation)
        outside = kernel_size - len(inside)
        zeros = "a padding zero" if outside == 1 else f"{outside} padding zeros"
        reads = listed("input", base, dilation, inside, zeros if outside > 0 else "")
        if mode == "conv":
            return f"Window {chosen} reads {reads}."
    goal = 0 if transposed is None else transposed
    inside = taps_inside(base, goal, kernel_size, dilation)
    outside = kernel_size - len(inside)
    places = "one cropped place" if outside == 1 else f"{outside} cropped places"
    added = listed("output", base, dilation, inside, places if outside > 0 else "")
    if mode == "transposed":
        return f"Input {chosen} is added to {added}."
    return f"Window {chosen} reads {reads}; it is added to {added}."


def taps_inside(base: int, limit: int, kernel_size: int, dilation: int) -> range:
    """Return the taps of a window from `base` on that lie between 0 and `limit`.

    >>> taps_inside(-1, 100, 3, 1)
    range(1, 3)
    """
    first = max(0, -(base // dilation))
    return range(first, max(first, min(kernel_size, (limit - 1 - base) // dilation + 1)))


def listed(side: str, base: int, dilation: int, taps: range, outside: str) -> str:
    """Return the places of taps in words, many of them shortened.

    >>> listed("input", 0, 2, range(3), "")
    'input 0, 2 and 4'
    """
    is_short = len(taps) <= 6
    count = len(taps) if is_short else 3
    words = [f"{base + (taps.start + tap) * dilation}" for tap in range(count)]
    if not is_short:
        words.append("…")
        words.append(f"{base + (taps.stop - 1) * dilation}")
    if outside:
        words.append(outside)
    beginning = f"{side} " if len(taps) > 0 else ""
    last = words[len(words) - 1]
    if len(words) == 1:
        return f"{beginning}{last}"
    joint = " and" if is_short else ","
    return f"{beginning}{', '.join(words[: len(words) - 1])}{joint} {last}"


def headline(code: str | None, conv: int | None) -> str:
    """Say above an error who refuses.

    >>> headline("stride", None)
    'PyTorch refuses these sizes:'
    """
    if code is None:
        return "The picture comes back with whole numbers within reach."
    if conv is not None:
        return "Conv1d takes these sizes, ConvTranspose1d refuses them:"
    return "PyTorch refuses these sizes:"


def hint(
    code: str | None,
    *,
    length: int,
    kernel_size: int,
    stride: int,
    padding: int,
    dilation: int,
    output_padding: int,
) -> str | None:
    """Say what one of PyTorch's messages means here, or None where its words say it all.

    >>> rest = {"kernel_size": 3, "padding": 0, "dilation": 1, "output_padding": 0}
    >>> hint("stride", length=9, stride=0, **rest)
    'stride has to move forward: 1 or more.'
    """
    if code == "kernel-too-long":
        span = dilation * (kernel_size - 1) + 1
        return (
            f"The kernel spans {span} samples, and the padded input has only "
            f"{length + 2 * padding}."
        )
    if code == "output-padding-too-large":
        most = max(stride, dilation) - 1
        return f"output_padding={output_padding} is too large: here it may be at most {most}."
    if code == "crop-too-large":
        return (
            f"The crop takes {padding} samples on the left and {padding - output_padding} on the "
            "right, and nothing is left."
        )
    return None if code is None else HINTS.get(code)


HINTS = {
    "negative-padding": "padding counts samples: 0 or more.",
    "negative-output-padding": "output_padding counts samples: 0 or more.",
    "stride": "stride has to move forward: 1 or more.",
    "stride-too-large": "stride has to fit into 32 bits.",
    "dilation": "dilation has to be at least 1, and to fit into 32 bits.",
    "kernel-empty": "kernel_size has to be at least 1.",
    "input-empty": "An input of no samples is refused, whatever the padding.",
    "negative-kernel": "kernel_size counts samples: 1 or more.",
    "negative-length": "length counts samples: 1 or more.",
}


def legend(
    unread: int | None,
    transposed: int | None,
    *,
    mode: str,
    length: int,
    padding: int,
    output_padding: int,
) -> dict[str, str]:
    """Return what the looks of samples mean, in the order of the legend.

    >>> legend(0, 99, mode="conv", length=100, padding=1, output_padding=0)["padding"]
    'padding 1 + 1'
    """
    some = unread is not None and unread > 0
    return {
        "padding": f"padding {padding} + {padding}",
        "spare": "left over",
        "unread": f"unread, {unread} at the end" if some else "unread",
        "cropped": f"cropped {padding} + {max(0, padding - output_padding)}",
        "output-padding": f"output_padding {output_padding}",
        "bias": "nothing but bias",
        "missing": f"missing {length - (0 if transposed is None else transposed)}",
        "goal": "where the input ends",
        "in-window": "the chosen sample" if mode == "transposed" else "the chosen window",
    }


def number_problem(name: str, text: str, problem: str) -> str:
    """Say what is wrong with what was typed for a number: it is 'empty', 'large' or no integer.

    >>> number_problem("stride", "2.5", "other")
    'stride has to be an integer, got 2.5.'
    """
    if problem == "empty":
        return f"{name} is empty: type a whole number."
    if problem == "large":
        return f"{name} is beyond 2**53, up to which a browser counts exactly."
    return f"{name} has to be an integer, got {text}."
