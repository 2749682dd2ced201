"""PyTorch as the oracle: what real layers on the CPU return and say, with a batch of one."""

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

# Tiny layers, thousands of them: a second thread only waits for the first.
torch.set_num_threads(1)

MEASURED = torch.__version__.startswith("2.13.")
"""Whether this is the PyTorch whose words the helpers repeat. Others may use other words."""


SMALL: dict[str, Iterable[int]] = {
    "length": range(25),
    "kernel_size": range(1, 6),
    "stride": range(1, 5),
    "padding": range(5),
    "dilation": range(1, 4),
}
"""The small corner, to be gone through exhaustively."""

ODD: dict[str, Iterable[int]] = {
    "length": (0, 1, 2, 5),
    "kernel_size": range(-1, 5),
    "stride": range(-1, 4),
    "dilation": range(-2, 4),
}
"""Settings around zero."""


def grid(**choices: Iterable[int | str]) -> Iterator[dict[str, int]]:
    """Yield all combinations of settings."""
    for values in itertools.product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def outcome(run: Callable[[], Tensor]) -> int | str:
    """Return the length that a layer returns, or the words with which it raises."""
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Kernels of size 0, and 'same' with an even kernel.
        try:
            return run().shape[-1]
        except (RuntimeError, ValueError, NotImplementedError) as error:
            # Python prints a set in any order.
            return str(error).replace("{'valid', 'same'}", "{'same', 'valid'}")


def conv1d(length: int, **settings: int | str) -> int | str:
    """Return what a real nn.Conv1d makes of `length` samples."""
    return outcome(lambda: nn.Conv1d(1, 1, **settings)(torch.zeros(1, 1, length)))


def conv_transpose1d(
    length: int, output_size: list[int] | None = None, **settings: int
) -> int | str:
    """Return what a real nn.ConvTranspose1d makes of `length` samples."""
    return outcome(
        lambda: nn.ConvTranspose1d(1, 1, **settings)(torch.zeros(1, 1, length), output_size)
    )


def unread(length: int, **settings: int | str) -> int:
    """Return how many samples at the end leave no gradient in a real nn.Conv1d."""
    conv = nn.Conv1d(1, 1, bias=False, **settings)
    nn.init.ones_(conv.weight)
    signal = torch.zeros(1, 1, length, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        conv(signal).sum().backward()
    read = signal.grad[0, 0].nonzero()
    return length - 1 - int(read.max()) if len(read) else length
