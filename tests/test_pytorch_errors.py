"""PyTorch's words, compared with those of real layers, word for word."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle import ODD, grid

from helpers.pytorch_errors import conv1d_error, conv_transpose1d_error, output_size_error

pytestmark = pytest.mark.skipif(
    not oracle.MEASURED, reason="the words are those of PyTorch 2.13, and this is another"
)

Words = Callable[..., str | None]


def misquoted(
    error: Words, layer: Callable[..., int | str], cases: Iterable[dict[str, int]]
) -> list[tuple[dict[str, int], str | None, int | str]]:
    """Return the cases in which PyTorch says anything else, with both."""
    pairs = ((case, error(**case), layer(**case)) for case in cases)
    return [(case, ours, real) for case, ours, real in pairs if ours != quoted(real)]


def quoted(outcome: int | str) -> str | None:
    """Return the words of an outcome, or None if it is a length."""
    return outcome if isinstance(outcome, str) else None


def transposed_to_size(length: int, output_size: int, **sizes: int) -> int | str:
    """Ask a real layer, whose own output_padding is nonsense, for a size."""
    return oracle.conv_transpose1d(length, [output_size], output_padding=77, **sizes)


@pytest.mark.slow
def test_conv1d() -> None:
    cases = grid(**ODD, padding=(-1, 0, 1, 2, 3, "same", "valid", "full"))
    assert misquoted(conv1d_error, oracle.conv1d, cases) == []


@pytest.mark.slow
def test_conv_transpose1d() -> None:
    cases = grid(**ODD, padding=(-1, 0, 1, 2, 6), output_padding=range(-1, 4))
    assert misquoted(conv_transpose1d_error, oracle.conv_transpose1d, cases) == []


@pytest.mark.slow
def test_output_size() -> None:
    cases = grid(**ODD, padding=(-1, 0, 1, 2, 6), output_size=(-1, 0, 1, 2, 5, 9, 14, 20))
    assert misquoted(output_size_error, transposed_to_size, cases) == []


def test_the_checker_can_fail() -> None:
    def mistyped(length: int, **sizes: int) -> str | None:
        words = conv1d_error(length, **sizes)
        return words and words.replace("can't", "cannot")

    cases = list(grid(length=[2, 3], kernel_size=[3]))
    assert misquoted(conv1d_error, oracle.conv1d, cases) == []
    assert [case for case, *_ in misquoted(mistyped, oracle.conv1d, cases)] == [cases[0]]


wide = settings(max_examples=500, deadline=None, derandomize=True)
sizes = {
    "length": st.integers(0, 100),
    "kernel_size": st.integers(-1, 40),
    "stride": st.integers(-1, 9),
    "padding": st.integers(-1, 50),
    "dilation": st.integers(-1, 9),
}


@pytest.mark.slow
@wide
@given(st.fixed_dictionaries(sizes))
def test_conv1d_wide(case: dict[str, int]) -> None:
    assert misquoted(conv1d_error, oracle.conv1d, [case]) == []


@pytest.mark.slow
@wide
@given(st.fixed_dictionaries({**sizes, "output_padding": st.integers(-1, 12)}))
def test_conv_transpose1d_wide(case: dict[str, int]) -> None:
    assert misquoted(conv_transpose1d_error, oracle.conv_transpose1d, [case]) == []


@pytest.mark.slow
@wide
@given(st.fixed_dictionaries(sizes), st.integers(-40, 40))
def test_output_size_wide(case: dict[str, int], beyond: int) -> None:
    smallest = (case["length"] - 1) * case["stride"] - 2 * case["padding"] + case["kernel_size"]
    case["output_size"] = smallest + beyond
    assert misquoted(output_size_error, transposed_to_size, [case]) == []


@pytest.mark.parametrize(
    "case",
    [
        {"length": 5, "kernel_size": 3, "padding": 2**62},
        {"length": 5, "kernel_size": 3, "padding": 2**62 - 1},
    ],
)
def test_conv1d_at_the_limits_of_integers(case: dict[str, int]) -> None:
    assert misquoted(conv1d_error, oracle.conv1d, [case]) == []


@pytest.mark.parametrize(
    "case", [{"stride": 2**31}, {"stride": 2**40}, {"dilation": 2**32}, {"padding": 2**62}]
)
def test_conv_transpose1d_at_the_limits_of_integers(case: dict[str, int]) -> None:
    case = {"length": 1, "kernel_size": 1, **case}
    assert misquoted(conv_transpose1d_error, oracle.conv_transpose1d, [case]) == []


@pytest.mark.parametrize(
    ("case", "output_size"),
    [
        ({}, 2**63),
        ({}, -(2**70)),
        ({"stride": 2**63}, 12),
        ({"stride": 2**63}, 2**65 + 3),
        ({"padding": 2**63}, 7),
        ({"padding": 2**63}, 7 - 2**64),
        ({"kernel_size": 2**63}, 7),
    ],
)
def test_output_size_of_more_than_64_bits(case: dict[str, int], output_size: int) -> None:
    case = {"length": 5, "kernel_size": 3, **case}
    words = output_size_error(**case, output_size=output_size)
    if words == "Overflow when unpacking long long":
        with pytest.raises(TypeError, match=words):
            transposed_to_size(**case, output_size=output_size)
    else:
        assert words == transposed_to_size(**case, output_size=output_size)


def test_words_for_padding() -> None:
    with pytest.raises(TypeError) as raised:
        oracle.conv_transpose1d(5, kernel_size=3, padding="same")
    assert str(raised.value) == conv_transpose1d_error(5, kernel_size=3, padding="same")


def test_more_than_64_bits() -> None:
    with pytest.raises(TypeError) as raised:
        oracle.conv1d(5, kernel_size=3, stride=2**63)
    assert conv1d_error(5, kernel_size=3, stride=2**63) in str(raised.value)
