"""The same answers by another route: real PyTorch layers judge what the questions count."""

import math
import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import conv1d_output_length, conv_transpose1d_output_length

Numbers = dict[str, Any]
Answer = list[int] | list[str]
Layer = TypeVar("Layer", bound=nn.Module)

DRAWS = 200
SETTINGS = ("kernel_size", "stride", "padding", "dilation", "output_padding")
# PyTorch says this of an even kernel with an odd dilation; it costs a copy and changes no value.
EVEN_KERNELS = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")


def settings(v: Numbers) -> Numbers:
    """Return the layer's settings among the numbers drawn."""
    return {name: v[name] for name in SETTINGS if name in v}


def row(length: int) -> Tensor:
    """Return an input of one batch and one channel."""
    return torch.ones(1, 1, length)


def conv(v: Numbers) -> nn.Conv1d:
    """Return the convolution of the numbers drawn, its weights all one."""
    return of_ones(nn.Conv1d(1, 1, bias=False, **settings(v)))


def up(v: Numbers) -> nn.ConvTranspose1d:
    """Return the transposed convolution of the numbers drawn, its weights all one."""
    return of_ones(nn.ConvTranspose1d(1, 1, bias=False, **settings(v)))


def of_ones(layer: Layer) -> Layer:
    """Set all weights to one."""
    for weight in layer.parameters():
        nn.init.ones_(weight)
    return layer


def stack(layers: list[Numbers]) -> nn.Sequential:
    """Return the convolutions and poolings of the numbers drawn, one after the other."""
    return nn.Sequential(
        *(nn.MaxPool1d(v["kernel_size"]) if v.get("pool") else conv(v) for v in layers)
    )


def length_after(layer: nn.Module, length: int) -> int:
    """Return how long the layer's output is, or 0 where it refuses the input."""
    try:
        with torch.no_grad():
            return int(layer(row(length)).shape[-1])
    except RuntimeError:
        return 0


def matrix(layer: nn.Module, length: int) -> Tensor:
    """Return the matrix of a linear layer: a column for each sample of the input."""
    with torch.no_grad():
        return layer(torch.eye(length, dtype=torch.float64)[:, None])[:, 0].T


def seen(layer: nn.Module, length: int, at: int = 0) -> list[int]:
    """Return which input samples reach one output sample, by the gradient."""
    x = row(length).requires_grad_()
    layer(x)[0, 0, at].backward()
    return torch.nonzero(x.grad[0, 0]).flatten().tolist()


def sharing_lengths(v: Numbers) -> Answer:
    layer = conv(v)
    lengths = range(1, 4000)
    first, after = (
        bisect_left(lengths, v["length"] + more, key=lambda length: length_after(layer, length))
        for more in (0, 1)
    )
    return [lengths[first], lengths[after] - 1]


def unread_samples(v: Numbers) -> Answer:
    x = row(v["length"]).requires_grad_()
    conv(v)(x).sum().backward()
    return [v["length"] - 1 - int(torch.nonzero(x.grad[0, 0]).max())]


def required_output_padding(v: Numbers, length: int | None = None) -> Answer:
    back = v["length"] if length is None else length
    out = length_after(conv(v), back)
    fits = [
        added
        for added in range(v["stride"])
        if length_after(up({**settings(v), "output_padding": added}), out) == back
    ]
    assert len(fits) == 1
    return fits


def under(v: Numbers) -> nn.Conv1d:
    """Return the convolution that the transposed layer of the numbers drawn mirrors."""
    return conv({name: v[name] for name in v if name != "output_padding"})


def comes_back(v: Numbers) -> Answer:
    back = length_after(up(v), length_after(under(v), v["length"]))
    return ["fewer" if back < v["length"] else "more" if back > v["length"] else "exactly"]


def largest_output_padding(v: Numbers) -> Answer:
    accepted = [n for n in range(15) if length_after(up({**v, "output_padding": n}), v["length"])]
    return [max(accepted)]


def output_size_range(v: Numbers) -> Answer:
    layer, accepted = up(v), []
    bare = length_after(layer, v["length"])
    for size in range(bare - 4, bare + 12):
        try:
            accepted.append(layer(row(v["length"]), output_size=[size]).shape[-1])
        except ValueError:
            continue
    return [min(accepted), max(accepted)]


def receptive_field(v: Numbers) -> Answer:
    reached = seen(stack(v["layers"]), 3000)
    return [reached[-1] - reached[0] + 1]


def matrix_shape(v: Numbers) -> Answer:
    layer = up(v) if v["up"] else conv(v)
    return list(matrix(layer.double(), v["length"]).shape)


def matrix_nonzeros(v: Numbers) -> Answer:
    return [int(matrix(conv(v).double(), v["length"]).count_nonzero())]


