"""Traces of models with a `forward` of their own, against PyTorch."""

import collections
import random
import re
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from tests.random_unets import random_unet
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.layers import RefusedError, returning_lengths, trace
from helpers.sizes import SizeError

UNETS = 80


def built(code: str) -> nn.Module:
    """Return the model of some code."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F}
    exec(code, names)
    return names["Net"]()


def hooked(model: nn.Module, *inputs: Tensor) -> tuple[list[tuple[str, int]], str | int]:
    """Run a model; return name and length of each layer that ran, and the output or the words."""
    seen: list[tuple[str, int]] = []
    for name, layer in model.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(
                lambda _, __, output, name=name: seen.append((name, output.shape[-1]))
            )
    try:
        with torch.no_grad():
            return seen, model(*inputs).shape[-1]
    except (RuntimeError, ValueError) as error:
        return seen, str(error)


@pytest.mark.slow
@pytest.mark.parametrize("fits", [False, True])
def test_random_unets(fits: bool) -> None:
    seen: collections.Counter[str] = collections.Counter()
    for seed in range(UNETS):
        code, length = random_unet(seed, fits=fits)
        model = built(code)
        traced = trace(model, length)
        steps, outcome = hooked(model, torch.zeros(1, 1, length))
        named = [(step.name, step.length) for step in traced.steps if step.layer and step.length]
        assert named == steps, (seed, length)
        if isinstance(outcome, int):
            seen["runs"] += 1
            assert (traced.error, traced.output_length) == (None, outcome), (seed, length)
            assert traced.lengths[-1] == outcome, (seed, length)
        else:
            seen["refused"] += 1
            assert traced.error is not None
            assert traced.error.pytorch == outcome, (seed, length)
            assert traced.output_length is None
            for near in traced.error.nearest:
                assert isinstance(hooked(model, torch.zeros(1, 1, near))[1], int), (seed, near)
    assert seen["runs"] > UNETS // 4, seen
    assert fits or seen["refused"] > UNETS // 4, seen


class UNet(nn.Module):
    """Two levels, skips by concatenation."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(nn.Conv1d(2, 2, 4, stride=2, padding=1) for _ in range(2))
        self.up = nn.ModuleList(nn.ConvTranspose1d(c, 2, 4, stride=2, padding=1) for c in (2, 4))
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x: Tensor) -> Tensor:
        """Go down and up."""
        skips = []
        for conv in self.down:
            skips.append(x)
            x = self.norm(conv(x))
        for conv in self.up:
            x = torch.cat(
                [conv(x), skips.pop()],
                dim=1,
            )
        return x


def test_a_join_is_named_by_its_line() -> None:
    error = trace(UNet(), 102).error
    assert isinstance(error, RefusedError)
    assert re.match(
        r".*test_running\.py, line \d+: x = torch\.cat\( \[conv\(x\), skips", error.where
    )
    assert error.meaning == "tensor 0 has 50 samples, and tensor 1 has 51: 1 too many"
    assert error.nearest == [100, 104]
    assert error.section is not None
    assert error.section.endswith("errors.html#sizes-of-tensors-must-match-except-in-dimension-1")
    assert error.pytorch is not None
    assert error.pytorch.startswith("Sizes of tensors must match except in dimension 1.")
    for said in (error.where, error.meaning, error.pytorch, "100 and 104", error.section):
        assert said in str(error)


def test_a_layer_is_named_with_the_line_that_runs_it() -> None:
    traced = trace(UNet(), 2)
    error = traced.error
    assert error is not None
    assert error.where.startswith("layer down.1, Conv1d(2, 2, kernel_size=(4,)")
    assert error.where.endswith("refuses length 1")
    assert "kernel_size=4 is too long" in str(error)
    assert re.search(r"line \d+: x = self\.norm\(conv\(x\)\)$", error.line or "")
    assert (traced.steps[-1].name, traced.steps[-1].refused) == ("down.1", True)


