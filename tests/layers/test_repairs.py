"""Changes that bring lengths back, each tried on real models."""

import copy
import functools
from typing import Any

import pytest
import torch
from tests.random_unets import random_unet
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import testing
from helpers.layers import returning_lengths, trace
from helpers.layers.repairs import padding_for, repairs


class UNet(nn.Module):
    """Three levels with skips."""

    def __init__(self, **settings: int) -> None:
        super().__init__()
        settings = {"kernel_size": 4, "stride": 2, "padding": 1, **settings}
        self.down = nn.ModuleList(nn.Conv1d(1, 1, **settings) for _ in range(3))
        self.up = nn.ModuleList(nn.ConvTranspose1d(1, 1, **settings) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        """Go down and up."""
        skips = []
        for conv in self.down:
            skips.append(x)
            x = conv(x)
        for conv in self.up:
            x = conv(x) + skips.pop()
        return x


def returns(model: nn.Module, length: int) -> bool:
    """Say whether a real model's output is as long as its input."""
    try:
        with torch.no_grad():
            return model(torch.zeros(1, 1, length)).shape[-1] == length
    except RuntimeError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"kernel_size": 8, "padding": 0}, {"stride": 3}])
@pytest.mark.parametrize("length", [100, 101, 103])
def test_each_change_of_a_unet_works(settings: dict[str, int], length: int) -> None:
    model = UNet(**settings)
    before = str(model)
    if returns(model, length):
        assert repairs(model, length) == ()
        return
    found = {repair.what.split()[0]: repair for repair in repairs(model, length)}
    assert set(found) == {"output_size=", "pad", "output_padding"}
    assert str(model) == before
    assert not model._forward_pre_hooks
    # Padding, as it is printed.
    names: dict[str, Any] = {"nn": nn, "F": F}
    exec(found["pad"].code, names)
    padded = names["Padded"](model)
    assert all(returns(padded, n) for n in range(length - 20, length + 21))
    assert "all 41 lengths" in found["pad"].serves
    # output_padding, as it is printed.
    changed = copy.deepcopy(model)
    exec(found["output_padding"].code, {"self": changed})
    assert returns(changed, length)
    # output_size=, put where the code says.
    assert "all 41 lengths" in found["output_size="].serves
    for level in range(3):
        line = f"x = self.up[{level}](x, output_size=[length_{2 - level}])"
        assert line in found["output_size="].code
        assert f"length_{level} = x.shape[-1]  # before self.down[{level}](x)" in (
            found["output_size="].code
        )


@pytest.mark.slow
def test_random_unets() -> None:
    repaired = 0
    for seed in range(24):
        names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F}
        code, length = random_unet(seed)
        exec(code, names)
        model = names["Net"]()
        for repair in repairs(model, length):
            repaired += 1
            if repair.what.startswith("pad"):
                exec(repair.code, names)
                assert returns(names["Padded"](model), length), seed
            elif repair.what.startswith("output_padding"):
                changed = copy.deepcopy(model)
                exec(repair.code, {"self": changed})
                assert returns(changed, length), seed
    assert repaired > 5


def test_a_model_that_only_gets_shorter_is_padded() -> None:
    (repair,) = repairs(nn.Conv1d(1, 1, 3), 10)
    assert "F.pad(x, (0, 2))" in repair.code


def test_a_model_that_needs_no_change_is_told_so() -> None:
    assert repr(repairs(nn.Conv1d(1, 1, 3, padding=1), 10)) == (
        "no change is needed: 10 comes back"
    )
    assert repr(repairs(UNet(), 96)) == "no change is needed: 96 comes back"
    # One that halves is an encoder, one that doubles is a vocoder: nothing is to come back.
    for model, output in [(nn.MaxPool1d(2), 50), (nn.Upsample(scale_factor=2), 200)]:
        found = repr(repairs(model, 100))
        assert found.startswith(f"no change was looked for: 100 becomes {output}, ")


def test_a_model_of_one_length_is_not_asked_for_thousands() -> None:
    asked: list[int] = []

    class Fixed(UNet):
        def forward(self, x: Tensor) -> Tensor:
            asked.append(x.shape[-1])
            return super().forward(x[..., :1000].reshape(1, 1, 1000))

    assert repr(repairs(Fixed(), 100)) == "no change was found"
    assert len(set(asked)) < 120