def lost_dimensions(v: Numbers) -> Answer:
    layer = nn.Conv1d(1, 1, bias=False, dtype=torch.float64, **settings(v))
    return [v["length"] - int(torch.linalg.matrix_rank(matrix(layer, v["length"])))]


def contributions(v: Numbers) -> Answer:
    return [round(up(v)(row(v["length"]))[0, 0, v["index"]].item())]


def even_overlap(v: Numbers) -> Answer:
    reached = up(v)(row(60))[0, 0].round().tolist()
    middle = set(reached[20 * v["stride"] : 40 * v["stride"]])
    return ["each" if len(middle) == 1 else "turns"]


def same_padding(v: Numbers) -> Answer:
    x = torch.arange(1.0, 60.0)[None, None]
    layer = nn.Conv1d(1, 1, **settings(v))
    bare = nn.Conv1d(1, 1, **{**settings(v), "padding": 0})
    bare.load_state_dict(layer.state_dict())
    total = x.shape[-1] - bare(x).shape[-1]
    fits = [
        [left, total - left]
        for left in range(total + 1)
        if torch.allclose(bare(F.pad(x, (left, total - left))), layer(x), atol=1e-3)
    ]
    assert len(fits) == 1
    return fits[0]


def causal_padding(v: Numbers) -> Answer:
    layer, fits = conv(v), []
    for left in range(80):
        padded = nn.Sequential(nn.ConstantPad1d((left, 0), 0.0), layer)
        if length_after(padded, 40) == 40 and seen(padded, 40, at=20)[-1] == 20:
            fits.append(left)
    assert len(fits) == 1
    return fits


def sample_span(v: Numbers) -> Answer:
    reached = seen(stack(v["layers"]), 400, v["index"])
    return [reached[0], reached[-1]]


def span_going_up(v: Numbers) -> Answer:
    reached = seen(up(v), v["length"], v["index"])
    return [reached[0], reached[-1]]


def look_ahead(v: Numbers) -> Answer:
    return [seen(conv(v), 200, at=20)[-1] - 20 * v["stride"]]


def strided_same(v: Numbers) -> Answer:
    wanted, layer = math.ceil(v["length"] / v["stride"]), conv(v)
    added = next(n for n in range(50) if length_after(layer, v["length"] + n) == wanted)
    return [added]


def next_valid_length(v: Numbers) -> Answer:
    def back(length: int) -> int:
        for layer in v["layers"]:
            length = conv1d_output_length(length, **layer)
        for layer in reversed(v["layers"]):
            length = conv_transpose1d_output_length(length, **layer)
        return length

    return [next(n for n in range(v["length"], v["length"] + 100) if back(n) == n)]


def mirror_output_padding(v: Numbers) -> Answer:
    before = length_after(stack(v["layers"][: v["at"]]), v["length"])
    return required_output_padding(v["layers"][v["at"]], before)


def upsampling_rates(v: Numbers) -> Answer:
    length = v["length"]
    for rate in v["rates"]:
        kernel_size = 2 * rate + (rate % 2 if v["wider"] else 0)
        padding = (kernel_size - rate) // 2
        layer = up({"kernel_size": kernel_size, "stride": rate, "padding": padding})
        length = length_after(layer, length)
    return [length]


def odd_stride_loss(v: Numbers) -> Answer:
    layers = [
        {"kernel_size": 2 * s, "stride": s, "padding": math.ceil(s / 2)} for s in v["strides"]
    ]
    decoder = nn.Sequential(*map(up, reversed(layers)))
    codes = length_after(nn.Sequential(*map(conv, layers)), v["length"])
    return [v["length"] - length_after(decoder, codes)]


def feature_frames(v: Numbers) -> Answer:
    wav2vec = zip((10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2), strict=True)
    layers = {
        "wav2vec 2.0": [{"kernel_size": size, "stride": stride} for size, stride in wav2vec],
        "Whisper": [{"kernel_size": 3, "stride": s, "padding": 1} for s in (1, 2)],
    }
    return [length_after(stack(layers[v["model"]]), v["length"])]


def does_it_raise(v: Numbers) -> Answer:
    kind = nn.ConvTranspose1d if v.get("up") else nn.Conv1d
    try:
        layer = kind(1, 1, **settings(v))
    except ValueError:
        return ["build"]
    try:
        layer(torch.randn(1, 1, v["length"]))
    except (RuntimeError, TypeError):
        return ["call"]
    return ["runs"]


def printed_kernel_size(v: Numbers) -> Answer:
    with pytest.raises(RuntimeError) as error:
        conv(v)(row(v["length"]))
    return [int(number) for number in re.findall(r"\((\d+)\)", str(error.value))]


