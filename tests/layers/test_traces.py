"""What a trace of a stack prints, and what is counted without running."""

import re
from collections import OrderedDict
from xml.etree import ElementTree

import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.nn.utils import parametrizations, parametrize, prune

from helpers.alignment import receptive_field
from helpers.layers import Stack, length_function, mirror, trace, transposed_like
from helpers.lengths import SizeError


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
    *_, row, refused, pytorch, nearest, section = repr(traced).splitlines()
    assert re.fullmatch(r"2\.0 +Conv1d\(.*\) +refused", row)
    assert refused.startswith(
        "Refused: layer 2.0, Conv1d(8, 16, kernel_size=(3,), stride=(1,)), refuses length 1:"
        " kernel_size=3 is too long"
    )
    assert pytorch == f"PyTorch: {words}"
    assert nearest == "Nearest lengths that work: 20"
    assert section == (
        "Explained in: notebooks/errors.html#kernel-size-can-t-be-greater-than-actual-input-size"
    )
    assert str(traced.error).splitlines()[1:] == [pytorch, nearest, section]


def test_a_trace_is_a_table_in_a_notebook() -> None:
    page = trace([nn.Conv1d(1, 1, 9), nn.Upsample(scale_factor=2, mode="<b>")], 9)._repr_html_()
    root = ElementTree.fromstring(f"<div>{page}</div>")
    assert [cell.attrib for cell in root.iterfind(".//thead//th")] == [{"scope": "col"}] * 3
    assert [cell.text for cell in root.iterfind(".//tbody//th")] == ["input", "0", "1"]
    assert [row[2].text for row in root.iterfind(".//tbody/tr")] == ["9", "1", "refused"]
    assert [link.get("href") for link in root.iterfind(".//a")] == [
        "errors.ipynb#read-an-unknown-error"
    ]
    assert root.find("b") is None
    assert "style" not in page


def test_no_layer_is_run() -> None:
    def refuse(*ignored: object) -> None:
        raise AssertionError("a layer was run")

    conv = nn.Conv1d(1, 1, 3, stride=2, device="meta")
    hook = register_module_forward_pre_hook(refuse)
    try:
        assert trace(conv, 2**40).lengths == [2**39 - 1]
        assert trace([conv] * 1000, 2**40).lengths[-1] == 1
        assert trace([], 5).lengths == []
        with pytest.raises(AssertionError, match="a layer was run"):
            conv(torch.zeros(1, 1, 5))
    finally:
        hook.remove()


def cut(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
    """Return an output without its first sample."""
    return output[..., 1:]


def with_hook() -> nn.Module:
    """Return a stack of which a layer has a hook."""
    stack = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU())
    stack[0].register_forward_hook(cut)
    return stack


def with_pre_hook() -> nn.Module:
    """Return a layer with a hook that comes before it."""
    pool = nn.MaxPool1d(2)
    pool.register_forward_pre_hook(lambda layer, inputs: inputs[0].repeat(1, 1, 3))
    return pool


def with_a_hook_on_all() -> nn.Module:
    """Return a stack in a stack, with a hook of its own."""
    stack = nn.Sequential(nn.Sequential(nn.Conv1d(1, 1, 3)), nn.ReLU())
    stack[0].register_forward_hook(cut)
    return stack


def with_weight(layer: nn.Module, *shape: int) -> nn.Module:
    """Return a layer with a weight that its settings do not say."""
    layer.weight = nn.Parameter(torch.zeros(*shape))
    return layer


class Longer(nn.Module):
    """A parametrization that changes the shape."""

    def forward(self, weight: Tensor) -> Tensor:
        """Repeat the taps."""
        return weight.repeat(1, 1, 3)


ALTERED = [
    (with_hook(), 97),
    (with_pre_hook(), 150),
    (with_a_hook_on_all(), 97),
    (nn.Sequential(with_weight(nn.Conv1d(1, 1, 1), 1, 1, 9)), 92),
    (with_weight(nn.ConvTranspose1d(1, 1, 1), 1, 1, 9), 108),
    (parametrize.register_parametrization(nn.Conv1d(1, 1, 3), "weight", Longer(), unsafe=True), 92),
]


@pytest.mark.parametrize(("model", "length"), ALTERED)
def test_a_layer_that_is_not_what_it_says_is_run(model: nn.Module, length: int) -> None:
    with torch.no_grad():
        assert model(torch.zeros(1, 1, 100)).shape[-1] == length
    assert trace(model, 100, channels=1).output_length == length
    assert trace([[model], nn.Tanh()], 100, channels=1).output_length == length
    assert length_function(model, channels=1)(100) == length
    assert receptive_field(model, channels=1) != receptive_field(nn.Conv1d(1, 1, 1))
    with pytest.raises(TypeError, match=r"has (a hook, whose|a weight of|an unsafe para)"):
        mirror(model, 100)


def test_a_weight_that_does_not_fit_is_refused() -> None:
    for layer, shape in ((nn.PReLU(3), [2]), (nn.BatchNorm1d(3), [4]), (nn.GroupNorm(1, 3), [4])):
        assert trace(layer, 100, channels=3).error is None
        error = trace(with_weight(layer, *shape), 100, channels=3).error
        assert error is not None
        with pytest.raises(RuntimeError) as raised:
            layer(torch.zeros(1, 3, 100))
        assert error.pytorch == str(raised.value)


def test_what_pytorch_hooks_on_is_counted() -> None:
    layers = [
        parametrizations.weight_norm(nn.Conv1d(1, 2, 3)),
        parametrizations.spectral_norm(nn.ConvTranspose1d(2, 4, 3, groups=2)),
        nn.utils.spectral_norm(nn.Conv1d(4, 4, 3, groups=4)),
        nn.LazyConv1d(2, 3),
        prune.identity(nn.Conv1d(2, 2, 3), "weight"),
    ]
    assert trace(layers, 2**50).lengths[-1] == 2**50 - 2 + 2 - 2 - 2 - 2
    assert trace(layers, 100).steps[-1].shape is None


def test_length_has_to_be_possible() -> None:
    for function in (trace, mirror, transposed_like):
        with pytest.raises(SizeError, match="length=-1 is too small; it has to be at least 0"):
            function(nn.Conv1d(1, 1, 3), -1)


def test_length_has_to_be_an_integer() -> None:
    for function in (trace, mirror, transposed_like):
        with pytest.raises(TypeError, match=r"length=9\.0 is a float"):
            function(nn.Conv1d(1, 1, 3), 9.0)
