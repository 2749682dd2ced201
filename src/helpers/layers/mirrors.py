"""The layer that undoes a layer, and the decoder of an encoder."""

import copy
from typing import Any, SupportsIndex

from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin

from helpers.kinds import undo
from helpers.layers.stacks import Stack, count, flatten, start
from helpers.layers.traces import trace
from helpers.lengths import required_output_padding
from helpers.signals import SAMPLES, Signal, after, conv1d_sizes, described
from helpers.sizes import SizeError, integer

__all__ = ["mirror", "transposed_like"]


def transposed_like(conv: nn.Conv1d, length: SupportsIndex) -> nn.ConvTranspose1d:
    """Return the nn.ConvTranspose1d that takes the output of `conv` back to `length` samples.

    Channels are swapped; kernel_size, stride, padding, dilation, groups, bias or none, device and
    dtype are those of `conv`; the weights are new. output_padding is
    (length + 2 * padding - dilation * (kernel_size - 1) - 1) mod stride.

    >>> conv = nn.Conv1d(16, 32, 3, stride=2)
    >>> transposed_like(conv, 100)  # (100 + 0 - 2 - 1) mod 2
    ConvTranspose1d(32, 16, kernel_size=(3,), stride=(2,), output_padding=(1,))
    >>> transposed_like(conv, 99)  # (99 + 0 - 2 - 1) mod 2
    ConvTranspose1d(32, 16, kernel_size=(3,), stride=(2,))

    Args:
        conv: The layer to undo the length of. Of its padding modes only the number is kept,
            because nn.ConvTranspose1d has no modes.
        length: Samples in the input of `conv`, at least 1.

    Raises:
        SizeError: Where `conv` refuses `length` samples, and for a padding='same' that adds one
            sample more on the right, because no nn.ConvTranspose1d crops that way.
        TypeError: If `conv` is no nn.Conv1d, or a lazy one that has not run yet.

    Chapter 9 introduces it.
    """
    if not isinstance(conv, nn.Conv1d):
        raise TypeError(f"conv is a {type(conv).__name__}; it has to be an nn.Conv1d")
    sizes = conv1d_sizes(conv, _accepted(conv, length)[1][0].length)
    required_output_padding(**vars(sizes))  # Refuses a padding that has to be cropped besides.
    back, *_ = _undo(conv, Signal(None, sizes.length), {}) or []
    assert isinstance(back, nn.ConvTranspose1d)
    return back


def mirror(encoder: Stack, length: SupportsIndex) -> nn.Sequential:
    """Return a decoder that takes the encoder's output back to `length` samples, exactly.

    Each layer is undone, the last one first: nn.Conv1d by the layer that `transposed_like` gives,
    nn.ConvTranspose1d by nn.Conv1d, a stride of pooling by nn.Upsample and the other way round,
    padding by cropping. What is then too long or too short is cropped or padded with zeros by an
    nn.ConstantPad1d. Activations, norms and dropouts that stand between two of these layers are
    copied, with new parameters, between the layers that undo them; those before the first and
    after the last are left out, so that the decoder's output is not confined.

    >>> mirror([nn.Conv1d(1, 4, 4, stride=2), nn.ReLU(), nn.Conv1d(4, 8, 3)], 101)
    Sequential(
      (0): ConvTranspose1d(8, 4, kernel_size=(3,), stride=(1,))
      (1): ReLU()
      (2): ConvTranspose1d(4, 1, kernel_size=(4,), stride=(2,), output_padding=(1,))
    )
    >>> mirror(nn.Conv1d(1, 1, 4, padding="same"), 9)  # 3 = 1 + 2 samples of padding
    Sequential(
      (0): ConvTranspose1d(1, 1, kernel_size=(4,), stride=(1,), padding=(1,))
      (1): ConstantPad1d(padding=(0, -1), value=0.0)
    )

    Args:
        encoder: A stack whose layers are known here: 1-D layers of torch.nn, in nn.Sequential,
            nn.ModuleList and lists, nested as you like. Of a model with a `forward` of its own: a
            list of the layers that it runs, in that order.
        length: Samples in the encoder's input, at least 1.

    Returns:
        The decoder, with new weights; their device and dtype are those of the encoder.

    Raises:
        SizeError: If a layer of the encoder refuses its input.
        TypeError: For a layer that is not known here, or a lazy one that has not run yet.

    Chapter 9 introduces it.
    """
    layers, signals = _accepted(encoder, length)
    weights = [weight for _, layer in layers for weight in layer.parameters()]
    place = {"device": weights[0].device, "dtype": weights[0].dtype} if weights else {}
    decoder: list[nn.Module] = []
    between: list[nn.Module] = []
    for (_, layer), before in zip(reversed(layers), reversed(signals[:-1]), strict=True):
        undone = _undo(layer, before, place)
        if undone is None:
            between.insert(0, layer)
            continue
        if decoder:
            decoder += map(_renewed, between)
        decoder += undone
        between.clear()
    mirrored = nn.Sequential(*decoder)
    _accepted(mirrored, signals[-1].length)
    return mirrored


def _accepted(
    model: Stack, length: SupportsIndex
) -> tuple[list[tuple[str, nn.Module]], list[Signal]]:
    """Return the layers of a stack and the signals between them, or raise the trace's error."""
    layers = list(flatten(model))
    samples = integer("length", length)
    if samples < 0:
        raise SizeError(f"length={samples} is too small; it has to be at least 0")
    counted = count(layers, start(layers, samples, None))
    if counted.error is not None:
        error = trace(model, samples).error
        raise error if error is not None else counted.error
    return layers, counted.signals


def _settled(layer: nn.Module) -> nn.Module:
    """Return the layer, unless it is a lazy one that does not know its channels yet."""
    if isinstance(layer, LazyModuleMixin) and layer.has_uninitialized_params():
        name = type(layer).__name__
        raise TypeError(f"{name} does not know its channels yet; run the model once before")
    return layer


def _renewed(layer: nn.Module) -> nn.Module:
    """Return a copy with new parameters."""
    renewed = copy.deepcopy(_settled(layer))
    for module in renewed.modules():
        if callable(reset := getattr(module, "reset_parameters", None)):
            reset()
    return renewed


def _undo(layer: nn.Module, before: Signal, place: dict[str, Any]) -> list[nn.Module] | None:
    """Return what leads back to the signal before a layer, or None if the layer keeps its shape.

    Args:
        layer: The layer to undo.
        before: The signal that went into it.
        place: The device and dtype of the parameters that no layer gives.
    """
    known = described(layer)
    settings = known.settings
    if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
        settings |= {"bias": _settled(layer).bias is not None}
        place = {"device": layer.weight.device, "dtype": layer.weight.dtype}
    if known.kind == "GLU" and settings["dim"] not in SAMPLES and before.channels is None:
        raise TypeError("GLU halves channels, and no layer before it says how many there are")
    undone = undo(known.kind, settings, before, after(layer, before))
    if undone is None:
        return None
    return [
        getattr(nn, one.kind)(**one.settings, **(place if "bias" in one.settings else {}))
        for one in undone
    ]