def keras_same(v: Numbers) -> Answer:
    # As tensorflow.org/api_docs/python/tf/nn words it.
    rest = v["length"] % v["stride"]
    total = max(v["kernel_size"] - (rest or v["stride"]), 0)
    return [total // 2, total - total // 2]


def onnx_pads(v: Numbers) -> Answer:
    layer = {"kernel_size": v["kernel_size"], "stride": v["stride"]}
    weight, x = torch.rand(1, 1, v["kernel_size"]), torch.rand(1, 1, 12)
    whole = F.conv_transpose1d(x, weight, stride=v["stride"])
    node = whole[..., v["begin"] : whole.shape[-1] - v["end"] + v["added"]]
    fits = []
    for padding in range(8):
        for added in range(v["stride"]):
            back = up({**layer, "padding": padding, "output_padding": added})
            back.load_state_dict({"weight": weight})
            if torch.equal(back(x)[..., : node.shape[-1] + 1], node):
                fits.append([padding, added])
    assert len(fits) == 1
    return fits[0]


def tf_transposed_same(v: Numbers) -> Answer:
    # What TensorFlow computes: the gradient of its own strided "same" convolution.
    weight, y = torch.rand(1, 1, v["kernel_size"]), torch.rand(1, 1, 9)
    x = torch.zeros(1, 1, 9 * v["stride"], requires_grad=True)
    pads = keras_same({**v, "length": x.shape[-1]})
    F.conv1d(F.pad(x, pads), weight, stride=v["stride"]).backward(y)
    half = (v["kernel_size"] - v["stride"]) // 2
    for key, padding, added in (("even", half, 0), ("shifted", half + 1, 1)):
        back = F.conv_transpose1d(
            y, weight, stride=v["stride"], padding=padding, output_padding=added
        )
        if back.shape == x.grad.shape and torch.allclose(back, x.grad):
            return [key]
    return ["crop"]


def image(v: Numbers, height: int, width: int) -> Tensor:
    """Return what an nn.Conv2d with the numbers drawn makes of an image."""
    with torch.no_grad():
        return nn.Conv2d(1, 1, **settings(v))(torch.zeros(1, 1, height, width))


def output_padding_pair(v: Numbers) -> Answer:
    small = image(v, v["height"], v["length"])
    fits = [
        [high, wide]
        for high in range(v["stride"])
        for wide in range(v["stride"])
        if nn.ConvTranspose2d(1, 1, **settings(v), output_padding=(high, wide))(small).shape[2:]
        == (v["height"], v["length"])
    ]
    assert len(fits) == 1
    return fits[0]


def refused_axis(v: Numbers) -> Answer:
    refused = []
    for at, axis in enumerate(("height", "width")):
        alone = [0, 0]
        alone[at] = v["output_padding"][at]
        layer = nn.ConvTranspose2d(1, 1, 3, stride=v["stride"], output_padding=alone)
        try:
            layer(torch.zeros(1, 1, 5, 5))
        except RuntimeError:
            refused.append(axis)
    return ["both"] if len(refused) == 2 else refused


def pooled_length(v: Numbers) -> Answer:
    return [length_after(nn.MaxPool1d(**settings(v), ceil_mode=True), v["length"])]


def kept_samples(v: Numbers) -> Answer:
    layer, got = conv(v), sum(v["chunks"])
    following = length_after(layer, got)
    return [got - seen(layer, got + 60, at=following)[0]]


def owed_samples(v: Numbers) -> Answer:
    chunk = v["length"]
    reached = matrix(up({**v, "padding": 0}).double(), 2 * chunk)
    finished = int(reached[:, chunk:].any(1).nonzero().min())
    end = int(reached[:, :chunk].any(1).nonzero().max()) + 1
    return [finished, end - finished]


def exact_context(v: Numbers) -> Answer:
    down, size = [conv(layer) for layer in v["layers"]], v["size"]
    model = nn.Sequential(*down, *(up(layer) for layer in reversed(v["layers"]))).double()
    for weight in model.parameters():
        weight.data = torch.randint_like(weight, 1, 6)
    recording = torch.randint(1, 100, (1, 1, 3 * size)).double()
    with torch.no_grad():
        chunk = model(recording)[..., size : 2 * size]
        for context in range(size):
            piece = model(recording[..., size - context : 2 * size + context])
            if torch.equal(piece[..., context : context + size], chunk):
                return [context]
    raise AssertionError("No context is enough.")


def block_vectors(v: Numbers) -> Answer:
    tower = stack([{"kernel_size": 3, "stride": 2, "padding": 1}] * v["depth"])
    blocks = row(v["length"]).split(v["block"], dim=-1)
    return [length_after(tower, v["length"]), sum(tower(block).shape[-1] for block in blocks)]


def masked_frames(v: Numbers) -> Answer:
    # A real frame is the same whatever the row is padded with.
    encoder, more = stack(v["layers"]), v["longest"] - v["length"]
    with_zeros, with_ones = (encoder(F.pad(row(v["length"]), (0, more), value=a)) for a in (0, 1))
    real = int((with_zeros == with_ones).sum())
    return [real, with_zeros.shape[-1] - real]


def spectrogram_frames(v: Numbers) -> Answer:
    window = torch.hamming_window(v["n_fft"])
    how = {"n_fft": v["n_fft"], "hop_length": v["hop"], "window": window, "center": v["center"]}
    spectrum = torch.stft(row(v["length"])[0], return_complex=True, **how)
    return [spectrum.shape[-1], v["length"] - torch.istft(spectrum, **how).shape[-1]]


def passing_guard(v: Numbers) -> Answer:
    def passes(length: int) -> bool:
        return length_after(up(v), length_after(under(v), length)) == length

    assert not passes(v["length"])
    return [next(n for n in range(v["length"], v["length"] + 50) if passes(n))]


def promised_length(v: Numbers) -> Answer:
    layers = list(map(conv, v["layers"]))

    def inner(length: int) -> list[int]:
        stacks = [nn.Sequential(*layers[: depth + 1]) for depth in range(len(layers))]
        return [length_after(part, length) for part in stacks]

    return [next(n for n in range(1, 500) if min(inner(n)) >= 2)]


def portable_cut(v: Numbers) -> Answer:
    layer, h = nn.ConvTranspose1d(1, 1, **settings(v)), torch.randn(1, 1, v["length"])
    plain = nn.ConvTranspose1d(1, 1, v["kernel_size"], stride=v["stride"])
    plain.load_state_dict(layer.state_dict())
    whole, wanted = plain(h), layer(h)
    size = wanted.shape[-1]
    fits = [
        [start, start + size]
        for start in range(whole.shape[-1] - size + 1)
        if torch.allclose(whole[..., start : start + size], wanted, atol=1e-6)
    ]
    assert len(fits) == 1
    return fits[0]


ORACLES: dict[str, Callable[[Numbers], Answer]] = {
    "conv-length": lambda v: [length_after(conv(v), v["length"])],
    "transposed-length": lambda v: [length_after(up(v), v["length"])],
    "sharing-lengths": sharing_lengths,
    "unread-samples": unread_samples,
    "required-output-padding": required_output_padding,
    "comes-back": comes_back,
    "largest-output-padding": largest_output_padding,
    "output-size-range": output_size_range,
    "effective-kernel": lambda v: [seen(conv(v), 100)[-1] + 1],
    "dilated-length": lambda v: [length_after(conv(v), v["length"])],
    "receptive-field": receptive_field,
    "matrix-shape": matrix_shape,
    "matrix-nonzeros": matrix_nonzeros,
    "lost-dimensions": lost_dimensions,
    "contributions": contributions,
    "scattered-length": lambda v: [length_after(up({**v, "padding": 0}), v["length"])],
    "even-overlap": even_overlap,
    "same-padding": same_padding,
    "strided-same": strided_same,
    "pooled-length": pooled_length,
    "causal-padding": causal_padding,
    "kept-samples": kept_samples,
    "owed-samples": owed_samples,
    "exact-context": exact_context,
    "sample-span": sample_span,
    "span-going-up": span_going_up,
    "look-ahead": look_ahead,
    "stack-length": lambda v: [length_after(stack(v["layers"]), v["length"])],
    "next-valid-length": next_valid_length,
    "mirror-output-padding": mirror_output_padding,
    "block-vectors": block_vectors,
    "masked-frames": masked_frames,
    "spectrogram-frames": spectrogram_frames,
    "passing-guard": passing_guard,
    "promised-length": promised_length,
    "portable-cut": portable_cut,
    "upsampling-rates": upsampling_rates,
    "odd-stride-loss": odd_stride_loss,
    "feature-frames": feature_frames,
    "does-it-raise": does_it_raise,
    "printed-kernel-size": printed_kernel_size,
    "output-size-error": lambda v: [v["stride"]],
    "keras-same": keras_same,
    "onnx-pads": onnx_pads,
    "tf-transposed-same": tf_transposed_same,
    "two-axes": lambda v: list(image(v, v["height"], v["length"]).shape[2:]),
    "output-padding-pair": output_padding_pair,
    "refused-axis": refused_axis,
}
CHOICES = ("comes-back", "even-overlap", "does-it-raise", "tf-transposed-same", "refused-axis")
