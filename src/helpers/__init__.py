"""Lengths of PyTorch's Conv1d and ConvTranspose1d, and what it takes to make them match."""

from helpers.lengths import (
    conv1d_output_length,
    conv_transpose1d_output_length,
    input_lengths,
    required_output_padding,
    unread_samples,
)

__all__ = [
    "conv1d_output_length",
    "conv_transpose1d_output_length",
    "input_lengths",
    "required_output_padding",
    "unread_samples",
]
