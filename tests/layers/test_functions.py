"""Length functions against real models."""

import itertools
import re
from collections import Counter
from typing import Any

import pytest
import torch
from tests.random_stacks import random_stack
from tests.random_unets import random_unet
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.layers import length_function, trace
from helpers.layers.functions import Line, composed, line_of
from helpers.sizes import SizeError


def real(model: nn.Module, channels: int, length: int) -> int | None:
    """Return what a real model makes of a length, in a batch of two, or None if it refuses it."""
    try:
        with torch.no_grad():
            return model(torch.zeros(2, channels, length)).shape[-1]
    except (RuntimeError, ValueError):
        return None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")  # 'same' with an even kernel.
def test_random_stacks() -> None:
    seen: Counter[str] = Counter()
    for seed in range(450):
        layers, channels, _ = random_stack(seed)
        try:
            function = length_function(layers)
        except (SizeError, ValueError):
            seen["refused"] += 1
            continue
        for length in (*range(1, 60, 3), 1000, 1001, 1002):
            output = real(nn.Sequential(*layers), channels, length)
            if output is not None:
                seen["compared"] += 1
                assert function(length) == output, (seed, length, function, layers)
    assert seen["compared"] > 5000, seen
    assert seen["refused"] < 300, seen


@pytest.mark.slow
def test_random_stacks_that_are_run() -> None:
    class Hidden(nn.Sequential):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x)

    seen = 0
    for seed in range(40):
        layers, channels, _ = random_stack(seed)
        if trace(layers, 2000).error:
            continue
        try:
            function = length_function(Hidden(*layers), channels=channels)
        except ValueError:
            continue
        for length in (*range(40, 80, 3), 1000, 1001, 5000):
            output = real(nn.Sequential(*layers), channels, length)
            if output is not None:
                seen += 1
                assert function(length) == output, (seed, length, function, layers)
    assert seen > 150


@pytest.mark.slow
def test_random_unets() -> None:
    seen = 0
    for seed in range(12):
        names: dict[str, object] = {"torch": torch, "nn": nn, "F": F}
        exec(random_unet(seed)[0], names)
        model = names["Net"]()
        try:
            function = length_function(model)
        except ValueError:  # It takes no length, or follows no rule.
            continue
        for length in range(1, 150):
            if (output := real(model, 1, length)) is not None:
                seen += 1
                assert output == function(length), (length, function)
    assert seen > 50


class Forward(nn.Module):
    """A model that does what it is given."""

    def __init__(self, run: object) -> None:
        super().__init__()
        self.run = run

    def forward(self, x: Tensor) -> Tensor:
        """Run it."""
        return self.run(x)


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (lambda x: x, "length"),
        (lambda x: x[..., 5:], "length - 5"),
        (lambda x: x.repeat(1, 1, 3), "length * 3"),
        (lambda x: F.avg_pool1d(x, 3), "length // 3"),
        (lambda x: F.pad(x, (0, -x.shape[-1] % 16)), "(length + 15) // 16 * 16"),
        (lambda x: x[..., : x.shape[-1] // 8 * 8], "length // 8 * 8"),
        (lambda x: F.interpolate(x, scale_factor=1.5), "length // 2 + length"),
        (lambda x: F.adaptive_avg_pool1d(x, 7), "length * 0 + 7"),
        (lambda x: torch.cat([x[..., ::2], x[..., ::3]], -1), ""),
    ],
)
def test_functions_that_are_found(run: object, line: str) -> None:
    model = Forward(run)
    function = length_function(model, channels=1)
    for length in range(10, 200):
        assert function(length) == real(model, 1, length)
    lengths = torch.arange(10, 200)
    assert torch.equal(function(lengths), torch.tensor([function(n) for n in range(10, 200)]))
    if line and "interp" not in line:
        names: dict[str, Any] = {}
        exec(f"def f(length): return {line}", names)
        assert [function(n) for n in range(99)] == [names["f"](n) for n in range(99)]


