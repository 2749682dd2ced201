"""Spans and receptive fields against what real layers make of their inputs, sample by sample."""

import math
import warnings
from collections import Counter
from fractions import Fraction

import pytest
import torch
from tests.random_stacks import random_stack
from tests.random_unets import random_unet
from torch import Tensor, nn

from helpers.alignment import input_span, receptive_field
from helpers.layers import trace
from helpers.real_models import RealModel, load
from helpers.sizes import SizeError

STACKS = 2000
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
