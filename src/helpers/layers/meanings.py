"""What PyTorch's words about sizes mean, and the section of the book that explains them."""

import re
from dataclasses import dataclass

__all__ = ["PAGE", "SECTIONS", "Meaning", "meaning_of"]

PAGE = "notebooks/errors.html"


@dataclass(frozen=True)
class Meaning:
    """What an error's numbers mean.

    Attributes:
        words: A sentence on the numbers, or None where only the section has one.
        section: The section's name in the page's address.
    """

    words: str | None
    section: str


SECTIONS: dict[str, str] = {
    r"Kernel size can't be greater": "kernel-size-can-t-be-greater-than-actual-input-size",
    r"Only zero batch or zero channel": "only-zero-batch-or-zero-channel-inputs-are-supported",
    r"Expected 2D \(unbatched\) or 3D \(batched\)": "expected-2d-unbatched-or-3d-batched-input-to",
    r"expected input.* to have \d+ channels": (
        "expected-input-to-have-channels-but-got-channels-instead"
    ),
    r"negative (output_)?padding is not|non-positive stride|dilation should be greater": (
        "negative-padding-is-not-supported-and-its-neighbors"
    ),
    r"output padding must be smaller": (
        "output-padding-must-be-smaller-than-either-stride-or-dilation"
    ),
    r"requested an output size of": "requested-an-output-size-of-but-valid-sizes-range-from",
    r"Calculated output size per channel": "output-size-is-too-small",
    r"Invalid computed output size|Given input size: ": "invalid-computed-output-size",
    r"max_pool1d: Expected 2D or 3D|Expected 3D or 4D|non-zero size for non-batch": (
        "max-pool1d-expected-2d-or-3d-batch-mode-tensor"
    ),
    r"at most half of (effective )?kernel size": "padding-should-be-at-most-half-of-kernel-size",
    r"invalid output_size": "invalid-output-size-dim-0-must-be-between",
    r"should be less than the corresponding input dimension": (
        "padding-size-should-be-less-than-the-corresponding-input-dimension"
    ),
    r"with possibly 0 batch size": "expected-2d-or-3d-batch-mode-tensor-with-possibly-0-batch-size",
    r"wrapping around more than once": "padding-value-causes-wrapping-around-more-than-once",
    r"narrow\(\): length must|input \(W: \d+\) is too small|resulting in an empty": (
        "narrow-length-must-be-non-negative"
    ),
    r"Expected more than 1 (value|spatial)": "expected-more-than-1-value-per-channel-when-training",
    r"Given normalized_shape": "given-normalized-shape",
    r"Halving dimension must be even": "halving-dimension-must-be-even",
    r"running_mean should contain": "running-mean-should-contain",
    r"input.size\(-1\) must be equal": "input-size-1-must-be-equal-to-input-size",
    r"Input and output sizes should be greater": "input-and-output-sizes-should-be-greater-than-0",
    r"The size of tensor a": "the-size-of-tensor-a-must-match-the-size-of-tensor-b",
    r"doesn't match the broadcast shape": "output-with-shape-doesn-t-match-the-broadcast-shape",
    r"The expanded size of the tensor": (
        "the-expanded-size-of-the-tensor-must-match-the-existing-size"
    ),
    r"Sizes of tensors must match except": "sizes-of-tensors-must-match-except-in-dimension-1",
    r"Tensors must have same number of dim": "tensors-must-have-same-number-of-dimensions",
    r"The shape of the mask": "the-shape-of-the-mask-does-not-match",
    r"is invalid for input of size": "shape-is-invalid-for-input-of-size",
    r"shapes cannot be multiplied": "mat1-and-mat2-shapes-cannot-be-multiplied",
    r"stack expects each tensor": "stack-expects-each-tensor-to-be-equal-size",
}
"""What the words hold, as a regular expression, and the section."""


def meaning_of(words: str) -> Meaning:
    """Return what PyTorch's words mean, as far as the numbers in them say.

    >>> meaning_of("Sizes of tensors must match except in dimension 1. Expected size 91 but got"
    ...            " size 90 for tensor number 1 in the list.").words
    'tensor 0 has 91 samples, and tensor 1 has 90: 1 too few'
    >>> meaning_of("Halving dimension must be even, but dimension 2 is size 99").section
    'halving-dimension-must-be-even'

    Args:
        words: What PyTorch said.
    """
    found = (section for pattern, section in SECTIONS.items() if re.search(pattern, words))
    return Meaning(_numbers(words), next(found, "read-an-unknown-error"))


def _numbers(words: str) -> str | None:
    """Return a sentence on the numbers, where there is one to say more than PyTorch does."""
    if found := re.search(r"Expected size (\d+) but got size (\d+) for tensor number (\d+)", words):
        first, other, number = map(int, found.groups())
        return (
            f"tensor 0 has {first} samples, and tensor {number} has {other}: {_apart(first, other)}"
        )
    found = re.search(
        r"size of tensor a \((\d+)\) must match .* tensor b \((\d+)\) at .* (\d)", words
    )
    if found:
        left, right, dimension = map(int, found.groups())
        what = "samples" if dimension == 2 else f"entries in dimension {dimension}"
        return f"left of the operator are {left} {what}, right of it {right}: {_apart(left, right)}"
    if found := re.search(r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)", words):
        _, got, wanted, _ = map(int, found.groups())
        return f"{got} features come in, and the Linear was built for {wanted}"
    if found := re.search(r"shape '(\[.*\])' is invalid for input of size (\d+)", words):
        return f"{found[2]} numbers do not fill the shape {found[1]}"
    if found := re.search(r"equal to input_size. Expected (\d+), got (\d+)", words):
        return (
            f"the last dimension has {found[2]} entries, and the layer reads {found[1]} from it;"
            " recurrent layers want channels last"
        )
    if found := re.search(r"The expanded size of the tensor \((\d+)\) .* size \((\d+)\)", words):
        return f"{found[2]} samples are written to a place of {found[1]}"
    return None


def _apart(first: int, other: int) -> str:
    """Return how far the second number is from the first."""
    return f"{abs(first - other)} too {'few' if other < first else 'many'}"
