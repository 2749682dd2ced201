"""Traces of stacks, counted, against real layers, over thousands of random ones."""

from collections import Counter

import pytest
import torch
from tests import oracle
from tests.layers.real import BATCH_OF_ONE, agrees, ran, shapes_of
from tests.random_stacks import SAYING_CHANNELS, random_stack
from torch import nn

from helpers.layers import mirror, trace
from helpers.lengths import SizeError

STACKS = 4000


@pytest.mark.slow
def test_random_stacks() -> None:
    seen: Counter[str] = Counter()
    for seed in range(STACKS):
        layers, channels, length = random_stack(seed)
        shapes, words = shapes_of(layers, channels, length)
        if words is not None and words.startswith(BATCH_OF_ONE):
            continue
        traced = trace(layers, length)
        lengths = [shape[-1] for shape in shapes]
        assert agrees(traced, lengths, words), (seed, length, layers, lengths, words, traced)
        if words is not None:
            seen["refused"] += 1
        elif 0 not in lengths:
            seen["mirrored"] += 1
            comes_back(mirror(layers, length), shapes[-1], (channels, length))
    assert min(seen["refused"], seen["mirrored"]) > STACKS // 4, seen


def comes_back(decoder: nn.Module, encoded: torch.Size, wanted: tuple[int, int]) -> None:
    """Check that a decoder returns the shape that is wanted, and that gradients reach it."""
    decoded = decoder(torch.ones(2, *encoded[1:]))
    assert decoded.shape == (2, *wanted), decoder
    if weights := list(decoder.parameters()):
        grads = torch.autograd.grad(decoded.sum(), weights)
        assert all(grad.isfinite().all() for grad in grads), decoder


def test_the_checker_can_fail() -> None:
    layers = [nn.Conv1d(1, 1, 3), nn.Conv1d(1, 1, 3)]
    lengths, words = ran(layers, 1, 4)
    assert agrees(trace(layers, 4), lengths, words)
    assert not agrees(trace(layers, 5), lengths, words)
    assert not agrees(trace(layers[:1], 4), lengths, words)
    if oracle.MEASURED:
        assert not agrees(trace(layers, 4), lengths, "something else")
    with pytest.raises(AssertionError):
        comes_back(mirror(layers[:1], 5), torch.Size([1, 1, 4]), (1, 5))


def told(*layers: nn.Module) -> list[nn.Module]:
    """Return a stack whose first layer says that there are two channels."""
    return [nn.BatchNorm1d(2).eval(), *layers]


