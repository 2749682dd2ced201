"""Spans and receptive fields against what real layers make of their inputs, sample by sample."""

import dataclasses
import math
import warnings
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import torch
from tests.random_stacks import random_stack
from tests.random_unets import random_unet
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from helpers.alignment import input_span, receptive_field
from helpers.layers import trace
from helpers.real_models import RealModel, load
from helpers.sizes import SizeError

STACKS = 1200
MODELS = load()


class Own(nn.Module):
    """A stack with a forward of its own, so that it has to be run."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def spoilt(model: nn.Module, channels: int, length: int) -> list[range]:
    """Return for each output sample the inputs, from first to last, that spoil it if not a number.

    One input for each sample: whatever is computed from NaN is NaN, whichever the weights are.
    """
    x = torch.ones(length, channels, length)
    x[torch.arange(length), :, torch.arange(length)] = torch.nan
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 'same' with an even kernel, norms for other channels
        # One at a time where a norm measures the whole batch.
        whole = any(
            isinstance(m, nn.BatchNorm1d) and m.running_mean is None for m in model.modules()
        )
        outputs = [model(part) for part in x.split(1 if whole else length)]
        read = torch.cat(outputs).isnan().any(1).T
    return [hull(row) for row in read]


def hull(read: Tensor) -> range:
    """Return the range from the first to the last position that is true."""
    found = read.nonzero().flatten().tolist()
    return range(found[0], found[-1] + 1) if found else range(0)


def accepted(seed: int) -> tuple[list[nn.Module], int, int] | None:
    """Return a random stack with its channels and length, if it takes it and returns samples."""
    layers, channels, length = random_stack(seed)
    traced = trace(layers, length)
    if traced.error or 0 in (length, *traced.lengths):
        return None
    # A single number per channel is refused by norms in a batch of one, not by its length.
    alone = 1 in traced.lengths and any(
        isinstance(m, nn.GroupNorm | nn.BatchNorm1d) for m in layers
    )
    return None if alone else (layers, channels, length)


@pytest.mark.slow
def test_random_stacks() -> None:
    checked: Counter[str] = Counter()
    for seed in range(STACKS):
        if (case := accepted(seed)) is None:
            continue
        layers, channels, length = case
        count = trace(layers, length).lengths[-1]
        some = range(count) if count < 6 else [0, 1, count // 2, count - 2, count - 1]
        spans = {n: input_span(layers, n, length=length) for n in some}
        # What counts with a weight of 0 is spoilt as well, in linear interpolation.
        if not any(isinstance(layer, nn.Upsample) for layer in layers):
            truth = spoilt(nn.Sequential(*layers), channels, length)
            assert spans == {n: truth[n] for n in some}, (seed, length, layers)
            checked["spoilt"] += 1
        for n in some[:2] if count > 1 else some:
            run = input_span(Own(*layers), n, length=length, channels=channels)
            assert spans[n] == run, (seed, length, layers, n)
            checked["gradients"] += 1
    assert min(checked.values()) > STACKS // 4, checked


@pytest.mark.slow
def test_random_stacks_away_from_the_ends() -> None:
    checked: Counter[str] = Counter()
    for seed in range(STACKS):
        layers, _, _ = random_stack(seed)
        try:
            field = receptive_field(layers)
        except SizeError as error:
            checked["changing" if "for each length" in str(error) else "refused"] += 1
            continue
        traced = trace(layers, 3000)
        if traced.error or field.size > 400:
            checked["unbounded"] += field.size == math.inf
            continue
        count = len(field.fields)
        middle = traced.lengths[-1] // 2
        for n in range(middle, middle + min(2 * count, 9)):
            turns, phase = divmod(n, count)
            shift = int(turns * count * field.step)
            wanted = field.fields[phase]
            found = input_span(layers, n, length=3000)
            if wanted:
                assert found == range(wanted.start + shift, wanted.stop + shift), (seed, layers, n)
            assert bool(found) == bool(wanted), (seed, layers, n)
            place = math.floor(n * field.step)
            assert not found or found[-1] - place <= field.look_ahead, (seed, layers, n)
        checked["bounded"] += 1
        checked["up"] += field.step < 1
        checked["phases"] += count > 1
    assert min(checked.values()) > STACKS // 50, checked


def test_the_checkers_can_fail() -> None:
    three, five = nn.Conv1d(1, 1, 3, padding=1), nn.Conv1d(1, 1, 5, padding=2)
    assert spoilt(three, 1, 9)[4] == input_span(three, 4, length=9) == range(3, 6)
    assert spoilt(five, 1, 9)[4] != input_span(three, 4, length=9)
    assert spoilt(nn.Conv1d(1, 1, 3, padding=2), 1, 9)[4] != input_span(three, 4, length=9)


@pytest.mark.slow
def test_random_unets() -> None:
    checked = 0
    for seed in range(300):
        code, length = random_unet(seed)
        if "linear" in code:
            continue
        names: dict[str, type[nn.Module]] = {}
        exec(
            "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n" + code,
            names,
        )
        model = names["Net"]()
        try:
            truth = spoilt(model, 1, length)
        except RuntimeError:
            with pytest.raises(SizeError):
                input_span(model, 0, length=length)
            continue
        for n in {0, len(truth) // 2, len(truth) - 1} if truth else ():
            assert input_span(model, n, length=length) == truth[n], (seed, code)
            checked += 1
    assert checked > 200


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.key)
def test_real_models(model: RealModel) -> None:
    length = next(n for n, lengths in model.lengths.items() if lengths[-1] is not None)
    layers = model.modules(length)
    count = model.lengths[length][-1] or 0
    for n in {0, 1, count // 2, count - 1} & set(range(count)):
        run = input_span(Own(*layers), n, length=length, channels=1)
        assert input_span(layers, n, length=length) == run


@pytest.mark.parametrize(
    "key", ["wav2vec2", "jukebox", "whisper", "tacotron2", "sudormrf", "conv-tasnet"]
)
def test_receptive_fields_of_real_models_that_are_run(key: str) -> None:
    layers = MODELS[key].modules(4096)
    assert receptive_field(Own(*layers), channels=1) == receptive_field(layers)


def test_a_stack_of_convolutions_has_the_field_of_the_formula() -> None:
    for kernels in [(3,), (10, 3, 3, 2), (7, 4, 4), (1, 8, 5)]:
        layers = [nn.Conv1d(1, 1, k, stride=i + 1, dilation=2) for i, k in enumerate(kernels)]
        size, step = 1, 1
        for layer in layers:
            size += step * layer.dilation[0] * (layer.kernel_size[0] - 1)
            step *= layer.stride[0]
        field = receptive_field(layers)
        assert (field.size, field.step, field.offset) == (size, step, 0)
        assert (field.center, field.look_ahead) == (Fraction(size - 1, 2), size - 1)
        assert field.fields == (range(size),)


@pytest.mark.parametrize("stride", range(1, 6))
def test_a_transposed_layer_is_centered_where_its_kernel_is(stride: int) -> None:
    for kernel_size in range(stride, 9):
        for padding in range(4):
            layer = nn.ConvTranspose1d(1, 1, kernel_size, stride=stride, padding=padding)
            field = receptive_field(layer)
            assert field.step == Fraction(1, stride)
            assert field.center == (padding - Fraction(kernel_size - 1, 2)) / stride
            assert field.size == -(-kernel_size // stride)
            assert len(field.fields) == stride


def test_a_layer_may_stand_in_a_stack_twice() -> None:
    pool = nn.MaxPool1d(2)
    assert input_span(nn.Sequential(pool, pool), 3, length=20) == range(12, 16)
    assert receptive_field([pool, nn.ModuleList([pool, pool])]).size == 8


def test_a_look_ahead_is_what_an_output_waits_for() -> None:
    down = [nn.Conv1d(1, 1, 8, stride=4, padding=2), nn.ConvTranspose1d(1, 1, 8, 4, padding=2)]
    model, field = nn.Sequential(*down), receptive_field(down)
    torch.manual_seed(0)
    x = torch.randn(1, 1, 100)
    waits = []
    for n in range(40, 60):
        same = [
            torch.equal(
                model(torch.cat([x[..., :heard], -x[..., heard:]], -1))[..., n], model(x)[..., n]
            )
            for heard in range(100)
        ]
        waits.append(same.index(True) - 1 - n)
    assert max(waits) == field.look_ahead == 7


class Recurrent(nn.Module):
    """A recurrent layer between two convolutions."""

    def __init__(self, kind: type[nn.RNNBase], *, both_ways: bool = False) -> None:
        super().__init__()
        self.down = nn.Conv1d(1, 4, 4, stride=4)
        self.middle = kind(4, 3, num_layers=2, batch_first=True, bidirectional=both_ways)
        self.up = nn.ConvTranspose1d(6 if both_ways else 3, 1, 4, stride=4)

    def forward(self, x: Tensor) -> Tensor:
        return self.up(self.middle(self.down(x).mT)[0].mT)


class Attention(nn.Module):
    """Attention to the past, by PyTorch's layer or written out."""

    def __init__(self, *, written_out: bool) -> None:
        super().__init__()
        self.written_out = written_out
        self.stem = nn.Conv1d(1, 4, 3, stride=2)
        self.layer = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x).mT
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        if self.written_out:
            return ((x @ x.mT).masked_fill(later, -torch.inf).softmax(-1) @ x).mT
        return self.layer(x, x, x, attn_mask=later)[0].mT


