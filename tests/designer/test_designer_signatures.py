"""What the designer knows of the arguments of layers, against the layers themselves."""

import inspect
from typing import Any

import pytest
from torch import nn

from helpers.torch_signatures import heads

HEADS = dict(head.rstrip(")").split("(", 1) for head in heads())
RECURRENT = ("LSTM", "GRU", "RNN")
"""Their signatures are (*args, **kwargs): what they take is tried."""


def taken(head: str) -> list[inspect.Parameter]:
    """Return the parameters that a head names."""
    names: dict[str, Any] = {}
    exec(f"def layer({head}): pass", names)
    return [*inspect.signature(names["layer"]).parameters.values()]


@pytest.mark.parametrize("kind", sorted(HEADS.keys() - set(RECURRENT)))
def test_arguments_are_those_of_pytorch(kind: str) -> None:
    real = inspect.signature(getattr(nn, kind)).parameters.values()
    told = [(one.name, one.kind, one.default) for one in real]
    assert [(one.name, one.kind, one.default) for one in taken(HEADS[kind])] == told


@pytest.mark.parametrize("kind", RECURRENT)
def test_arguments_of_recurrent_layers_are_taken(kind: str) -> None:
    places = ("device", "dtype")
    defaults = {
        one.name: one.default
        for one in taken(HEADS[kind])
        if one.default is not one.empty and one.name not in places
    }
    layer = getattr(nn, kind)(3, 4, *defaults.values())
    assert {name: getattr(layer, name) for name in defaults} == defaults
    assert len(defaults) >= 5
