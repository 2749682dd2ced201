"""What real layers do with a signal, and whether a trace says the same."""

import re
import warnings
from collections.abc import Iterable

import torch
from tests import oracle
from torch import nn

from helpers.layers import Trace

__all__ = ["BATCH_OF_ONE", "agrees", "ran", "shapes_of"]


# A single number per channel is refused by the norms of a batch of one, not by its length.
BATCH_OF_ONE = "Expected more than 1 value per channel when training"


# What oneDNN says, where PyTorch has it, for sizes that PyTorch itself refuses in other words.
ONEDNN = re.compile("ONEDNN_VERBOSE|non-positive dilation is not supported")


def ran(layers: Iterable[nn.Module], channels: int, length: int) -> tuple[list[int], str | None]:
    """Run real layers; return the length after each, and the words of the one that raises."""
    shapes, words = shapes_of(layers, channels, length)
    return [shape[-1] for shape in shapes], words


def shapes_of(
    layers: Iterable[nn.Module], channels: int, length: int
) -> tuple[list[torch.Size], str | None]:
    """Run real layers; return the shape after each, and the words of the one that raises."""
    signal, shapes = torch.zeros(1, channels, length), []
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 'same' with an even kernel, norms for other channels
        for layer in layers:
            try:
                signal = layer(signal)
            except (RuntimeError, ValueError, NotImplementedError, IndexError) as error:
                return shapes, str(error)
            shapes.append(signal.shape)
    return shapes, None


def agrees(traced: Trace, lengths: list[int], words: str | None) -> bool:
    """Say whether a trace is what real layers did, and said."""
    if traced.lengths != lengths or (traced.error is None) != (words is None):
        return False
    if words is None or not oracle.MEASURED or ONEDNN.search(words):
        return True
    return traced.error is not None and traced.error.pytorch == words