class Everything(nn.Module):
    """A model that leaves traces wherever a model can."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(1)
        self.conv = nn.utils.spectral_norm(nn.Conv1d(1, 1, 3))
        self.register_buffer("cache", torch.zeros(2))
        self.calls = 0
        self.seen: list[int] = []
        self.state: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Change all that can be changed."""
        self.eval()
        self.calls += 1
        self.seen.append(x.shape[-1])
        self.state = x
        self.cache += 1
        self.norm.weight.data.mul_(2)
        self.conv.bias.data = self.conv.bias.data + 1
        self.extra = nn.ReLU()
        torch.manual_seed(7), random.random(), np.random.rand()
        x = self.conv(self.norm.train()(x) + torch.rand_like(x))
        if x.shape[-1] < 5:
            raise RuntimeError("too short")
        return x


@pytest.mark.parametrize("length", [20, 5])
def test_the_model_and_the_random_states_are_left_as_they_were(length: int) -> None:
    model = Everything().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    pointers = [value.data_ptr() for value in model.state_dict().values()]
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    traced = trace(model, length)
    assert (traced.error is None) == (length == 20)
    assert torch.equal(states[0], torch.get_rng_state())
    assert states[1:] == (random.getstate(), np.random.get_state()[1].tolist())
    assert [module.training for module in model.modules()] == [True] * 3
    assert (model.calls, model.seen, model.state, hasattr(model, "extra")) == (0, [], None, False)
    after = model.state_dict()
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert torch.equal(value, after[name]), name
    assert pointers == [value.data_ptr() for value in after.values()]
    hooks = torch.nn.modules.module
    assert not {**hooks._global_forward_hooks, **hooks._global_forward_pre_hooks}