@pytest.mark.slow
def test_the_multiples_of_a_large_stride_are_soon_found() -> None:
    asked: list[int] = []

    class Codec(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down = nn.Conv1d(1, 1, 320, stride=320)
            self.up = nn.ConvTranspose1d(1, 1, 320, stride=320)

        def forward(self, x: Tensor) -> Tensor:
            asked.append(x.shape[-1])
            return self.up(self.down(x))

    (repair,) = [one for one in repairs(Codec(), 24_001) if one.what.startswith("pad")]
    assert "-length % 320" in repair.code
    assert len(set(asked)) < 1200


def test_several_inputs_are_given_before() -> None:
    class Timed(UNet):
        def forward(self, x: Tensor, step: Tensor | None = None) -> Tensor:
            assert step is not None
            return super().forward(x) + step

    model = Timed()
    with pytest.raises(
        TypeError, match=r"as in model\.forward = functools\.partial\(model\.forward"
    ):
        repairs(model, (100, torch.zeros(1)))  # type: ignore[arg-type]
    model.forward = functools.partial(model.forward, step=torch.zeros(1))  # type: ignore[method-assign]
    assert len(repairs(model, 100)) == 3


def test_a_dictionary_of_outputs_is_cut() -> None:
    class Named(UNet):
        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"x": super().forward(x)}

    found = {repair.what.split()[0]: repair for repair in repairs(Named(), 100)}
    assert "return output['x'][..., :length]" in found["pad"].code
    assert "all 41 lengths" in found["pad"].serves


def test_a_model_that_is_shorter_in_steps_is_padded_enough() -> None:
    stack = [nn.Conv1d(1, 1, 8, 4), nn.ConvTranspose1d(1, 1, 8, 4), nn.Conv1d(1, 1, 9)]
    found = {repair.what.split()[0]: repair for repair in repairs(stack, 100)}
    assert "all 41 lengths" in found["pad"].serves


def test_what_is_not_meant_to_come_back_is_left_alone() -> None:
    assert repairs(nn.Conv1d(1, 1, 4, stride=4), 100) == ()
    assert repairs(nn.ConvTranspose1d(1, 1, 4, stride=4), 100) == ()


def test_a_stack_is_called_one_by_one() -> None:
    halves = {"kernel_size": 4, "stride": 2, "padding": 1}
    first = repairs([nn.Conv1d(1, 1, **halves), nn.ConvTranspose1d(1, 1, **halves)], 101)[0]
    assert "# one by one: nn.Sequential takes no output_size" in first.code


@pytest.mark.parametrize("first", range(1, 40))
@pytest.mark.parametrize("period", [1, 2, 7, 32])
def test_padding_reaches_a_length_that_comes_back(first: int, period: int) -> None:
    for length in range(1, 80):
        padding = eval(padding_for(first, period), {"length": length})
        assert 0 <= padding < period
        assert (length + padding - first) % period == 0


def test_assert_returns() -> None:
    model = UNet()
    assert testing.assert_returns(model, returning_lengths(model, range(1, 99))) is None
    with pytest.raises(AssertionError) as raised:
        testing.assert_returns(model, [96, 100, 101, 102, 103, 104])
    words = str(raised.value)
    assert words.startswith(
        "4 of 6 lengths do not come back: 100 is refused, 101 is refused, 102 is refused"
    )
    error = trace(model, 100).error
    assert error is not None
    assert str(error) in words
    assert "Fix: output_size= for each transposed layer" in words
    with pytest.raises(AssertionError, match="the length does not come back: 9 becomes 7"):
        testing.assert_returns(nn.Conv1d(1, 1, 3), [9])
    with pytest.raises(AssertionError, match="the length does not come back: 9 becomes 10"):
        testing.assert_returns(nn.Conv1d(1, 1, 2, padding=1), [(9,)])
    with pytest.raises(TypeError, match="is a float"):
        testing.assert_returns(model, [9.5])


@pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated:FutureWarning")
@pytest.mark.parametrize("kept", [nn.utils.weight_norm, nn.utils.spectral_norm])
def test_a_model_that_keeps_what_it_computed_is_copied(kept: Any) -> None:
    halves = {"kernel_size": 4, "stride": 2, "padding": 1}
    model = nn.Sequential(kept(nn.Conv1d(1, 1, **halves)), kept(nn.ConvTranspose1d(1, 1, **halves)))
    model(torch.zeros(1, 1, 100))
    assert repairs(model, 101)[0].what.startswith("output_size=")


def test_a_model_that_cannot_be_copied_is_told_of() -> None:
    model = UNet()
    model.drawn = (number for number in range(3))
    with pytest.raises(ValueError, match="can't be copied, so no change can be tried on a copy"):
        repairs(model, 101)
    with pytest.raises(AssertionError, match="the length does not come back: 101 is refused"):
        testing.assert_returns(model, [101])


def test_a_layer_that_is_used_twice_is_told_two_lengths() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down = nn.Conv1d(1, 1, 4, 2, 1)
            self.up = nn.ConvTranspose1d(1, 1, 4, 2, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.up(self.up(self.down(self.down(x))))

    code = repairs(Twice(), 103)[0].code
    assert code.splitlines() == [
        "length_0 = x.shape[-1]  # before self.down(x), the 1st time",
        "length_1 = x.shape[-1]  # before self.down(x), the 2nd time",
        "x = self.up(x, output_size=[length_1])  # the 1st time",
        "x = self.up(x, output_size=[length_0])  # the 2nd time",
    ]
    model, names = Twice(), {"x": torch.zeros(1, 1, 103)}
    before, between, *after = code.splitlines()
    lines = [before, "x = self.down(x)", between, "x = self.down(x)", *after]
    exec("\n".join(lines), {"self": model}, names)
    assert names["x"].shape[-1] == 103
