"""What the designer knows of the arguments of layers, beside PyTorch's own signatures."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from helpers import frontend

SOURCE = (
    Path(frontend.__file__).parent / "browser" / "designer" / "torch" / "torch_layers.js"
).read_text(encoding="utf-8")
PARTS = dict(re.findall(r'^const (\w+) = ["`](.*)["`];$', SOURCE, re.MULTILINE))
HEADS = dict(re.findall(r"^(\w+)\((.*)\)$", SOURCE, re.MULTILINE))
RECURRENT = {"LSTM", "GRU", "RNN"}
"""Their signatures are (*args, **kwargs): what they take is tried."""


def taken(head: str) -> list[inspect.Parameter]:
    """Return the parameters that a head names."""
    for _ in range(2):
        head = re.sub(r"\$\{(\w+)\}", lambda part: PARTS[part[1]], head)
    names: dict[str, Any] = {}
    exec(f"def layer({head}): pass", names)
    return [*inspect.signature(names["layer"]).parameters.values()]


@pytest.mark.parametrize("kind", sorted(HEADS.keys() - RECURRENT))
def test_arguments_are_those_of_pytorch(kind: str) -> None:
    known = taken(HEADS[kind])
    real = [*inspect.signature(getattr(nn, kind)).parameters.values()]
    told = [(one.name, one.kind, one.default) for one in real][: len(known)]
    assert [(one.name, one.kind, one.default) for one in known] == told


@pytest.mark.parametrize("kind", sorted(RECURRENT))
def test_arguments_of_recurrent_layers_are_taken(kind: str) -> None:
    defaults = {
        one.name: one.default
        for one in taken(HEADS[kind])
        if one.default is not one.empty and one.name != "bias"
    }
    layer = getattr(nn, kind)(3, 4)
    for name, default in defaults.items():
        assert getattr(layer, name) == default
    assert len(HEADS) > 25
