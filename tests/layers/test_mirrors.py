"""Transposed layers and mirrors against real layers."""

import itertools
import re
import warnings

import pytest
import torch
from tests import oracle
from torch import Tensor, nn

from helpers.layers import Stack, mirror, trace, transposed_like
from helpers.lengths import SizeError


def test_lazy_layers() -> None:
    lazy = nn.Sequential(nn.LazyConv1d(4, 3, stride=2), nn.LazyBatchNorm1d(), nn.Conv1d(4, 1, 5))
    assert trace(lazy, 99).lengths == [49, 49, 45]
    with pytest.raises(TypeError, match="LazyConv1d does not know its channels yet; run"):
        mirror(lazy, 99)
    with pytest.raises(TypeError, match="LazyBatchNorm1d does not know its channels yet; run"):
        mirror([nn.Conv1d(1, 4, 3), nn.LazyBatchNorm1d(), nn.Conv1d(4, 1, 5)], 99)
    lazy(torch.zeros(2, 6, 99))
    assert mirror(lazy, 99)(lazy(torch.zeros(2, 6, 99))).shape == (2, 6, 99)


class Doubling(nn.Conv1d):
    """A layer that does more than its class says."""

    def forward(self, signal: Tensor) -> Tensor:
        """Run twice."""
        return super().forward(super().forward(signal))


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ([nn.ReLU(), nn.Flatten()], "layer 1: Flatten is not one of the one-dimensional layers"),
        ([[nn.Linear(2, 2)]], r"layer 0\.0: Linear is not one of .* known here$"),
        ([nn.Conv2d(1, 1, 3)], "layer 0: Conv2d is not one of"),
        ([nn.GLU(0)], r"layer 0: GLU\(dim=0\) halves neither channels nor samples"),
        ([Doubling(1, 1, 3)], "layer 0: Doubling has a forward of its own"),
        (["conv"], r"layer 0: str is not one of .*; a stack is a layer, an nn\.Sequential"),
        ([nn.MaxPool1d(2, return_indices=True)], "layer 0: MaxPool1d with return_indices=True"),
        ([nn.MaxPool1d((2, 2))], r"layer 0: kernel_size=\(2, 2\) is a tuple"),
        ([nn.AvgPool1d(2.0)], r"layer 0: kernel_size=2\.0 is a float"),
        ([nn.Upsample(size=True)], "layer 0: size=True is a bool"),
        (None, "layer 0: NoneType is not one of"),
    ],
)
def test_what_is_not_known_is_named(stack: Stack, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        mirror(stack, 9)


def test_a_stack_with_a_forward_of_its_own_is_not_known() -> None:
    class Residual(nn.Sequential):
        def forward(self, signal: Tensor) -> Tensor:
            return torch.cat([signal, super().forward(signal)], dim=-1)

    with pytest.raises(TypeError, match="layer 0: Residual is not one of"):
        mirror(Residual(nn.ReLU()), 9)
    with pytest.raises(TypeError, match=r"layer 0\.1: Residual is not one of"):
        mirror([[nn.ReLU(), Residual(nn.ReLU())]], 9)


class Encoder(nn.Module):
    """A model as most people write theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(1, 4, 3, stride=2)
        self.more = nn.Sequential(nn.ReLU(), nn.MaxPool1d(2))

    def forward(self, signal: Tensor) -> Tensor:
        """Run the layers as they were assigned."""
        return self.more(self.conv1(signal))


def test_the_list_to_pass_for_a_model_with_a_forward_is_told() -> None:
    model = Encoder()
    with pytest.raises(TypeError, match="layer 0: Encoder is not one of") as raised:
        mirror(model, 30)
    advised = re.search(r"Its own, as they were assigned: (\[.+\])", str(raised.value))
    assert advised
    traced = trace(eval(advised[1], {"model": model}), 30)
    assert traced.lengths[-1] == model(torch.zeros(1, 1, 30)).shape[-1]


def test_a_layer_with_a_forward_of_its_own_is_not_known() -> None:
    conv = nn.Conv1d(1, 1, 3)
    conv.forward = abs
    with pytest.raises(TypeError, match="layer 0: Conv1d has a forward of its own"):
        mirror(conv, 9)


def test_weight_normalized_layers_are_known() -> None:
    conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 4, 3, stride=2))
    assert trace(conv, 10).lengths == [4]
    assert type(transposed_like(conv, 10)) is nn.ConvTranspose1d


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("groups", [1, 2])
def test_transposed_like_comes_back(groups: int, mode: str) -> None:
    for case in oracle.grid(
        kernel_size=range(1, 5), stride=range(1, 5), padding=range(3), dilation=range(1, 3)
    ):
        conv = nn.Conv1d(2, 4, **case, groups=groups, padding_mode=mode)
        for length in range(9, 13):
            back = transposed_like(conv, length)
            assert back(conv(torch.zeros(1, 2, length))).shape == (1, 2, length)
            kept = {name: getattr(back, name) == getattr(conv, name) for name in case}
            assert all(kept.values()), kept
            assert back.groups == groups


def test_transposed_like_keeps_bias_device_and_dtype() -> None:
    conv = nn.Conv1d(2, 4, 3, bias=False, device="meta", dtype=torch.float64)
    back = transposed_like(conv, 9)
    assert (back.bias, back.weight.device.type, back.weight.dtype) == (None, "meta", torch.float64)
    assert transposed_like(nn.Conv1d(2, 4, 3), 9).bias is not None


def test_transposed_like_is_the_adjoint() -> None:
    torch.manual_seed(0)
    for padding in (0, 2, "valid", "same"):
        conv = nn.Conv1d(2, 3, 5, padding=padding, dilation=2, bias=False, dtype=torch.float64)
        back = transposed_like(conv, 30)
        back.weight.data = conv.weight.data
        signal = torch.randn(1, 2, 30, dtype=torch.float64)
        other = torch.randn_like(conv(signal))
        torch.testing.assert_close((conv(signal) * other).sum(), (signal * back(other)).sum())


def test_an_even_same_is_undone_by_a_transposed_layer_and_a_crop() -> None:
    conv = nn.Conv1d(2, 3, 4, padding="same", bias=False, dtype=torch.float64)
    with pytest.raises(SizeError, match="padding='same' adds 3 samples in all, an odd number"):
        transposed_like(conv, 30)
    back = mirror(conv, 30)
    back[0].weight.data = conv.weight.data
    signal = torch.randn(1, 2, 30, dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        encoded = conv(signal)
    other = torch.randn_like(encoded)
    torch.testing.assert_close((encoded * other).sum(), (signal * back(other)).sum())


def test_transposed_like_refuses() -> None:
    with pytest.raises(SizeError, match="refuses length 2: kernel_size=3 is too long"):
        transposed_like(nn.Conv1d(1, 1, 3), 2)
    with pytest.raises(SizeError, match=r"refuses length 3: .* reflects more than there is"):
        transposed_like(nn.Conv1d(1, 1, 3, padding=3, padding_mode="reflect"), 3)
    with pytest.raises(TypeError, match=r"conv is a ReLU; it has to be an nn\.Conv1d"):
        transposed_like(nn.ReLU(), 9)
    with pytest.raises(TypeError, match="LazyConv1d does not know its channels yet"):
        transposed_like(nn.LazyConv1d(4, 3), 9)


def test_mirror_refuses_what_the_encoder_refuses() -> None:
    encoder = [nn.Sequential(nn.Conv1d(1, 8, 4, stride=2)), [], [nn.AvgPool1d(3)]]
    with pytest.raises(SizeError, match=r"layer 2\.0, .* refuses length 2") as raised:
        mirror(encoder, 6)
    assert raised.value.pytorch == trace(encoder, 6).error.pytorch


def test_mirror_refuses_to_make_something_of_nothing() -> None:
    encoder = nn.Sequential(nn.Conv1d(1, 1, 3), nn.AdaptiveMaxPool1d(0))
    assert trace(encoder, 9).lengths == [7, 0]
    with pytest.raises(SizeError, match=r"layer 0, Upsample.* refuses length 0"):
        mirror(encoder, 9)
    empty = nn.ZeroPad1d((-4, -5))
    assert mirror(empty, 9)(empty(torch.ones(1, 1, 9))).shape == (1, 1, 9)


@pytest.mark.parametrize(
    "kind", [nn.ZeroPad1d, nn.ReflectionPad1d, nn.ReplicationPad1d, nn.CircularPad1d]
)
def test_mirror_undoes_every_pad_that_runs(kind: type[nn.Module]) -> None:
    undone = 0
    for length, left, right in itertools.product(range(1, 6), range(-8, 9), range(-8, 9)):
        pad = kind((left, right))
        if trace(pad, length).error is None:
            back = mirror(pad, length)(pad(torch.ones(1, 1, length)))
            assert back.shape == (1, 1, length), (length, left, right)
            undone += 1
    assert undone > 150


@pytest.mark.parametrize("padding", [(-5, 7), (6, -4), (-2, 3)])
@pytest.mark.parametrize("kind", [nn.ReplicationPad1d, nn.ReflectionPad1d, nn.ZeroPad1d])
def test_one_mirror_of_a_pad_serves_all_lengths(
    kind: type[nn.Module], padding: tuple[int, int]
) -> None:
    pad = kind(padding)
    decoder = mirror(pad, 29)
    taken = [length for length in range(1, 30) if trace(pad, length).error is None]
    for length in taken:
        assert decoder(pad(torch.zeros(1, 1, length))).shape == (1, 1, length)
    assert len(taken) > 15


def test_mirror_places_activations_between_what_they_stood_between() -> None:
    encoder = nn.Sequential(
        *[nn.Dropout(), nn.Conv1d(1, 4, 3), nn.BatchNorm1d(4), nn.ReLU()],
        *[nn.GLU(dim=1), nn.Tanh(), nn.Conv1d(2, 8, 3, stride=2), nn.Sigmoid()],
    )
    names = [type(layer).__name__ for layer in mirror(encoder, 30)]
    back = ["ConvTranspose1d", "Tanh", "Conv1d", "BatchNorm1d", "ReLU", "ConvTranspose1d"]
    assert names == back


def test_mirror_copies_with_new_parameters() -> None:
    norm = nn.BatchNorm1d(4)
    nn.init.constant_(norm.weight, 7)
    encoder = nn.Sequential(nn.Conv1d(1, 4, 3), norm, nn.Conv1d(4, 4, 3))
    copied = mirror(encoder, 9)[1]
    assert copied is not norm
    assert copied.weight.tolist() == [1, 1, 1, 1]
    assert norm.weight.tolist() == [7, 7, 7, 7]


def test_mirror_keeps_the_dtype_where_it_adds_a_layer() -> None:
    encoder = nn.Sequential(nn.Conv1d(1, 4, 3), nn.GLU(dim=1), nn.MaxPool1d(2)).double()
    decoder = mirror(encoder, 9)
    assert {weight.dtype for weight in decoder.parameters()} == {torch.float64}
    with pytest.raises(TypeError, match="no layer before it says how many"):
        mirror(nn.GLU(dim=1), 9)


def test_one_mirror_serves_all_lengths_that_need_the_same_output_padding() -> None:
    encoder = nn.Sequential(
        *[nn.Conv1d(1, 4, 7, stride=2, padding=3), nn.MaxPool1d(3), nn.ReLU()],
        *[nn.Conv1d(4, 8, 4, stride=2), nn.AvgPool1d(2, ceil_mode=True)],
    )
    decoder = mirror(encoder, 101)
    for length in range(40, 200):
        same = decoder(encoder(torch.zeros(1, 1, length))).shape[-1] == length
        assert same == ((length - 101) % 24 == 0)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_a_mirror_trains() -> None:
    torch.manual_seed(0)
    encoder = nn.Sequential(
        *[nn.Conv1d(1, 8, 8, stride=4, padding=2), nn.GELU(), nn.MaxPool1d(2)],
        *[nn.Conv1d(8, 16, 4, padding="same"), nn.GELU(), nn.Conv1d(16, 16, 3, stride=2)],
    )
    decoder = mirror(encoder, 99)
    signal = torch.sin(torch.arange(99) * torch.rand(32, 1, 1))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(decoder(encoder(signal)), signal)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
