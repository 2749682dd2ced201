"""Lengths that come back, and the rules behind them, against real models."""

import pytest
import torch
from tests.random_stacks import random_stack
from tests.random_unets import random_unet
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.layers import mirror, returning_lengths, trace
from helpers.layers.returning import Rule, rule_of


def returns(model: nn.Module, channels: int, length: int) -> bool:
    """Say whether a real model's output is as long as its input.

    In a batch of two, because norms refuse a single value in a batch of one.
    """
    try:
        with torch.no_grad():
            return model(torch.zeros(2, channels, length)).shape[-1] == length
    except (RuntimeError, ValueError):
        return False


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")  # 'same' with an even kernel.
def test_random_stacks_with_decoders() -> None:
    rules = 0
    for seed in range(200):
        layers, channels, length = random_stack(seed)
        if trace(layers, length).error or 0 in trace(layers, length).lengths:
            continue
        model = nn.Sequential(*layers, mirror(layers, length)).eval()
        found = returning_lengths(model, range(1, 80))
        assert list(found) == [n for n in range(1, 80) if returns(model, channels, n)], seed
        if found.rule:
            rules += 1
            for further in range(80, 200, 7):
                assert (further in found.rule) == returns(model, channels, further), (seed, further)
    assert rules > 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_unets(seed: int) -> None:
    names: dict[str, object] = {"torch": torch, "nn": nn, "F": F}
    exec(random_unet(seed, fits=True)[0], names)
    model = names["Net"]()
    found = returning_lengths(model, range(1, 60))
    assert list(found) == [n for n in range(1, 60) if returns(model, 1, n)]
    if found.rule:
        for further in range(60, 120):
            assert (further in found.rule) == returns(model, 1, further), (found.rule, further)


class Net(nn.Module):
    """A model with a forward of its own."""

    def __init__(self, hop: int, first: int) -> None:
        super().__init__()
        self.down = nn.Conv1d(1, 1, hop, stride=hop)
        self.up = nn.ConvTranspose1d(1, 1, hop, stride=hop)
        self.first = first

    def forward(self, x: Tensor) -> Tensor:
        """Go there and back."""
        return F.pad(self.up(self.down(x[..., self.first :])), (self.first, 0))


@pytest.mark.parametrize(
    ("model", "lengths", "printed"),
    [
        (Net(32, 4), range(1, 130), "every 32nd, from 36 on"),
        (Net(32, 4), range(1, 60), "[36]"),
        (Net(32, 4), range(4, 1000, 32), "every 32nd, from 36 on"),
        (Net(32, 4), range(4, 1000, 64), "[68, 132, 196, 260, 324, 388, 452, 516, 580, 644, 708,"),
        (Net(1, 4), range(1, 40), "all, from 5 on"),
        (nn.Conv1d(1, 1, 3), range(1, 40), "none of 39 lengths, 2 of which the model refuses"),
        (nn.AdaptiveAvgPool1d(7), range(1, 40), "[7]"),
        (nn.ReLU(), [], "none of 0 lengths"),
        (nn.ReLU(), [5], "[5]"),
    ],
)
def test_what_is_printed(model: nn.Module, lengths: range, printed: str) -> None:
    assert repr(returning_lengths(model, lengths)).startswith(printed)


def test_a_rule_of_several_kinds() -> None:
    rule = rule_of([3, 5, 11, 13, 19, 21], range(24), lambda n: n % 8 in (3, 5))
    assert repr(rule) == "every 8th, from 3 on, and every 8th, from 5 on"
    assert [n for n in range(20) if n in Rule(8, (3, 5))] == [3, 5, 11, 13, 19]


def test_a_rule_that_ends_is_none() -> None:
    found = list(range(4, 100, 4))
    assert rule_of(found, range(100), lambda n: n % 4 == 0 and n < 300) is None
    assert rule_of(found, range(100), lambda n: n % 4 == 0 or n == 103) is None


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "all"), (2, "2nd"), (3, "3rd"), (11, "11th"), (21, "21st")],
)
def test_ordinals(number: int, word: str) -> None:
    assert word in repr(Rule(number, (number,)))


def test_several_inputs_have_no_rule() -> None:
    class Both(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return torch.cat([x, y], dim=-1)[..., : max(x.shape[-1], 12)]

    found = returning_lengths(Both(), [(n, 1) for n in range(10, 15)])
    assert (repr(found), found.rule) == ("[12, 13, 14]", None)
    time = [(n, torch.zeros(1, 1, 2)) for n in range(9, 30)]
    assert repr(returning_lengths(Both(), time)) == "all, from 12 on"


class Padded(nn.Module):
    """One whose first layer says nothing of its channels and refuses the shortest lengths."""

    def __init__(self) -> None:
        super().__init__()
        self.pad, self.conv = nn.ReflectionPad1d(3), nn.Conv1d(80, 8, 7)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(self.pad(x))


def test_channels_are_looked_for_until_a_layer_says_them() -> None:
    found = returning_lengths(Padded(), range(1, 41))
    assert (list(found), found.refused) == (list(range(4, 41)), 3)


def test_bad_inputs() -> None:
    with pytest.raises(ValueError, match=r"\(1, 1\): no dimension of samples was found"):
        returning_lengths([nn.AdaptiveAvgPool1d(1), nn.Flatten()], [8, 9])
    with pytest.raises(ValueError, match="its first dimension should be the batch, which is 1"):
        returning_lengths([nn.Unflatten(-1, (-1, 4)), nn.Flatten(0, 2)], [8, 12])
    with pytest.raises(TypeError, match=r"length=9\.5 is a float"):
        returning_lengths(nn.ReLU(), [9.5])
    with pytest.raises(TypeError, match="several inputs go into a tuple"):
        returning_lengths(nn.Bilinear(1, 1, 1), [9])


def test_a_long_sweep_shows_its_progress(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    returning_lengths(nn.ReLU(), range(10))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("helpers.layers.meters.PATIENCE", 0)
    returning_lengths(nn.ReLU(), range(10))
    assert "0/10" in capsys.readouterr().err