@pytest.mark.parametrize(
    "layer",
    [
        nn.AvgPool1d(0, 1),
        nn.AvgPool1d(-1, 1),
        nn.AvgPool1d(-3, 1),
        nn.AvgPool1d(2, 0),
        nn.AvgPool1d(2, -1),
        nn.AvgPool1d(3, 1, 2),
        nn.AvgPool1d(3, 1, -1),
        nn.AvgPool1d(3, 2, 1, ceil_mode=True),
        nn.MaxPool1d(-1),
        nn.MaxPool1d(2, 0),
        nn.MaxPool1d(3, 1, 2, dilation=3),
        nn.MaxPool1d(3, 1, 1, dilation=0),
        nn.MaxPool1d(1, 3, ceil_mode=True),
        nn.AdaptiveAvgPool1d(1),
        nn.AdaptiveAvgPool1d((0,)),
        nn.AdaptiveAvgPool1d(-1),
        nn.AdaptiveMaxPool1d(0),
        nn.AdaptiveMaxPool1d(-1),
        nn.Upsample(),
        nn.Upsample(size=3, scale_factor=2),
        nn.Upsample(scale_factor=(1.5,), mode="linear"),
        nn.Upsample(scale_factor=-0.5),
        nn.Upsample(scale_factor=float("inf")),
        nn.Upsample(scale_factor=0.3, mode="area"),
        nn.Upsample(size=(3,), mode="trilinear"),
        nn.Upsample(size=-1, mode="area"),
        nn.Upsample(size=0),
        nn.Upsample(size=0, align_corners=False),
        nn.Upsample(size=3, mode="area", align_corners=True),
        nn.Upsample(size=3, mode="linear", align_corners=True),
        nn.ZeroPad1d((-4, 3)),
        nn.ConstantPad1d((-3, -2), 1.0),
        nn.ReflectionPad1d((-3, 2)),
        nn.ReflectionPad1d((3, 0)),
        nn.ReplicationPad1d((-3, 1)),
        nn.CircularPad1d((1, 3)),
        nn.CircularPad1d(-2),
        nn.LayerNorm(4),
        nn.LayerNorm((2, 4)),
        nn.LayerNorm((3, 4)),
        nn.RMSNorm(4),
        nn.RMSNorm((3, 4)),
        nn.RMSNorm((1, 1, 2, 4)),
        nn.InstanceNorm1d(2),
        nn.InstanceNorm1d(3, affine=True),
        nn.InstanceNorm1d(3, track_running_stats=True),
        nn.InstanceNorm1d(3, track_running_stats=True).eval(),
        nn.BatchNorm1d(3).eval(),
        nn.BatchNorm1d(3, track_running_stats=False),
        nn.GroupNorm(3, 3),
        nn.GroupNorm(1, 3),
        nn.PReLU(3),
        nn.GLU(1),
        nn.GLU(-2),
        nn.GLU(2),
        nn.LocalResponseNorm(2),
        nn.ChannelShuffle(2),
        nn.ChannelShuffle(3),
        nn.ChannelShuffle(0),
        nn.Softmax(dim=-1),
        nn.Softmax(dim=3),
        nn.LogSoftmax(dim=-4),
        nn.Softmin(dim=-3),
        nn.Conv1d(3, 3, 1),
        nn.Conv1d(4, 2, 3, groups=2),
        nn.Conv1d(3, 1, 4, padding="same"),
        nn.Conv1d(3, 1, 4, padding=1, padding_mode="circular"),
        nn.Conv1d(2, 1, 3, padding=-1, padding_mode="reflect"),
        nn.ConvTranspose1d(4, 2, 3, groups=2),
        nn.ConvTranspose1d(2, 2, 3, stride=2, output_padding=2),
    ],
    ids=lambda layer: str(layer),
)
def test_single_layers(layer: nn.Module) -> None:
    stack = told(layer)
    # What goes for an empty input has changed: PyTorch 2.6 refuses some that 2.13 takes.
    for length in range(0 if oracle.MEASURED else 1, 9):
        lengths, words = ran(stack, 2, length)
        if words is None or not words.startswith(BATCH_OF_ONE):
            assert agrees(trace(stack, length), lengths, words), (length, lengths, words)


@pytest.mark.parametrize(
    ("layer", "low", "widths"),
    [
        (nn.ZeroPad1d, -5, [2]),
        (nn.ReflectionPad1d, -5, [2]),
        (nn.ReplicationPad1d, -5, [2]),
        (nn.CircularPad1d, -9, [1, 2]),  # PyTorch refuses more of a single channel.
    ],
)
def test_all_small_paddings(layer: type[nn.Module], low: int, widths: list[int]) -> None:
    sides = range(low, 7)
    for case in oracle.grid(length=range(6), left=sides, right=sides, channels=widths):
        stack = [nn.BatchNorm1d(case["channels"]).eval(), layer((case["left"], case["right"]))]
        lengths, words = ran(stack, case["channels"], case["length"])
        assert agrees(trace(stack, case["length"]), lengths, words), (case, lengths, words)


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("kind", [nn.MaxPool1d, nn.AvgPool1d])
def test_all_small_pools(kind: type[nn.Module], ceil_mode: bool) -> None:
    choices = {"kernel_size": range(1, 5), "stride": range(1, 6), "padding": range(3)}
    dilations = range(1, 4 if kind is nn.MaxPool1d else 2)
    for case in oracle.grid(length=range(12), **choices, dilation=dilations):
        length, dilation = case.pop("length"), case.pop("dilation")
        more = {"dilation": dilation} if kind is nn.MaxPool1d else {}
        stack = told(kind(**case, **more, ceil_mode=ceil_mode))
        lengths, words = ran(stack, 2, length)
        assert agrees(trace(stack, length), lengths, words), (case, more, lengths, words)


def test_circular_padding_of_unknown_channels_does_not_put_words_into_pytorchs_mouth() -> None:
    pad = nn.CircularPad1d((-2, 5))
    error = trace(pad, 5).error
    assert "which PyTorch refuses of a single channel only" in str(error)
    assert isinstance(error, SizeError)
    assert error.pytorch is None
    for channels in (1, 2):
        assert (ran([pad], channels, 5)[1] is None) == (channels > 1)


@pytest.mark.parametrize("code", SAYING_CHANNELS)
def test_channels_are_those_of_the_layer_that_says_them(code: str) -> None:
    stack = eval(f"[{code}]", {"nn": nn})
    traced = trace(stack, 9)  # Before lazy layers learn their channels.
    lengths, words = ran(stack, SAYING_CHANNELS[code], 9)
    assert words is not None
    assert agrees(traced, lengths, words), (words, traced)
