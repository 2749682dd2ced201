"""Ten kinds of public models: what is said of them is what they do."""

import pytest
import torch
from tests.layers.kinds import KINDS

from helpers.layers import length_function, trace

OUTPUTS = {
    "WaveNet": "length - 63",
    "Demucs": "(length + 44) // 64 * 64 - 212",
    "TCN": "length",
    "HiFi-GAN": "length * 256",
    "EnCodec": "(length + 319) // 320 * 320",
    "wav2vec 2.0": "(length - 80) // 320",
    "CRNN": "length // 4",
}
REFUSED = {"diffusion U-Net": [96, 104], "SEANet": [168, 208]}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_said_is_what_they_do(name: str) -> None:
    kind, channels, length, more = KINDS[name]
    torch.manual_seed(0)
    model = kind()
    traced = trace(model, (length, *more) if more else length, channels=channels)
    if name in REFUSED:
        assert traced.error is not None
        assert traced.error.nearest == REFUSED[name]
        length = REFUSED[name][0]
        traced = trace(model, (length, *more) if more else length)
    assert traced.error is None
    if name == "EEGNet":  # It has classes, and no length.
        assert traced.output_length is None
        return
    expected = eval(OUTPUTS.get(name, "length"), {"length": length})
    assert traced.output_length == traced.lengths[-1] == expected


@pytest.mark.parametrize("name", ["WaveNet", "TCN", "EnCodec", "wav2vec 2.0", "CRNN"])
def test_their_functions(name: str) -> None:
    kind, channels, _, _ = KINDS[name]
    function = length_function(kind(), channels=channels)
    for length in (400, 1000, 1001, 16_000, 48_123):
        assert function(length) == eval(OUTPUTS[name], {"length": length})
