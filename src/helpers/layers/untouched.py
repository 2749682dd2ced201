"""Running somebody else's model without a trace: what a run changes is put back, come what may."""

import copy
import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, is_lazy

__all__ = ["Snapshot", "copied", "is_any_lazy", "random_state_kept"]


class Snapshot:
    """The state of a model, to be put back: its tensors, its mode and its other attributes.

    >>> norm = nn.BatchNorm1d(1)
    >>> state = Snapshot(norm)
    >>> _ = norm.eval(), norm.running_mean.fill_(7)
    >>> state.put_back()
    >>> norm.training, norm.running_mean
    (True, tensor([0.]))

    Args:
        model: Any module. Of its attributes, tensors, dicts, lists, sets and deques are put back to
            what they held; what lies deeper, such as a list in a list, is not looked at.
    """

    def __init__(self, model: nn.Module) -> None:
        # A scripted module keeps its mode elsewhere than among its attributes.
        self._modes = [(module, module.training) for module in model.modules()]
        self._attributes = [(vars(module), dict(vars(module))) for module in model.modules()]
        held: dict[int, Any] = {}
        for _, attributes in self._attributes:
            for value in attributes.values():
                held[id(value)] = value
                if isinstance(value, dict):
                    held |= {id(inner): inner for inner in value.values()}
        values = list(held.values())
        self._containers = [
            (value, copy.copy(value))
            for value in values
            if isinstance(value, dict | list | set | deque)
        ]
        self._tensors = [
            (value, value.data, value.detach().clone())
            for value in values
            if isinstance(value, Tensor) and not is_lazy(value)
        ]

    def put_back(self) -> None:
        """Make the model what it was."""
        for attributes, before in self._attributes:
            _refill(attributes, before)
        for module, training in self._modes:
            if module.training != training:
                module.training = training
        for container, held in self._containers:
            _refill(container, held)
        for tensor, data, values in self._tensors:
            if tensor.data_ptr() != data.data_ptr() or tensor.shape != data.shape:
                tensor.data = data
            if not (data.is_meta or torch.equal(data, values)):
                data.copy_(values)


def copied(model: nn.Module) -> nn.Module:
    """Return a copy, also of a model that holds what a run has computed, or buffers without a size.

    >>> layer = nn.Conv1d(1, 1, 3)
    >>> layer.last = layer.weight * 2  # as torch.nn.utils.weight_norm keeps a weight
    >>> copied(layer).last.shape
    torch.Size([1, 1, 3])

    Args:
        model: Any module.

    Raises:
        ValueError: If the model holds what can't be copied, such as a generator.
    """
    memo: dict[int, Any] = {}
    unsettled: Any = UninitializedBuffer  # PyTorch's stubs lack what it takes.
    for module in model.modules():
        for value in [*vars(module).values(), *module._buffers.values()]:
            if isinstance(value, UninitializedBuffer):
                memo[id(value)] = unsettled(device=value.device, dtype=value.dtype)
            elif isinstance(value, Tensor) and not value.is_leaf:
                memo[id(value)] = value.detach().clone()
    try:
        return copy.deepcopy(model, memo)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"the model can't be copied, so no change can be tried on a copy: {error}"
        ) from error


def _refill(container: Any, before: Any) -> None:
    """Give a container what it held before."""
    container.clear()
    if isinstance(container, list | deque):
        container.extend(before)
    else:
        container.update(before)


def is_any_lazy(model: nn.Module) -> bool:
    """Say whether a model has lazy layers whose sizes its first run will settle.

    >>> is_any_lazy(nn.Linear(1, 1)), is_any_lazy(nn.Sequential(nn.LazyLinear(1)))
    (False, True)

    Args:
        model: Any module.
    """
    return any(map(is_lazy, [*model.parameters(), *model.buffers()]))


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Put the random states of PyTorch, NumPy and Python back at the end."""
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])
