"""What a trace of a stack prints, and what is counted without running."""

import re
from collections import OrderedDict
from xml.etree import ElementTree

import pytest
import torch
from torch import nn

from helpers.layers import Stack, mirror, trace, transposed_like
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
    conv.register_forward_pre_hook(refuse)
    assert trace(conv, 2**40).lengths == [2**39 - 1]
    assert trace([conv] * 1000, 2**40).lengths[-1] == 1
    assert trace([], 5).lengths == []


def test_length_has_to_be_possible() -> None:
    for function in (trace, mirror, transposed_like):
        with pytest.raises(SizeError, match="length=-1 is too small; it has to be at least 0"):
            function(nn.Conv1d(1, 1, 3), -1)


def test_length_has_to_be_an_integer() -> None:
    for function in (trace, mirror, transposed_like):
        with pytest.raises(TypeError, match=r"length=9\.0 is a float"):
            function(nn.Conv1d(1, 1, 3), 9.0)
