"""The layer designer: its page in the browser counts, this module says what it opens with.

The presets are the real models of the book, written as PyTorch code from the book's own data.
"""

from typing import Any

from torch import nn

from helpers.real_models import RealLayer, RealModel, load
from helpers.sizes import OPTIONAL

__all__ = ["opening", "presets"]

OPENS_WITH = "dac-24khz"


def presets() -> list[dict[str, Any]]:
    """Return the real models as code: the encoder where there are two halves, else all layers.

    Of models with the same layers only the first is among them.

    >>> whisper = next(preset for preset in presets() if preset["key"] == "whisper")
    >>> print(whisper["code"])
    nn.Conv1d(1, 1, 3, padding=1)
    nn.Conv1d(1, 1, 3, stride=2, padding=1)
    """
    found: dict[str, dict[str, Any]] = {}
    for model in load().values():
        choice = preset(model)
        found.setdefault(choice["code"], choice)
    return list(found.values())


def preset(model: RealModel) -> dict[str, Any]:
    """Return one model as code, with an input length and where it was read."""
    length = next(n for n, lengths in model.lengths.items() if None not in lengths)
    return {
        "key": model.key,
        "name": f"{model.name} ({model.does})",
        "half": "encoder" if model.decoder else "",
        "url": model.urls[0],
        "length": length,
        "code": "\n".join(lines(model.encoder, length)),
    }


def lines(layers: tuple[RealLayer, ...], length: int) -> list[str]:
    """Return the code of some layers that meet an input of this length, a layer a line."""
    found: list[str] = []
    for layer in layers:
        found += map(code, layer.modules(length))
        length = layer.output_length(length)
    return found


def code(layer: nn.Module) -> str:
    """Return the Python code that makes a layer, as one would type it.

    >>> code(nn.Conv1d(1, 1, 4, stride=2))
    'nn.Conv1d(1, 1, 4, stride=2)'
    """
    if isinstance(layer, nn.ConstantPad1d):
        return f"nn.ConstantPad1d({layer.padding}, {layer.value})"
    assert isinstance(layer, nn.Conv1d | nn.ConvTranspose1d)
    given = {name: getattr(layer, name)[0] for name in OPTIONAL}
    settings = [f"{name}={given[name]}" for name, usual in OPTIONAL.items() if given[name] != usual]
    sizes = map(str, (layer.in_channels, layer.out_channels, *layer.kernel_size))
    return f"nn.{type(layer).__name__}({', '.join([*sizes, *settings])})"


def opening() -> dict[str, Any]:
    """Return the state that the page opens with: a worked example and the presets."""
    choices = presets()
    first = next(choice for choice in choices if choice["key"] == OPENS_WITH)
    return {"length": first["length"], "code": first["code"], "presets": choices}
