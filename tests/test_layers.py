"""Traces, transposed layers and mirrors against real layers, over thousands of random stacks."""

import itertools
import re
import warnings
from collections import Counter, OrderedDict
from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
import torch
from tests import oracle
from tests.random_stacks import SAYING_CHANNELS, random_stack
from torch import Tensor, nn

from helpers.layers import Stack, Trace, mirror, trace, transposed_like
from helpers.lengths import SizeError

STACKS = 4000

# A single number per channel is refused by the norms of a batch of one, not by its length.
BATCH_OF_ONE = "Expected more than 1 value per channel when training"
# What oneDNN says, where PyTorch has it, for sizes that PyTorch itself refuses in other words.
ONEDNN = re.compile("ONEDNN_VERBOSE|non-positive dilation is not supported")


def ran(layers: Iterable[nn.Module], channels: int, length: int) -> tuple[list[int], str | None]:
    """Run real layers; return the length after each, and the words of the one that raises."""
    shapes, words = shapes_of(layers, channels, length)
    return [shape[-1] for shape in shapes], words


def shapes_of(
    layers: Iterable[nn.Module], channels: int, length: int
) -> tuple[list[torch.Size], str | None]:
    """Run real layers; return the shape after each, and the words of the one that raises."""
    signal, shapes = torch.zeros(1, channels, length), []
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 'same' with an even kernel, norms for other channels
        for layer in layers:
            try:
                signal = layer(signal)
            except (RuntimeError, ValueError, NotImplementedError, IndexError) as error:
                return shapes, str(error)
            shapes.append(signal.shape)
    return shapes, None


def agrees(traced: Trace, lengths: list[int], words: str | None) -> bool:
    """Say whether a trace is what real layers did, and said."""
    if traced.lengths != lengths or (traced.error is None) != (words is None):
        return False
    if words is None or not oracle.MEASURED or ONEDNN.search(words):
        return True
    return traced.error is not None and traced.error.pytorch == words


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.fixture
def nested() -> list[nn.Module | list[nn.Module]]:
    """Return a stack with all that a stack may be made of."""
    torch.manual_seed(0)
    down = OrderedDict(conv=nn.Conv1d(1, 8, 4, stride=2), act=nn.Sequential(nn.ReLU()))
    return [nn.Sequential(down), nn.ModuleList([nn.AvgPool1d(3)]), [nn.Conv1d(8, 16, 3)]]


TABLE = """\
name     layer                                                   length
input                                                               100
0.conv   Conv1d(1, 8, kernel_size=(4,), stride=(2,))                 49
0.act.0  ReLU()                                                      49
1.0      AvgPool1d(kernel_size=(3,), stride=(3,), padding=(0,))      16
2.0      Conv1d(8, 16, kernel_size=(3,), stride=(1,))                14"""


def test_a_trace_prints_as_a_table(nested: Stack) -> None:
    traced = trace(nested, 100)
    assert repr(traced) == str(traced) == TABLE
    assert (traced.input_length, traced.lengths, traced.error) == (100, [49, 49, 16, 14], None)


def test_a_trace_names_the_layer_that_refuses(nested: Stack) -> None:
    traced = trace(nested, 13)
    words = (
        "Calculated padded input size per channel: (1). Kernel size: (3). Kernel size can't be"
        " greater than actual input size"
    )
    assert traced.lengths == [5, 5, 1]
    assert isinstance(traced.error, SizeError)
    assert traced.error.pytorch == words
    *_, row, refused, pytorch = repr(traced).splitlines()
    assert re.fullmatch(r"2\.0 +Conv1d\(.*\) +refused", row)
    assert refused.startswith(
        "Refused: layer 2.0, Conv1d(8, 16, kernel_size=(3,), stride=(1,)), refuses length 1:"
        " kernel_size=3 is too long"
    )
    assert pytorch == f"PyTorch: {words}"


def test_a_trace_is_a_table_in_a_notebook() -> None:
    page = trace([nn.Conv1d(1, 1, 9), nn.Upsample(scale_factor=2, mode="<b>")], 9)._repr_html_()
    root = ElementTree.fromstring(f"<div>{page}</div>")
    assert [cell.attrib for cell in root.iterfind(".//thead//th")] == [{"scope": "col"}] * 3
    assert [cell.text for cell in root.iterfind(".//tbody//th")] == ["input", "0", "1"]
    assert [row[2].text for row in root.iterfind(".//tbody/tr")] == ["9", "1", "refused"]
    assert root.find("b") is None
    assert "style" not in page


def test_no_layer_is_run() -> None:
    def refuse(*ignored: object) -> None:
        raise AssertionError("a layer was run")

    conv = nn.Conv1d(1, 1, 3, stride=2, device="meta")
    conv.register_forward_pre_hook(refuse)
    assert trace(conv, 2**40).lengths == [2**39 - 1]
    assert trace([conv] * 1000, 2**40).lengths[-1] == 1
    assert trace([], 5).lengths == []


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
    for function in (trace, mirror):
        with pytest.raises(TypeError, match=words):
            function(stack, 9)


def test_a_stack_with_a_forward_of_its_own_is_not_known() -> None:
    class Residual(nn.Sequential):
        def forward(self, signal: Tensor) -> Tensor:
            return torch.cat([signal, super().forward(signal)], dim=-1)

    with pytest.raises(TypeError, match="layer 0: Residual is not one of"):
        trace(Residual(nn.ReLU()), 9)
    with pytest.raises(TypeError, match=r"layer 0\.1: Residual is not one of"):
        trace([[nn.ReLU(), Residual(nn.ReLU())]], 9)


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
    for function in (trace, mirror):
        with pytest.raises(TypeError, match="layer 0: Encoder is not one of") as raised:
            function(model, 30)
    advised = re.search(r"Its own, as they were assigned: (\[.+\])", str(raised.value))
    assert advised
    traced = trace(eval(advised[1], {"model": model}), 30)
    assert traced.lengths[-1] == model(torch.zeros(1, 1, 30)).shape[-1]


def test_a_layer_with_a_forward_of_its_own_is_not_known() -> None:
    conv = nn.Conv1d(1, 1, 3)
    conv.forward = abs
    with pytest.raises(TypeError, match="layer 0: Conv1d has a forward of its own"):
        trace(conv, 9)


def test_weight_normalized_layers_are_known() -> None:
    conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 4, 3, stride=2))
    assert trace(conv, 10).lengths == [4]
    assert type(transposed_like(conv, 10)) is nn.ConvTranspose1d


def test_length_has_to_be_possible() -> None:
    for function in (trace, mirror, transposed_like):
        with pytest.raises(SizeError, match="length=-1 is too small; it has to be at least 0"):
            function(nn.Conv1d(1, 1, 3), -1)


def test_length_has_to_be_an_integer() -> None:
    for function in (trace, mirror, transposed_like):
        with pytest.raises(TypeError, match=r"length=9\.0 is a float"):
            function(nn.Conv1d(1, 1, 3), 9.0)


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


def test_mirror_refuses_what_the_encoder_refuses(nested: Stack) -> None:
    with pytest.raises(SizeError, match=r"layer 2\.0, .* refuses length 1") as raised:
        mirror(nested, 13)
    assert raised.value.pytorch == trace(nested, 13).error.pytorch


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
