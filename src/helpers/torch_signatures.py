"""What the layers of torch.nn take, as PyTorch's own signatures say it, for the layer designer."""

import inspect
import json
import typing

from torch import nn

from helpers import kinds

__all__ = ["heads", "module"]

OTHERS = ("Linear", "Embedding", "Flatten", "LSTM", "GRU", "RNN")
"""Layers that the designer follows without a rule in `helpers.kinds`."""
UNKNOWN = ("SyncBatchNorm",)
"""Layers that it does not: this one takes no signal on the CPU while it is trained."""


def heads() -> list[str]:
    """Return the head of each layer's definition.

    >>> [head for head in heads() if head.startswith("LPPool1d")]
    ['LPPool1d(norm_type, kernel_size, stride=None, ceil_mode=False)']
    """
    names = [*(name for name in kinds.KINDS if name not in UNKNOWN), *OTHERS]
    return [f"{name}{_signature(getattr(nn, name))}" for name in names]


def module() -> str:
    """Return the browser's module of them.

    >>> module().splitlines()[0]
    '// Made of torch.nn by helpers.torch_signatures.'
    """
    text = json.dumps("\n".join(heads()))
    return f"// Made of torch.nn by helpers.torch_signatures.\nexport const HEADS = {text};\n"


def _signature(kind: type[nn.Module]) -> inspect.Signature:
    """Return what a class takes, without types."""
    told = inspect.signature(kind)
    # Recurrent layers are written as (*args, **kwargs), and say what they take in an overload.
    for one in typing.get_overloads(kind.__init__)[:1]:
        told = inspect.signature(one)
        told = told.replace(parameters=[*told.parameters.values()][1:])  # Without self.
    bare = [one.replace(annotation=one.empty) for one in told.parameters.values()]
    return inspect.Signature(bare)
