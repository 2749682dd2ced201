"""The lengths of real models: the book's data against real PyTorch layers and against `trace`."""

import re
from dataclasses import replace
from itertools import accumulate

import pytest
import torch
from torch import nn

from helpers.layers import trace
from helpers.real_models import Link, RealLayer, RealModel, Table, load
from helpers.sizes import SizeError

MODELS = load()
CASES = [
    pytest.param(model, length, id=f"{model.key}-{length}")
    for model in MODELS.values()
    for length in model.lengths
]
COMPLETE = [case for case in CASES if case.values[0].lengths[case.values[1]][-1] is not None]


def last_of_each_layer(model: RealModel, length: int) -> list[int]:
    """Return the positions, among a model's modules, at which each of its layers is complete."""
    counts = []
    for layer in model.layers:
        counts.append(len(layer.modules(length)))
        length = layer.output_length(length)
    return [total - 1 for total in accumulate(counts)]


def measured(model: RealModel, length: int) -> list[int | None]:
    """Run the real layers, and return the length after each, None from the first that raises."""
    x = torch.zeros(1, 1, length)
    found: list[int | None] = []
    for layer in model.layers:
        try:
            with torch.no_grad():
                x = nn.Sequential(*layer.modules(x.shape[-1]))(x)
        except RuntimeError:
            return [*found, None]
        found.append(x.shape[-1])
    return found


@pytest.mark.parametrize(("model", "length"), CASES)
def test_lengths_are_those_of_pytorch(model: RealModel, length: int) -> None:
    assert measured(model, length) == list(model.lengths[length])


@pytest.mark.parametrize(("model", "length"), COMPLETE)
def test_lengths_are_those_of_trace(model: RealModel, length: int) -> None:
    stored = model.lengths[length]
    lengths = trace(model.modules(length), length).lengths
    assert [lengths[i] for i in last_of_each_layer(model, length)] == list(stored)


@pytest.mark.parametrize(("model", "length"), COMPLETE)
def test_output_length_is_the_last_one(model: RealModel, length: int) -> None:
    assert model.output_length(length) == model.lengths[length][-1]


def test_what_a_layer_refuses_is_refused() -> None:
    wav2vec2 = MODELS["wav2vec2"]
    assert wav2vec2.output_length(400) == 1
    with pytest.raises(SizeError, match="kernel_size=2 is too long"):
        wav2vec2.output_length(399)
    with pytest.raises(SizeError, match="kernel_size=2 is too long"):
        wav2vec2.modules(399)


def test_a_crop_of_more_than_there_is_is_refused() -> None:
    layer = RealLayer("conv_transpose1d", 16, stride=8, crop=(0, 16))
    assert layer.output_length(1) == nn.Sequential(*layer.modules(1))(torch.zeros(1, 1, 1)).numel()
    greedy = replace(layer, crop=(0, 17))
    with pytest.raises(SizeError, match="cuts more than the 16 samples") as refused:
        greedy.output_length(1)
    with pytest.raises(RuntimeError) as raised:
        nn.Sequential(*greedy.modules(1))(torch.zeros(1, 1, 1))
    assert refused.value.pytorch == str(raised.value)


def test_trace_names_the_layer_that_raises() -> None:
    stack = [layer.modules(0)[0] for layer in MODELS["wav2vec2"].layers]
    stored = MODELS["wav2vec2"].lengths[399]
    traced = trace(stack, 399)
    assert list(traced.lengths) == list(stored[:-1])
    with pytest.raises(RuntimeError) as raised:
        nn.Sequential(*stack)(torch.zeros(1, 1, 399))
    assert str(raised.value) in str(traced)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.key)
def test_more_channels_give_the_same_lengths(model: RealModel) -> None:
    length, stored = next(iter(model.lengths.items()))
    with torch.no_grad():
        y = nn.Sequential(*model.modules(length, channels=2))(torch.zeros(2, 2, length))
    assert y.shape == (2, 2, stored[-1])


def test_a_wrong_layer_is_noticed() -> None:
    model = MODELS["dac-24khz"]
    layers = list(model.layers)
    layers[8] = replace(layers[8], output_padding=1)
    assert measured(replace(model, layers=tuple(layers)), 24000) != list(model.lengths[24000])


def test_every_source_is_a_permanent_link() -> None:
    for model in MODELS.values():
        assert model.sources
        for url in [*model.urls, *model.thread_urls.values()]:
            assert re.fullmatch(
                r"https://github\.com/[\w.-]+/[\w.-]+/"
                r"(blob/[0-9a-f]{40}/[\w./-]+(#L\d+(-L\d+)?)?|issues/\d+)",
                url,
            ), url


def test_promises_are_kept_where_the_chapter_says_so() -> None:
    kept = {
        key: [model.promised_length(n) == lengths[-1] for n, lengths in model.lengths.items()]
        for key, model in MODELS.items()
        if model.promise
    }
    assert all(kept["hifigan"] + kept["parallel-wavegan"] + kept["sudormrf"] + kept["demucs"])
    assert not any(kept["hifigan-8-5-5"] + kept["dac-24khz"] + kept["dac-24khz-all-one"])
    assert kept["dac-24khz-odd-one"] == [True, True, True, False]


def test_the_data_is_complete() -> None:
    assert len(MODELS) == 24
    assert all(model.lengths and model.rule and model.does for model in MODELS.values())
    assert {len(v) for m in MODELS.values() for v in m.lengths.values()} <= set(range(1, 25))


def test_a_table_escapes_what_it_shows() -> None:
    table = Table(["A & B"], [[["<b>", Link("x<y", 'https://example.org/?a="b"')]]])
    shown = table._repr_html_()
    assert "&lt;b&gt;" in shown
    assert "x&lt;y</a>" in shown
    assert "A &amp; B" in shown
    assert '"b"' not in shown
    with pytest.raises(ValueError, match="zip"):
        repr(Table(["one"], [["a", "b"]]))
