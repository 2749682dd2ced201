"""The arithmetic against real layers: the same lengths, and errors where they raise."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle import ODD, SMALL, grid
from torch import nn

import helpers
from helpers import lengths
from helpers.lengths import (
    SizeError,
    conv1d_output_length,
    conv_transpose1d_output_length,
    input_lengths,
    required_output_padding,
    unread_samples,
)

CONV = ("kernel_size", "stride", "padding", "dilation")
CONV_FUNCTIONS = (
    conv1d_output_length,
    required_output_padding,
    input_lengths,
    unread_samples,
)
FUNCTIONS = (*CONV_FUNCTIONS, conv_transpose1d_output_length)

wide = settings(max_examples=500, deadline=None, derandomize=True)
"""The same examples on each run, however slow the machine."""


def accepted(function: Callable[..., int], *length: int, **sizes: int) -> int | None:
    """Return what a function returns, or None where it raises."""
    try:
        return function(*length, **sizes)
    except SizeError:
        return None


def disagreements(
    function: Callable[..., int], layer: Callable[..., int | str], cases: Iterable[dict[str, int]]
) -> list[dict[str, int]]:
    """Return the cases in which a function and a real layer differ."""
    different = []
    for case in cases:
        real = layer(**case)
        if accepted(function, **case) != (real if isinstance(real, int) else None):
            different.append(case)
    return different


@pytest.mark.slow
def test_conv1d_small_grid() -> None:
    assert disagreements(conv1d_output_length, oracle.conv1d, grid(**SMALL)) == []


@pytest.mark.slow
def test_conv_transpose1d_small_grid() -> None:
    cases = grid(**SMALL, output_padding=range(4))
    assert disagreements(conv_transpose1d_output_length, oracle.conv_transpose1d, cases) == []


@pytest.mark.slow
def test_conv1d_odd_corners() -> None:
    cases = grid(**ODD, padding=(-1, 0, 1, 2, 3, "same", "valid", "full"))
    assert disagreements(conv1d_output_length, oracle.conv1d, cases) == []


def test_what_is_answered_at_once_is_what_the_checks_say() -> None:
    edges = (-1, 0, 1, 3, lengths.SMALL - 1, lengths.SMALL)
    for case in grid(**dict.fromkeys(("length", *CONV), edges)):
        checked = accepted(lambda **sizes: lengths._conv1d(**sizes).output_length, **case)
        assert accepted(conv1d_output_length, **case) == checked, case
    for case in grid(**dict.fromkeys(("length", *CONV, "output_padding"), edges)):
        checked = accepted(lambda **sizes: lengths._conv_transpose1d(**sizes).output_length, **case)
        assert accepted(conv_transpose1d_output_length, **case) == checked, case


@pytest.mark.parametrize(("length", "groups"), [(20_482, 1), (2, 2)])
def test_onednn_returns_no_samples_where_pytorch_refuses_them(length: int, groups: int) -> None:
    layer = nn.ConvTranspose1d(groups, groups, 1, padding=length // 2, groups=groups)
    with pytest.raises(RuntimeError, match="too small"):  # On one thread, as all tests run.
        layer(torch.zeros(1, groups, length))
    if torch.backends.mkldnn.is_available():
        torch.set_num_threads(2)
        try:
            assert layer(torch.zeros(1, groups, length)).shape == (1, groups, 0)
        finally:
            torch.set_num_threads(1)
    with pytest.raises(SizeError, match="which leaves 0 of"):
        conv_transpose1d_output_length(length, kernel_size=1, padding=length // 2)


@pytest.mark.slow
def test_conv_transpose1d_odd_corners() -> None:
    cases = grid(**ODD, padding=(-1, 0, 1, 2, 6), output_padding=range(-1, 4))
    assert disagreements(conv_transpose1d_output_length, oracle.conv_transpose1d, cases) == []


def test_the_checker_can_fail() -> None:
    def blind_to_dilation(length: int, *, dilation: int, **sizes: int) -> int:
        return conv1d_output_length(length, **sizes)

    def never_raising(length: int, *, kernel_size: int, dilation: int) -> int:
        return length - dilation * (kernel_size - 1)

    cases = list(grid(length=[4, 5], kernel_size=[3], dilation=[1, 2]))
    assert disagreements(conv1d_output_length, oracle.conv1d, cases) == []
    assert disagreements(blind_to_dilation, oracle.conv1d, cases) == [cases[1], cases[3]]
    assert disagreements(never_raising, oracle.conv1d, cases) == [cases[1]]


wide_sizes = {
    "kernel_size": st.integers(-1, 80),
    "stride": st.integers(-1, 50),
    "padding": st.integers(-1, 200),
    "dilation": st.integers(-1, 40),
}
words = {"padding": wide_sizes["padding"] | st.sampled_from(["same", "valid"])}


@pytest.mark.slow
@wide
@given(st.fixed_dictionaries({"length": st.integers(0, 3000), **wide_sizes, **words}))
def test_conv1d_wide(case: dict[str, int]) -> None:
    assert disagreements(conv1d_output_length, oracle.conv1d, [case]) == []


@pytest.mark.slow
@wide
@given(
    st.fixed_dictionaries(
        {"length": st.integers(0, 200), **wide_sizes, "output_padding": st.integers(-1, 60)}
    )
)
def test_conv_transpose1d_wide(case: dict[str, int]) -> None:
    assert disagreements(conv_transpose1d_output_length, oracle.conv_transpose1d, [case]) == []


# Where an input is too long to run, PyTorch's meta device still says the shape, and says it right
# wherever the layer raises nothing.
huge = st.integers(2**31, 2**40)


@pytest.mark.slow
@wide
@given(huge, st.integers(1, 99), st.integers(1, 99), st.integers(0, 2**33), st.integers(1, 99))
@example(2**40, 3, 2, 1, 1)
def test_huge_lengths(length: int, k: int, s: int, p: int, d: int) -> None:
    sizes = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    with torch.device("meta"):
        signal = torch.empty(1, 1, length)
        conv = nn.Conv1d(1, 1, **sizes)(signal)
        assert conv1d_output_length(length, **sizes) == conv.shape[-1]
        extra = max(s, d) - 1
        sizes["padding"] = p % 2**30
        transposed = nn.ConvTranspose1d(1, 1, **sizes, output_padding=extra)(signal)
        sizes["output_padding"] = extra
        assert conv_transpose1d_output_length(length, **sizes) == transposed.shape[-1]


def test_huge_lengths_come_back() -> None:
    sizes = {"kernel_size": 7, "stride": 5, "padding": 3}
    for length in range(2**40, 2**40 + 5):
        windows = conv1d_output_length(length, **sizes)
        extra = required_output_padding(length, **sizes)
        back = conv_transpose1d_output_length(windows, **sizes, output_padding=extra)
        assert (back, length in input_lengths(windows, **sizes)) == (length, True)
        assert unread_samples(length, **sizes) == max(0, extra - 3)


@pytest.mark.parametrize(
    "sizes",
    [
        {"kernel_size": 3, "stride": 2**63 - 1},
        {"kernel_size": 3, "padding": 2**40, "stride": 2**40},
        {"kernel_size": 1, "dilation": 2**40},
        {"kernel_size": 3, "padding": 2**62 - 1, "stride": 2**61},
        {"kernel_size": 3, "padding": 2**62},
        {"kernel_size": 3, "padding": "same", "dilation": 2**40},
    ],
)
def test_conv1d_at_the_limits_of_integers(sizes: dict[str, int]) -> None:
    assert disagreements(conv1d_output_length, oracle.conv1d, [{"length": 5, **sizes}]) == []


@pytest.mark.parametrize(
    "sizes",
    [
        {"stride": 2**31 - 1},
        {"stride": 2**31},
        {"stride": 2**32},
        {"stride": 2**40, "output_padding": 2**39},
        {"dilation": 2**31},
        {"dilation": 2**31 - 1, "output_padding": 5},
        {"padding": 2**62 - 1},
        {"padding": 2**62},
    ],
)
def test_conv_transpose1d_at_the_limits_of_integers(sizes: dict[str, int]) -> None:
    case = {"length": 1, "kernel_size": 1, **sizes}
    assert disagreements(conv_transpose1d_output_length, oracle.conv_transpose1d, [case]) == []


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", ["length", *CONV])
def test_more_than_64_bits(function: Callable[..., int], name: str) -> None:
    sizes = {"length": 5, "kernel_size": 1, name: 2**63}
    length = sizes.pop("length")
    with pytest.raises(SizeError, match=f"{2**63} does not fit into the 64 bits"):
        function(length, **sizes)


# A second route: count the windows, scatter the kernels, one by one.


def counted_windows(length: int, k: int, s: int, p: int, d: int) -> int:
    padded = range(-p, length + p)
    starts = range(padded.start, padded.stop, s)
    return sum(all(start + tap * d in padded for tap in range(k)) for start in starts)


def scattered_length(length: int, k: int, s: int, p: int, d: int, extra: int) -> int:
    places = {place * s + tap * d for place in range(length) for tap in range(k)}
    return len(range(p, max(places) + 1 + extra - p))


@pytest.mark.slow
@wide
@given(
    st.integers(1, 40),
    st.integers(1, 7),
    st.integers(1, 6),
    st.integers(0, 7),
    st.integers(1, 5),
)
def test_counting_and_scattering(length: int, k: int, s: int, p: int, d: int) -> None:
    sizes = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    windows = accepted(conv1d_output_length, length, **sizes)
    assert (windows or 0) == counted_windows(length, k, s, p, d)
    for extra in range(max(s, d)):
        back = accepted(conv_transpose1d_output_length, length, **sizes, output_padding=extra)
        assert (back or 0) == scattered_length(length, k, s, p, d, extra)


@pytest.mark.slow
@wide
@given(
    st.integers(1, 40),
    st.integers(1, 7),
    st.integers(1, 9),
    st.integers(0, 9) | st.just("valid"),
    st.integers(1, 9),
)
@example(4, 1, 3, 2, 1)  # Windows at -2, 1 and 4: neither 2 nor 3 is read.
@example(4, 2, 2, 3, 8)  # One window, with its two taps in the padding.
@example(2, 1, 9, 3, 1)
def test_unread_samples_leave_no_gradient(
    length: int, k: int, s: int, p: int | str, d: int
) -> None:
    sizes = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    assume(accepted(conv1d_output_length, length, **sizes))
    assert unread_samples(length, **sizes) == oracle.unread(length, **sizes)


@pytest.mark.parametrize("kernel_size", range(1, 6))
@pytest.mark.parametrize("dilation", [1, 2, 9])
def test_unread_samples_of_same(kernel_size: int, dilation: int) -> None:
    for length in range(1, 12):
        sizes = {"kernel_size": kernel_size, "padding": "same", "dilation": dilation}
        assert unread_samples(length, **sizes) == oracle.unread(length, **sizes)


@wide
@given(
    st.integers(1, 60),
    st.integers(1, 12),
    st.integers(1, 25),
    st.integers(0, 40),
    st.integers(1, 20),
)
def test_unread_samples_counted_one_by_one(length: int, k: int, s: int, p: int, d: int) -> None:
    sizes = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}
    windows = accepted(conv1d_output_length, length, **sizes)
    assume(windows)
    places = {window * s - p + tap * d for window in range(windows) for tap in range(k)}
    last = max(places & set(range(length)), default=-1)
    assert unread_samples(length, **sizes) == length - 1 - last


@pytest.mark.parametrize(
    ("length", "sizes", "unread"),
    [
        (2**41, {"kernel_size": 2**40, "stride": 2**40 - 1}, 1),
        (2**41, {"kernel_size": 2**40, "stride": 2**40 + 1}, 2**40),
        (2**62, {"kernel_size": 2**60, "stride": 2**61 - 1, "padding": 2**60}, 2),
        (2**62, {"kernel_size": 2**40, "stride": 2**40, "dilation": 2**20 + 1}, 2**20),
    ],
)
def test_unread_samples_of_huge_settings_come_at_once(
    length: int, sizes: dict[str, int], unread: int
) -> None:
    started = time.perf_counter()
    assert unread_samples(length, **sizes) == unread
    assert time.perf_counter() - started < 1


def test_unread_samples_of_a_small_case_pulled_apart() -> None:
    for small in grid(kernel_size=[2, 7], stride=[1, 3, 8], padding=[0, 4, 9], dilation=[1, 2, 5]):
        if windows := accepted(conv1d_output_length, 12, **small):
            large = {name: 2**50 * size for name, size in small.items()}
            large["kernel_size"] = small["kernel_size"]
            assert conv1d_output_length(12 * 2**50, **large) == windows
            found = unread_samples(12 * 2**50, **large)
            assert found == 2**50 * (unread_samples(12, **small) + 1) - 1


def test_input_lengths_are_all_that_give_the_output() -> None:
    for sizes in grid(**{name: SMALL[name] for name in CONV}):
        outputs: dict[int | None, list[int]] = {}
        for length in range(60):
            found = accepted(conv1d_output_length, length, **sizes)
            outputs.setdefault(found, []).append(length)
        for output in range(-2, 9):
            assert list(input_lengths(output, **sizes)) == outputs.get(output, [])


@pytest.mark.parametrize("kernel_size", range(1, 6))
def test_input_lengths_with_words(kernel_size: int) -> None:
    assert list(input_lengths(9, kernel_size=kernel_size, padding="same")) == [9]
    valid = input_lengths(9, kernel_size=kernel_size, padding="valid", stride=2)
    assert valid == input_lengths(9, kernel_size=kernel_size, stride=2)


def test_input_lengths_stop_where_pytorch_stops() -> None:
    sizes = {"kernel_size": 1, "stride": 8, "padding": 4}
    last = conv1d_output_length(2**63 - 9, **sizes)
    assert input_lengths(last, **sizes)[-1] == 2**63 - 9
    assert len(input_lengths(last + 1, **sizes)) == 0


accepted_sizes = st.fixed_dictionaries(
    {
        "kernel_size": st.integers(1, 30),
        "stride": st.integers(1, 20),
        "padding": st.integers(0, 40),
        "dilation": st.integers(1, 12),
    }
)


@wide
@given(st.integers(1, 10**6), accepted_sizes)
def test_relations(length: int, sizes: dict[str, int]) -> None:
    windows = accepted(conv1d_output_length, length, **sizes)
    assume(windows is not None)
    extra = required_output_padding(length, **sizes)
    same_output = input_lengths(windows, **sizes)
    assert 0 <= extra < sizes["stride"]
    assert conv_transpose1d_output_length(windows, **sizes, output_padding=extra) == length
    assert length in same_output
    assert len(same_output) <= sizes["stride"]
    assert {conv1d_output_length(other, **sizes) for other in same_output} == {windows}
    assert conv1d_output_length(length + 1, **sizes) - windows in (0, 1)
    assert conv1d_output_length(length + sizes["stride"], **sizes) == windows + 1
    assert min(length, extra - sizes["padding"]) <= unread_samples(length, **sizes) <= length
    if extra == 0 and same_output[0] > 1:
        assert length == same_output[0]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "three",
    [
        np.int64(3),
        np.uint8(3),
        np.array(3),
        torch.tensor(3),
        type("I", (), {"__index__": lambda self: 3})(),
    ],
)
def test_anything_with_index_is_an_integer(function: Callable[..., object], three: int) -> None:
    plain = function(9, kernel_size=3, stride=3, padding=3, dilation=3)
    found = function(9, kernel_size=three, stride=three, padding=three, dilation=three)
    assert found == plain
    assert type(found) is type(plain)
    assert function(three, kernel_size=1) == function(3, kernel_size=1)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", ["first", *CONV])
@pytest.mark.parametrize(
    "value", [True, np.True_, 3.0, np.float32(3), "3", None, [3], (3,), 3j, torch.tensor(3.0)]
)
def test_anything_else_is_refused(function: Callable[..., int], name: str, value: object) -> None:
    sizes = {"first": 9, "kernel_size": 3, name: value}
    if name == "padding" and isinstance(value, str) and function in CONV_FUNCTIONS:
        return
    shown = {"first": "length"}.get(name, name)
    with pytest.raises(TypeError, match=rf"{shown}=.* is a \w+, and \w+ has to be an integer"):
        function(sizes.pop("first"), **sizes)


def test_settings_are_keyword_only() -> None:
    for function in FUNCTIONS:
        with pytest.raises(TypeError, match="positional argument"):
            function(9, 3)


@pytest.mark.parametrize(
    ("function", "sizes", "words"),
    [
        (conv1d_output_length, {"kernel_size": 0}, "kernel_size=0 is too small; .* at least 1"),
        (conv1d_output_length, {"kernel_size": -2}, "kernel_size=-2 is too small; .* at least 1"),
        (conv1d_output_length, {"stride": 0}, "stride=0 is too small; .* at least 1"),
        (conv1d_output_length, {"padding": -1}, "padding=-1 is too small; .* at least 0"),
        (conv1d_output_length, {"dilation": 0}, "dilation=0 is too small; .* at least 1"),
        (conv1d_output_length, {"padding": "SAME"}, "padding='SAME' .* 'same' and 'valid'"),
        (conv1d_output_length, {"padding": "same", "stride": 2}, "stride=2 .* needs stride=1"),
        (
            conv1d_output_length,
            {"kernel_size": 7, "dilation": 2, "padding": 1},
            "kernel_size=7 is too long: with dilation=2 it spans 13 samples, and length=9 with"
            " padding=1 has only 11",
        ),
        (
            conv_transpose1d_output_length,
            {"output_padding": 3, "stride": 3, "dilation": 2},
            "output_padding=3 is too large: with stride=3 and dilation=2 it may be at most 2",
        ),
        (
            conv_transpose1d_output_length,
            {"padding": 6, "kernel_size": 1},
            "padding=6 crops 12 samples, which leaves -3 of the 9",
        ),
        (
            required_output_padding,
            {"padding": "same", "kernel_size": 4},
            "padding='same' adds 3 samples in all, an odd number",
        ),
    ],
)
def test_the_reason_names_what_broke(
    function: Callable[..., int], sizes: dict[str, int], words: str
) -> None:
    with pytest.raises(SizeError, match=words):
        function(9, **{"kernel_size": 3} | sizes)


def test_an_empty_input_is_refused_whatever_the_padding() -> None:
    for function in (conv1d_output_length, required_output_padding, unread_samples):
        with pytest.raises(SizeError, match=r"length=0 is too small; .* whatever the padding"):
            function(0, kernel_size=1, padding=5)


def test_settings_that_take_no_length_have_no_input_lengths() -> None:
    for sizes in ({"stride": 0}, {"padding": -1}, {"dilation": 0}, {"padding": "full"}):
        with pytest.raises(SizeError, match=next(iter(sizes))):
            input_lengths(9, kernel_size=3, **sizes)


def test_import_stays_light() -> None:
    heavy = ["torch", "numpy", "matplotlib", "ipywidgets", "anywidget", "IPython"]
    watched = {*heavy, "helpers"}
    code = f"import sys, helpers, helpers.search; print(*set(sys.modules) & {watched})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "helpers\n"


def test_the_surface_is_small() -> None:
    assert set(helpers.__all__) == {function.__name__ for function in FUNCTIONS}