def test_lazy_layers_stay_lazy() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.LazyConv1d(2, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.conv(x)

    model = Net()
    assert trace(model, 10).output_length == 8
    assert model.conv.has_uninitialized_params()
    assert type(model.conv) is nn.LazyConv1d


class Forward(nn.Module):
    """A model made of a function and parts."""

    def __init__(self, run: Any, *parts: nn.Module) -> None:
        super().__init__()
        self.run, self.parts = run, nn.ModuleList(parts)

    def forward(self, *inputs: Tensor) -> Any:
        """Run the function."""
        return self.run(self.parts, *inputs)


def test_a_layer_that_runs_twice_is_there_twice() -> None:
    conv = nn.Conv1d(1, 1, 3)
    twice = Forward(lambda parts, x: parts[1](parts[0](x)), conv, conv)
    traced = trace(twice, 10)
    assert [(step.name, step.length) for step in traced.steps] == [("parts.0", 8), ("parts.0", 6)]


@pytest.mark.parametrize(
    ("output", "length"),
    [
        (lambda x: x, 8),
        (lambda x: (x, x[..., :3]), 8),
        (lambda x: [x[..., :3], x], 3),
        (lambda x: {"x": x[..., 1:], "state": None}, 7),
        (lambda x: collections.namedtuple("Out", "a b")(x[..., 2:], 1), 6),
        (lambda x: x.transpose(1, 2), 8),
        (lambda x: x[:, 0], 8),
        (lambda x: x.squeeze(), 8),
        (lambda x: x.mean(-1), None),
        (lambda x: x[..., :4], 4),
        (lambda x: F.pad(x, (0, -x.shape[-1] % 16)), 16),
    ],
)
def test_outputs_of_all_kinds(output: Any, length: int | None) -> None:
    model = Forward(lambda parts, x: output(parts[0](x)), nn.Conv1d(1, 1, 3))
    traced = trace(model, 10)
    assert traced.error is None
    assert traced.output_length == length
    if length is not None:
        assert traced.lengths[-1] == length


def test_several_outputs_are_all_shown() -> None:
    model = Forward(lambda parts, x: {"a": x[..., 1:], "b": x[..., ::2]})
    traced = trace(model, 10)
    assert [(step.name, step.length) for step in (*traced.steps, *traced.more)] == [
        ("output['a']", 9),
        ("output['b']", 5),
    ]


class Recurrent(nn.Module):
    """Convolutions, then channels last: recurrent layers, attention and Linear."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(3, 8, 5, stride=2)
        self.lstm = nn.LSTM(8, 4, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(8, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 30)

    def forward(self, x: Tensor) -> Tensor:
        """Return channels last."""
        x, _ = self.lstm(self.conv(x).transpose(1, 2))
        x = self.gru(x.transpose(0, 1))[0].transpose(0, 1)
        return self.head(self.transformer(x))


@pytest.mark.parametrize("training", [True, False])
def test_channels_last(training: bool) -> None:
    traced = trace(Recurrent().train(training), 100)
    found = [(step.name, step.length) for step in traced.steps]
    names = ("conv", "lstm", "gru", "transformer", "head")
    assert found == [(name, 48) for name in names]
    assert traced.steps[-1].shape == (1, 48, 30)


def test_detours_in_two_dimensions_and_reshapes() -> None:
    def run(parts: nn.ModuleList, x: Tensor) -> Tensor:
        x = parts[0](x.unsqueeze(1)).squeeze(1)  # (1, 4, length)
        batch, channels, length = x.shape
        x = x.reshape(batch, channels, length // 4, 4).permute(0, 3, 1, 2).flatten(1, 2)
        return parts[1](x)

    model = Forward(run, nn.Conv2d(1, 1, 3, padding=1), nn.Conv1d(16, 2, 1))
    traced = trace(model, 100, channels=4)
    assert [step.length for step in traced.steps] == [100, 25]
    error = trace(model, 102, channels=4).error
    assert error is not None
    assert error.nearest == [100, 104]
    assert "408 numbers do not fill the shape" in str(error)


def test_channels() -> None:
    raw = Forward(lambda parts, x: parts[0](x.unsqueeze(1)), nn.Conv1d(1, 4, 3))
    assert trace(raw, 10).output_length == 8  # Found: it takes (batch, length).
    assert trace(raw, 10, channels=()).output_length == 8
    flat = nn.Conv2d(1, 4, (22, 3))
    assert trace(flat, 10, channels=(1, 22)).output_length == 8
    assert trace(nn.LSTM(6, 3, batch_first=True), 10, channels=(..., 6)).output_length == 10
    anything = Forward(lambda parts, x: F.avg_pool1d(x, 2))
    assert trace(anything, 10).output_length == 5
    assert trace(anything, 10, channels=7).steps[-1].shape == (1, 7, 5)
    refused = trace(nn.LSTM(6, 3, batch_first=True), 10).error
    assert refused is not None
    assert "channels=1 was tried; channels= says what goes in" in str(refused)


def test_several_inputs() -> None:
    both = Forward(
        lambda parts, x, y: parts[0](x) + parts[1](y), nn.Conv1d(1, 1, 3), nn.Conv1d(1, 1, 1)
    )
    assert trace(both, (10, 8)).output_length == 8
    assert trace(both, (10, torch.zeros(1, 1, 8))).output_length == 8
    assert trace(both, (10, 9), channels=[1, 1]).error is not None
    with pytest.raises(TypeError, match=r"several inputs go into a tuple of lengths and tensors"):
        trace(nn.Bilinear(1, 1, 1), 10)
    with pytest.raises(TypeError, match="there is no length among the inputs"):
        trace(both, (torch.zeros(1),))


def test_bad_inputs() -> None:
    def forward(run: Any) -> nn.Module:
        return Forward(run, nn.Conv1d(1, 1, 3))

    keeps = forward(lambda parts, x: parts[0](x))
    with pytest.raises(SizeError, match="length=-1 is too small"):
        trace(keeps, -1)
    with pytest.raises(TypeError, match=r"length=9\.0 is a float"):
        trace(keeps, 9.0)
    with pytest.raises(TypeError, match="str is not one of the one-dimensional layers"):
        trace(["conv"], 9)
    with pytest.raises(TypeError, match="returns no tensor"):
        trace(forward(lambda parts, x: len(x)), 9)
    with pytest.raises(ValueError, match=r"is in half precision, torch\.bfloat16.*model\.float"):
        trace(keeps.bfloat16(), 9)
    with pytest.raises(ValueError, match=r"parts\.0\.weight is on the device 'meta'.*model\.cpu"):
        trace(keeps.to("meta"), 9)
    with pytest.raises(MemoryError, match="needs too much memory"):
        trace(forward(lambda parts, x: parts[0](x)), 2**58)
    assert trace(forward(lambda parts, x: parts[0](x)).double(), 9).output_length == 7


def test_a_changed_batch_is_told() -> None:
    error = trace(Forward(lambda parts, x: x.reshape(-1, 1, 4)), 20).error
    assert error is not None
    assert "That is: it has the shape (5, 1, 4), and its first dimension should be" in str(error)
    assert error.pytorch is None


@pytest.mark.parametrize("catches", [False, True])
def test_a_model_that_never_returns_is_stopped(catches: bool) -> None:
    def run(parts: nn.ModuleList, x: Tensor) -> Tensor:
        while True:
            try:
                x = x + 0
            except Exception:
                if not catches:
                    raise

    started = time.monotonic()
    with pytest.raises(TimeoutError, match=r"did not return within 0\.2 seconds for length 9"):
        trace(Forward(run), 9, seconds=0.2)
    assert time.monotonic() - started < 30


def test_a_larger_batch_is_no_dimension_of_samples() -> None:
    layers = nn.Conv1d(1, 2, 3), nn.BatchNorm1d(2), nn.Linear(2, 4)
    model = Forward(lambda parts, x: parts[2](parts[1](parts[0](x)).mean(-1)), *layers)
    # Of length 3 there have to be two in a batch, of longer ones there is one.
    with pytest.raises(ValueError, match="no dimension of samples was found"):
        returning_lengths(model, [3, 4])


def test_steps_that_are_longer_than_the_signal() -> None:
    model = Forward(lambda parts, x: F.pad(x, (0, -x.shape[-1] % 700))[..., ::700].flatten(1))
    assert trace(model, 9, channels=1).output_length == 1
    assert returning_lengths(model, [1, 9], channels=1) == [1]


def test_features_are_no_samples_where_one_length_only_is_taken() -> None:
    def run(parts: nn.ModuleList, x: Tensor) -> Tensor:
        x = parts[0](x).mT
        assert len(x[0]) == 50
        return parts[2](parts[1](x))

    model = Forward(run, nn.Conv1d(1, 8, 4, 2, 1), nn.Linear(8, 8), nn.LayerNorm(8))
    assert [step.length for step in trace(model, 100).steps] == [50, None, None]


def test_a_norm_of_a_single_value_has_more_in_its_batch() -> None:
    model = Forward(lambda parts, x: parts[1](parts[0](x)), nn.Conv1d(1, 2, 3), nn.BatchNorm1d(2))
    assert trace(model, 3).lengths == [1, 1]


def test_warnings_and_prints_stay_few(capsys: pytest.CaptureFixture[str]) -> None:
    def run(parts: nn.ModuleList, x: Tensor) -> Tensor:
        print("here")
        return parts[0](x).relu()

    assert trace(Forward(run, nn.Conv1d(1, 1, 4, padding="same")), 9).output_length == 9
    assert capsys.readouterr().out == "here\n"


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_a_scripted_part_is_a_layer() -> None:
    model = Forward(
        lambda parts, x: parts[1](parts[0](x)), nn.Conv1d(1, 1, 3), torch.jit.script(nn.PReLU())
    )
    assert trace(model, 10).lengths == [8, 8]
    assert trace(torch.jit.script(nn.Sequential(nn.Conv1d(1, 1, 3))), 10).output_length == 8


def test_a_lazy_norm_is_settled_in_a_copy() -> None:
    model = Forward(lambda parts, x: parts[0](x), nn.LazyBatchNorm1d())
    assert trace(model, 10, channels=3).lengths == [10]
    assert model.parts[0].has_uninitialized_params()


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"seconds": 0}, "seconds must be more than 0"), ({"channels": -1}, "channels must be at")],
)
def test_what_is_not_above_zero_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        trace(Forward(lambda parts, x: x), 10, **settings)


@pytest.fixture(autouse=True)
def _no_hooks_left() -> Iterator[None]:
    yield
    hooks = torch.nn.modules.module
    assert not {**hooks._global_forward_hooks, **hooks._global_forward_pre_hooks}