class Padding(nn.Module):
    """A model that pads its input to the length of its kernel."""

    def __init__(self, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, kernel_size, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        """Pad and run."""
        return self.conv(F.pad(x, (0, max(0, self.conv.kernel_size[0] - x.shape[-1]))))


@pytest.mark.parametrize(
    ("model", "first"),
    [
        (Padding(400, 160), 400),
        (Padding(3, 1), 3),
        (Padding(20, 10), 20),
        (Forward(lambda x: x[..., :3] if x.shape[-1] > 50 else x), 51),
        (Forward(lambda x: x[..., 5:]), 5),
        (Forward(lambda x: x if x.shape[-1] > 48 else x.mean(-1)), 49),
        (Forward(lambda x: x if x.shape[-1] > 48 else x.mT), 49),
        (Forward(lambda x: x[..., : x.shape[-1] // 8 * 8] if x.shape[-1] > 62 else x), 63),
        (nn.Sequential(Forward(lambda x: x), nn.MaxPool1d(3), nn.Conv1d(1, 1, 9)), 1),
    ],
)
def test_short_lengths_are_tried(model: nn.Module, first: int) -> None:
    function = length_function(model, channels=1)
    said = re.search(r"for lengths(?: from (\d+) on)? that the model takes", function.code)
    assert said is not None
    assert int(said[1] or 1) == first
    for length in (*range(first, 1000), 5000, 20_001):
        if (output := real(model, 1, length)) is not None:
            assert function(length) == output, length
    if first > 1:
        assert function(first - 1) != real(model, 1, first - 1)


def test_short_lengths_that_are_refused_do_not_count() -> None:
    def run(x: Tensor) -> Tensor:
        if x.shape[-1] % 2 or x.shape[-1] < 20:
            raise ValueError(f"{x.shape[-1]} is odd or short")
        return x.repeat(1, 1, 2) if x.shape[-1] <= 400 else x

    # Refused lengths stand between those that say where the function begins.
    model = Forward(run)
    model.conv = nn.Conv1d(1, 1, 64, stride=64)  # It does not run, and makes the inputs longer.
    code = length_function(model, channels=1).code
    assert "from 401 on" in code or "from 402 on" in code


def test_a_layer_that_is_not_what_it_says_is_run() -> None:
    norm = nn.LayerNorm(100)
    norm.register_forward_hook(lambda layer, inputs, output: output[..., ::2])
    with pytest.raises(ValueError, match="no dimension of samples was found"):
        length_function(norm)
    pool = nn.MaxPool1d(2)
    pool.register_forward_pre_hook(lambda layer, inputs: inputs[0][..., 3:])
    function = length_function(pool, channels=1)
    assert [function(length) for length in (10, 11, 12)] == [3, 4, 4]


def test_the_code_can_be_pasted() -> None:
    stack = [nn.Conv1d(1, 1, 3, stride=2), nn.AdaptiveMaxPool1d(4), nn.Upsample(scale_factor=2)]
    function = length_function(stack)
    names: dict[str, object] = {"__builtins__": {}}
    exec(function.code, names)
    lengths = torch.tensor([10, 20])
    assert torch.equal(names["output_length"](lengths), torch.tensor([8, 8]))
    assert repr(function) == function.code
    assert "import" not in function.code


def test_composed_lines_are_the_lines_one_after_the_other() -> None:
    lines = [
        Line(*numbers) for numbers in itertools.product((0, 1, 2, 3), (-3, 0, 2), (1, 2, 3, 4))
    ]
    for chain in itertools.product(lines, repeat=2):
        short = composed(chain)
        assert len(short) <= 2
        for length in range(30):
            long = chain[1](chain[0](length))
            met = length
            for line in short:
                met = line(met)
            assert met == long, (chain, short, length)


@pytest.mark.parametrize("factor", [0.5, 1.5, 2, 3.0, 0.25])
def test_factors_that_integers_stand_for(factor: float) -> None:
    line = line_of(nn.Upsample(scale_factor=factor))
    for length in (*range(4, 99), 2**20 + 1, 2**30 + 3):
        assert line(length) == trace(nn.Upsample(scale_factor=factor), length).lengths[0]


def test_a_stride_that_a_module_notes_down_is_that_of_its_layer() -> None:
    class Strided(nn.Module):
        stride = 10**6

        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv1d(1, 1, 4, stride=2)

        def forward(self, x: Tensor) -> Tensor:
            asked.append(x.shape[-1])
            return self.conv(x[..., :10_000])

    asked: list[int] = []
    with pytest.raises(ValueError, match="no function"):
        length_function(Strided())  # It cuts.
    assert max(asked) < 50_000


def test_what_is_constant_for_thousands_of_samples_only() -> None:
    # One output sample for each 4,000 of the input: no such step was found among its layers.
    with pytest.raises(ValueError, match="no function of integers was found"):
        length_function(Forward(lambda x: x[..., ::4000]), channels=1)


@pytest.mark.parametrize("least", [1600, 4096, 5000])
def test_what_is_padded_to_thousands_of_samples(least: int) -> None:
    conv = nn.Conv1d(1, 1, 3, stride=2, padding=1)
    model = Forward(lambda x: conv(F.pad(x, (0, max(0, least - x.shape[-1])))))
    with pytest.raises(ValueError, match="no function of integers was found"):
        length_function(model, channels=1)


def test_branches_are_no_stack() -> None:
    class Scales(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.branches = nn.ModuleList(nn.Conv1d(1, 1, 16, stride=16) for _ in range(6))

        def forward(self, x: Tensor) -> list[Tensor]:
            assert x.shape[-1] < 2**20
            return [branch(x) for branch in self.branches]

    assert trace(Scales(), 100).output_length == 6
    assert length_function(Scales())(100) == 6


def test_a_vocoder_is_not_asked_for_minutes() -> None:
    made: list[int] = []

    def run(x: Tensor) -> Tensor:
        made.append(256 * x.shape[-1])
        return x.repeat_interleave(256, -1)

    assert length_function(Forward(run), channels=1)(10) == 2560
    assert max(made) < 200_000


def test_a_model_of_one_length_is_told_of() -> None:
    with pytest.raises(ValueError, match=r"made for one length only; trace\(model, length\) tells"):
        length_function(Forward(lambda x: x + torch.zeros(77)), channels=1)


def test_what_has_no_function() -> None:
    with pytest.raises(ValueError, match=r"Upsample\(.* computes its length in floats"):
        length_function(nn.Upsample(scale_factor=1.1234567))
    with pytest.raises(ValueError, match="no function of integers was found"):
        length_function(Forward(lambda x: x[..., : int(x.shape[-1] ** 0.5)]), channels=1)
    with pytest.raises(ValueError, match="no dimension of samples was found"):
        length_function(Forward(lambda x: x.mean(-1)), channels=1)
    with pytest.raises(ValueError, match="refused all lengths"):
        length_function(Forward(lambda x: x.view(7, -1, 23, 1)[:, :99, 50]), channels=1)
    with pytest.raises(SizeError, match="stride=0"):
        length_function(nn.AvgPool1d(2, 0))
    with pytest.raises(TypeError, match="str is not one of"):
        length_function(["conv"])