class Functions(nn.Module):
    """What a gradient misses: dead units, maxima, gates of zero, differences."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(1, 3, 3, padding=1))
        self.gate = nn.Parameter(torch.zeros(3, 1))
        self.same = nn.Conv1d(3, 3, 1)
        nn.init.zeros_(self.same.weight)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(-self.conv(x).abs())
        x = F.max_pool1d(x, 3, 2, 1, 2, ceil_mode=True)
        x = x + self.gate * F.dropout(torch.tanh(x))
        x = torch.maximum(x, x.roll(0, -1)) - self.same(x)
        return x.unsqueeze(1).amax(2)


def test_what_is_computed_from_all_that_was_heard() -> None:
    for kind in (nn.LSTM, nn.GRU, nn.RNN):
        assert input_span(Recurrent(kind), 9, length=64) == range(12)
        assert input_span(Recurrent(kind, both_ways=True), 9, length=64) == range(64)
        field = receptive_field(Recurrent(kind))
        assert (field.size, field.step, field.look_ahead) == (math.inf, 1, 3)
        field = receptive_field(Recurrent(kind, both_ways=True))
        assert (field.size, field.step, field.look_ahead) == (math.inf, 1, math.inf)


@pytest.mark.parametrize("written_out", [False, True])
def test_attention_to_the_past_has_no_future(written_out: bool) -> None:
    model = Attention(written_out=written_out)
    assert input_span(model, 9, length=64) == range(21)
    field = receptive_field(model)
    assert (field.size, field.step, field.look_ahead) == (math.inf, 2, 2)
    assert field.offset == -math.inf


class Gated(nn.Module):
    """Many layers that gate each other, as in WaveNet; made in another order than they run."""

    def __init__(self, depth: int = 12) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(4, 8, 3, padding=1) for _ in range(depth))
        self.start = nn.Conv1d(6, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(x)
        for conv in self.convs:
            gate, signal = conv(x).chunk(2, dim=1)
            x = x + torch.sigmoid(gate) * torch.tanh(signal)
        return x


def test_a_spread_is_measured_everywhere() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv1d(1, 1, 3, stride=2)

        def forward(self, x: Tensor) -> Tensor:
            return self.conv(x / (1e-3 + x.std(dim=-1, keepdim=True)))

    assert input_span(Scaled(), 4, length=20) == range(20)
    field = receptive_field(Scaled())
    assert (field.size, field.step, field.look_ahead) == (math.inf, 2, math.inf)


def test_a_norm_that_is_written_out() -> None:
    class Norm(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            mean = x.mean(dim=(1, 2), keepdim=True)
            return (x - mean) / (1e-3 + (x - mean).pow(2).mean(dim=2, keepdim=True))

    model = Own(nn.Conv1d(1, 2, 4, stride=2), Norm(), nn.Conv1d(2, 2, 3))
    field = receptive_field(model)
    assert (field.size, field.step, field.look_ahead) == (math.inf, 2, math.inf)


def test_no_run_takes_more_memory_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.alignment.spans.MOST_NUMBERS", 4000)
    wide = Own(nn.Conv1d(1, 4, 999, padding=499))
    with pytest.raises(SizeError, match="with 256 input samples, fields still reach an end"):
        receptive_field(wide)


def test_a_codec_of_many_fields_is_given_up_in_time() -> None:
    halves = {"kernel_size": 64, "stride": 32}
    codec = [nn.Conv1d(1, 1, **halves), nn.Conv1d(1, 1, **halves), nn.Softplus()]
    codec += [nn.ConvTranspose1d(1, 1, **halves), nn.ConvTranspose1d(1, 1, **halves)]
    with pytest.raises(TimeoutError, match=r"within 0\.01 seconds; seconds= sets how long"):
        receptive_field(Own(*codec), seconds=0.01)


def test_gates_upon_gates() -> None:
    field = receptive_field(Gated())  # Their products would pass all floats.
    assert (field.size, field.step, field.offset) == (25, 1, -12)


def test_shares_of_channels_read_what_the_channels_read() -> None:
    for shares in nn.Softmax(dim=1), nn.Softmin(dim=1), nn.LogSoftmax(dim=1):
        picks = Own(nn.Conv1d(3, 8, 9), nn.Conv1d(8, 2, 9), shares)
        spans = [input_span(picks, n, length=60) for n in range(44)]
        assert spans == [range(n, n + 17) for n in range(44)]


@pytest.mark.parametrize(
    ("run", "channels"),
    [
        (lambda conv, x: conv(x[:, None]), ()),
        (lambda conv, x: conv(x.mT).mT, (..., 1)),
        (lambda conv, x: conv(x[:, 0]), (1, 1)),
        (lambda conv, x: conv(x).mT, None),
        (lambda conv, x: (conv(x), x.mean()), None),
        (lambda conv, x: {"score": conv(x)[:, 0], "x": x}, 1),
    ],
)
def test_time_may_stand_anywhere(run: Callable[..., Any], channels: Any) -> None:
    class Turned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv1d(1, 5, 4, stride=3)

        def forward(self, x: Tensor) -> Any:
            return run(self.conv, x)

    assert receptive_field(Turned(), channels=channels) == receptive_field(Turned().conv)
    assert input_span(Turned(), 2, length=30, channels=channels) == range(6, 10)


def test_a_classifier_has_no_field() -> None:
    model = Own(nn.Conv1d(1, 4, 3), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 2))
    with pytest.raises(TypeError, match=r"the shape \(1, 2\) with 32 .* no dimension of samples"):
        receptive_field(model)


def test_a_model_of_one_length_is_run_with_that() -> None:
    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv1d(1, 1, 3)

        def forward(self, x: Tensor) -> Tensor:
            if x.shape[-1] != 77:
                raise AssertionError("not 77")
            return self.conv(x)

    with pytest.raises(SizeError, match=r"give one as length=.*AssertionError: not 77"):
        receptive_field(Fixed())
    assert receptive_field(Fixed(), length=77).size == 3

    class Featured(Fixed):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(1, 9)

        def forward(self, x: Tensor) -> Tensor:
            return self.linear(super().forward(x).mT)

    assert receptive_field(Featured(), length=77).size == 3


def test_wide_layers_are_followed_by_one_channel() -> None:
    class Watch(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            if getattr(function, "__name__", "") == "conv1d":
                widths.append(args[1].shape[1])
            return function(*args, **(kwargs or {}))

    widths: list[int] = []
    wide = Own(nn.Conv1d(8, 64, 3, groups=4), nn.Conv1d(64, 64, 3))
    with Watch():
        assert receptive_field(wide).size == 5
    assert set(widths) == {1}  # A generator of 256 channels takes seconds and not minutes.


def test_what_a_plain_gradient_misses() -> None:
    model = Functions()
    assert [input_span(model, n, length=31) for n in range(15)] == spoilt(model, 1, 31)[:15]
    layers = [nn.Conv1d(1, 3, 3, padding=1), nn.MaxPool1d(3, 2, 1, 2, ceil_mode=True)]
    assert receptive_field(model) == receptive_field(layers)


def test_a_detour_by_two_dimensions() -> None:
    class Spectral(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, x: Tensor) -> Tensor:
            frames = torch.stft(
                x[:, 0], 16, 4, window=torch.ones(16).to(x), center=False, return_complex=True
            )
            return F.max_pool2d(self.conv(frames.abs()[:, None]), (3, 1))[:, 0].mean(1)

    model = Spectral()
    assert input_span(model, 5, length=64) == range(16, 40)
    field = receptive_field(model)
    assert (field.size, field.step, field.offset, field.look_ahead) == (24, 4, -4, 19)


@pytest.mark.parametrize(
    ("norm", "everything"),
    [
        (nn.GroupNorm(1, 2), True),
        (nn.InstanceNorm1d(2), True),
        (nn.InstanceNorm1d(2, track_running_stats=True), False),
        (nn.BatchNorm1d(2), False),
        (nn.BatchNorm1d(2, track_running_stats=False), True),
        (nn.LayerNorm(30), True),
        (nn.RMSNorm(30), True),
        (nn.LayerNorm((2, 30)), True),
        (nn.Softmax(dim=-1), True),
        (nn.Softmax(dim=1), False),
        (nn.LocalResponseNorm(2), False),
    ],
    ids=str,
)
def test_norms_over_time_read_everything(norm: nn.Module, everything: bool) -> None:
    layers = [nn.Conv1d(1, 2, 3, padding=1), norm, nn.Conv1d(2, 1, 3, padding=1)]
    span = range(30) if everything else range(8, 13)
    assert input_span(layers, 10, length=30) == span
    assert input_span(Own(*layers), 10, length=30, channels=1) == span
    field = receptive_field(layers)
    assert math.isinf(field.size) == math.isinf(field.look_ahead) == everything
    assert nn.Sequential(*layers).eval()(torch.zeros(1, 1, 30)).shape[-1] == 30
    assert norm.training == layers[0].training is False


def test_a_model_is_left_as_it_was() -> None:
    class Heard(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm1d(1)
            self.conv = nn.utils.weight_norm(nn.Conv1d(1, 1, 3))
            self.last: Tensor | None = None

        def forward(self, x: Tensor) -> Tensor:
            self.last = self.conv(self.norm(x)) + torch.rand(1)
            if x.shape[-1] == 7:
                raise ValueError("seven")
            return self.last

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # This weight_norm is the old one.
        model = Heard()
    model.norm.eval()
    weight = model.conv.weight
    state = {name: value.clone() for name, value in model.state_dict().items()}
    random_state = torch.get_rng_state()
    assert input_span(model, 4, length=20) == range(4, 7)
    with pytest.raises(SizeError, match="seven"):
        input_span(model, 4, length=7)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert model.last is None
    assert model.conv.weight is weight
    assert model.training
    assert model.conv.training
    assert not model.norm.training
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("place", [{"device": "meta"}, {"dtype": torch.float16}])
def test_any_device_and_precision(place: dict[str, Any]) -> None:
    layers = [nn.Conv1d(1, 2, 3, **place), nn.BatchNorm1d(2, **place)]
    assert input_span(Own(*layers), 5, length=20) == range(5, 8)
    with torch.inference_mode():
        assert input_span(Own(*layers), 5, length=20) == range(5, 8)
        assert input_span(nn.Upsample(scale_factor=2), 5, length=20) == range(2, 3)


class Returns(nn.Module):
    """A model that returns what a function makes of its input."""

    def __init__(self, function: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Any:
        return self.function(x)


CONV = nn.Conv1d(1, 1, 3)


@pytest.mark.parametrize(
    ("model", "settings", "error", "words"),
    [
        (CONV, {"index": 8}, SizeError, "index=8 is none of the 8 output samples"),
        (CONV, {"index": -9}, SizeError, "it has to be from -8 to 7"),
        (Own(CONV), {"index": 8}, SizeError, "index=8 is none of the 8 output samples"),
        (CONV, {"index": 1.0}, TypeError, "index=1.0 is a float"),
        (CONV, {"length": True}, TypeError, "length=True is a bool"),
        (CONV, {"length": 0}, SizeError, "length=0 is too small"),
        (CONV, {"length": 2}, SizeError, "kernel_size=3 is too long"),
        (Own(CONV), {"length": 2}, SizeError, "Kernel size can't be greater"),
        (Own(CONV), {"channels": 2}, SizeError, "expected input.* to have 1 channels, but got 2"),
        (nn.ZeroPad1d(-5), {}, SizeError, "none of the 0 output samples; there are none"),
        ("conv", {}, TypeError, "the model has a str"),
        ([CONV, [None]], {}, TypeError, "the model has a NoneType"),
        (Returns(lambda x: {"y": None}), {}, TypeError, "returns a dict without a tensor"),
        (Returns(lambda x: x.mean(2)), {}, TypeError, "no dimension of samples"),
        (Returns(lambda x: x.argmax(1)), {}, TypeError, "what it reads can't be known"),
        (Returns(lambda x: x.detach()), {}, TypeError, "what it reads can't be known"),
        (Returns(lambda x: x.sum()), {}, TypeError, "no axis"),
        (Own(nn.LazyConv1d(1, 3)), {}, TypeError, "run it once before"),
        (Returns(lambda x: x[:, :, 20]), {}, SizeError, "index 20 is out of bounds"),
    ],
)
def test_bad_inputs(
    model: Any, settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        input_span(model, **{"index": 0, "length": 10, **settings})


KERNEL = torch.ones(1, 1, 3, dtype=torch.float64)
FAR_KERNEL = torch.ones(1, 1, 9, dtype=torch.float64)


def highway(x: Tensor) -> Tensor:
    gate = torch.sigmoid(F.conv1d(x, FAR_KERNEL, padding=4))
    return gate * F.conv1d(x, KERNEL, padding=1) + (1 - gate) * x


def variance(x: Tensor) -> Tensor:
    parts = x.unfold(-1, 8, 8)
    return ((parts - parts.mean(-1, keepdim=True)) ** 2).mean(-1)


@pytest.mark.parametrize(
    ("forward", "size", "step"),
    [
        (highway, 9, 1),
        (lambda x: torch.diff(x).abs(), 2, 1),
        (lambda x: torch.diff(x) ** 2, 2, 1),
        (lambda x: (x - 1).abs(), 1, 1),
        (lambda x: torch.ones(1, dtype=x.dtype) - x, 1, 1),
        (lambda x: x - 2 * F.pad(x, (1, 0))[..., :-1], 2, 1),
        (lambda x: F.conv1d(x, KERNEL) / x[..., :-2].abs(), 3, 1),
        (variance, 8, 8),
        (lambda x: x.unfold(-1, 16, 16).var(-1), 16, 16),
        (lambda x: x.unfold(-1, 5, 1).median(-1)[0], 5, 1),
        (lambda x: torch.where(F.conv1d(x, KERNEL) > 0, x[..., 2:], -x[..., 2:]), 3, 1),
        (lambda x: torch.where(x > 0, x, 0), 1, 1),
        (lambda x: F.glu(torch.cat([x, F.conv1d(x, KERNEL, padding=1)], 1), 1), 3, 1),
    ],
)
def test_no_path_is_closed_or_undone_by_another(
    forward: Callable[[Tensor], Tensor], size: int, step: int
) -> None:
    field = receptive_field(Returns(forward), channels=1)
    assert (field.size, field.step) == (size, step)
    # What PyTorch's own gradients find, with numbers that are all different.
    signal = torch.rand(1, 1, 64, dtype=torch.float64, requires_grad=True)
    index = 24 // step
    (gradient,) = torch.autograd.grad(forward(signal)[..., index].sum(), signal)
    read = gradient[0, 0].nonzero().flatten().tolist()
    span = input_span(Returns(forward), index, length=64, channels=1)
    assert span.start <= read[0] <= read[-1] < span.stop
    assert len(span) == size


def test_a_spectrum_reads_everything() -> None:
    model = Returns(lambda x: torch.fft.rfft(x).abs())
    assert input_span(model, 5, length=40, channels=1) == range(40)


def test_a_scale_is_the_fraction_that_was_meant() -> None:
    for scale, step in ((1 / 3, 3), (2 / 3, Fraction(3, 2)), (48_000 / 44_100, Fraction(147, 160))):
        assert receptive_field(nn.Upsample(scale_factor=scale)).step == step


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_a_scripted_layer_keeps_its_mode() -> None:
    layer = torch.jit.script(nn.Conv1d(1, 1, 3)).train()
    assert receptive_field([layer, nn.ReLU()]).size == 3
    assert layer.training


@pytest.mark.parametrize(
    ("model", "settings", "error", "words"),
    [
        (CONV, {"sample_rate": 0}, ValueError, "sample_rate=0 has to be above 0"),
        (CONV, {"sample_rate": math.inf}, ValueError, "sample_rate=inf has to be above 0"),
        ([nn.Conv1d(2, 2, 1), CONV], {}, SizeError, r"layer 1, Conv1d\(1, 1, .*2 channels come in"),
        (nn.Conv1d(1, 1, 3, stride=0), {}, SizeError, "stride=0 is too small"),
        (nn.ConvTranspose1d(1, 1, 3, output_padding=1), {}, SizeError, "output_padding=1"),
        (nn.AdaptiveAvgPool1d(4), {}, SizeError, r"reads other samples for each length"),
        (nn.Upsample(size=9), {}, SizeError, r"reads other samples for each length"),
        (nn.Upsample(scale_factor=1.5, mode="area"), {}, SizeError, r"other samples for each"),
        (nn.GLU(dim=-1), {}, SizeError, r"ask input_span\(model, index, length=...\)"),
        (Own(nn.AdaptiveAvgPool1d(4)), {"channels": 1}, SizeError, "still reach an end"),
        (Own(nn.LayerNorm(10)), {"channels": 1}, SizeError, "takes no length for which"),
        (Own(CONV), {"length": 4}, SizeError, "with 4 input samples, fields still reach an end"),
        (Own(CONV), {"length": 2}, SizeError, "of 2 input samples, the model takes no length"),
        (Own(CONV), {"length": 0}, SizeError, "length=0, and it has to be at least 1"),
        ("conv", {}, TypeError, "the model has a str"),
    ],
)
def test_bad_receptive_fields(
    model: Any, settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        receptive_field(model, **settings)


def test_a_field_prints_what_it_says() -> None:
    field = receptive_field(nn.Conv1d(1, 1, 400, stride=320), sample_rate=16_000)
    assert field.look_ahead_ms == 399 / 16
    assert repr(field).splitlines() == [
        "size          400  25.000 ms",
        "step          320  20.000 ms",
        "offset          0  0.000 ms",
        "center      399/2  12.469 ms",
        "look-ahead    399  24.938 ms",
    ]
    assert receptive_field(nn.Conv1d(1, 1, 3)).look_ahead_ms is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        field.size = 3
    gaps = receptive_field(nn.ConvTranspose1d(1, 1, 1, stride=10))
    assert [len(part) for part in gaps.fields] == [1, *[0] * 9]
    assert repr(gaps).splitlines()[-3:] == [
        "field 6     nothing",
        "field 7     nothing",
        "and 2 more",
    ]
    norm = receptive_field(nn.GroupNorm(1, 4), sample_rate=8000)
    assert repr(norm).splitlines() == [
        "size        unbounded",
        "step                1  0.125 ms",
        "offset      unbounded",
        "center           none",
        "look-ahead  unbounded",
    ]
    assert norm.look_ahead_ms == math.inf
