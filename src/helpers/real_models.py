"""The layers of real models, with the lengths that real PyTorch layers gave for them.

The data is `real_models.json` beside this file: for each model the repository, the commit and the
lines that its sizes were read from, its layers, and the length after each of them for a few inputs.
Layers that keep the length (kernel_size 1, residual branches, activations) are left out.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import prod
from types import MappingProxyType
from typing import Any, Literal

from torch import nn

from helpers.layer_errors import check_pad1d
from helpers.lengths import conv1d_output_length, conv_transpose1d_output_length
from helpers.sizes import Pad1dSizes

__all__ = ["Link", "RealLayer", "RealModel", "Table", "load"]


@dataclass(frozen=True)
class RealLayer:
    """One Conv1d or ConvTranspose1d of a model, with the padding and cropping around it.

    Attributes:
        op: Which of the two layers it is.
        kernel_size: As in PyTorch, like the four that follow.
        stride: As in PyTorch.
        padding: As in PyTorch.
        dilation: As in PyTorch.
        output_padding: As in PyTorch.
        pad: Samples that the model adds on the left and on the right before the layer.
        crop: Samples that it cuts off on the left and on the right after the layer.
        fill_last_window: Whether it also adds samples on the right until the last window is full.
        role: The half of an autoencoder that the layer belongs to.
    """

    op: Literal["conv1d", "conv_transpose1d"]
    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    output_padding: int = 0
    pad: tuple[int, int] = (0, 0)
    crop: tuple[int, int] = (0, 0)
    fill_last_window: bool = False
    role: Literal["encoder", "decoder"] | None = None

    def padding_for(self, length: int) -> tuple[int, int]:
        """Return how many samples the model adds on the left and on the right of an input.

        Left and right as in `pad`; to fill the last window, (kernel_size - left - length - right)
        mod stride more on the right.

        >>> layer = RealLayer("conv1d", 4, stride=2, pad=(2, 0), fill_last_window=True)
        >>> layer.padding_for(11), layer.padding_for(12)
        ((2, 1), (2, 0))

        Args:
            length: Samples in the input, at least 1.
        """
        left, right = self.pad
        if self.fill_last_window:
            right += -(left + length + right - self.kernel_size) % self.stride
        return left, right

    def output_length(self, length: int) -> int:
        """Return the length after the padding, the layer and the cropping that follows it.

        >>> layer = RealLayer("conv_transpose1d", 10, stride=5, crop=(0, 5))
        >>> layer.output_length(30)  # 29 * 5 + 10 - 5
        150
        >>> layer = RealLayer("conv1d", 4, stride=2, pad=(2, 0))
        >>> layer.output_length(12)  # (14 - 4) // 2 + 1
        6

        Args:
            length: Samples in the input, at least 1.

        Raises:
            SizeError: Where PyTorch's layer refuses what the padding makes of the input, and where
                the crop cuts more than there is.
            TypeError: For what is not an integer.
        """
        settings = {name: getattr(self, name) for name in SHARED}
        length += sum(self.padding_for(length))
        if self.op == "conv1d":
            length = conv1d_output_length(length, **settings)
        else:
            settings["output_padding"] = self.output_padding
            length = conv_transpose1d_output_length(length, **settings)
        cut = Pad1dSizes(length=length, left=-self.crop[0], right=-self.crop[1])
        check_pad1d(cut, "constant")
        return cut.output_length

    def modules(self, length: int, channels: int = 1) -> list[nn.Module]:
        """Return PyTorch modules that do what the model does to an input of this length.

        >>> for module in RealLayer("conv1d", 4, stride=2, pad=(2, 0)).modules(12):
        ...     print(module)
        ConstantPad1d(padding=(2, 0), value=0.0)
        Conv1d(1, 1, kernel_size=(4,), stride=(2,))

        Args:
            length: Samples in the input, at least 1. It sets how much is added to fill the last
                window and nothing else; a length that the layer refuses is not refused here.
            channels: Channels of the layer, at least 1.
        """
        settings = {name: getattr(self, name) for name in SHARED}
        layer: nn.Module
        if self.op == "conv1d":
            layer = nn.Conv1d(channels, channels, **settings)
        else:
            settings["output_padding"] = self.output_padding
            layer = nn.ConvTranspose1d(channels, channels, **settings)
        around = [self.padding_for(length), (-self.crop[0], -self.crop[1])]
        before, after = ([nn.ConstantPad1d(p, 0.0)] if any(p) else [] for p in around)
        return [*before, layer, *after]


SHARED = ("kernel_size", "stride", "padding", "dilation")


@dataclass(frozen=True)
class RealModel:
    """The sizes of one model, and where they were read.

    Attributes:
        key: A short name, unique in the data.
        name: The name that its authors use.
        does: What it is for.
        repo: Owner and name on GitHub.
        commit: The version that was read.
        sources: Paths in the repository, with lines.
        threads: Issues and pull requests about its sizes, as `owner/name#number`.
        rule: How its authors choose the sizes.
        promise: "same" if the output should be as long as the input, "times" if it should be
            longer by the product of the strides, None if neither is meant.
        layers: Its layers, in order.
        lengths: Input length to the length after each layer; None after a layer that raises.
    """

    key: str
    name: str
    does: str
    repo: str
    commit: str
    sources: tuple[str, ...]
    threads: tuple[str, ...]
    rule: str
    promise: Literal["same", "times"] | None
    layers: tuple[RealLayer, ...]
    lengths: MappingProxyType[int, tuple[int | None, ...]]

    @property
    def link(self) -> "Link":
        """The name, leading to the first source, at the commit that was read."""
        return Link(self.name, self.urls[0])

    @property
    def urls(self) -> list[str]:
        """The addresses of all sources, at the commit that was read."""
        return [
            f"https://github.com/{self.repo}/blob/{self.commit}/{path}" for path in self.sources
        ]

    @property
    def thread_urls(self) -> dict[str, str]:
        """Issue or pull request to its address."""
        pairs = {thread: thread.split("#") for thread in self.threads}
        return {t: f"https://github.com/{repo}/issues/{n}" for t, (repo, n) in pairs.items()}

    @property
    def encoder(self) -> tuple[RealLayer, ...]:
        """The layers before the first one that belongs to the decoder."""
        return tuple(layer for layer in self.layers if layer.role != "decoder")

    @property
    def decoder(self) -> tuple[RealLayer, ...]:
        """The layers that belong to the decoder."""
        return tuple(layer for layer in self.layers if layer.role == "decoder")

    @property
    def factor(self) -> int:
        """The product of the strides of the encoder, or of all layers if there is one half only."""
        return prod(layer.stride for layer in self.encoder)

    def output_length(self, length: int) -> int:
        """Return the length after the last layer, counted by the formulas.

        >>> load()["dac-24khz"].output_length(24000)  # ((600 * 5 - 1) * 4) * 2
        23992
        >>> load()["dac-24khz"].output_length(23992)  # 320 * 74 + 312, one that comes back
        23992

        Args:
            length: Samples in the input, or frames for a model that takes frames; at least 1, and
                as many as every layer needs.

        Raises:
            SizeError: If a layer refuses its input.
            TypeError: For what is not an integer.

        Chapter 12 searches with it for the lengths that come back.
        """
        for layer in self.layers:
            length = layer.output_length(length)
        return length

    def modules(self, length: int, channels: int = 1) -> list[nn.Module]:
        """Return PyTorch modules that do what the model does to an input of this length.

        >>> for module in load()["waveglow"].modules(63):
        ...     print(module)
        ConvTranspose1d(1, 1, kernel_size=(1024,), stride=(256,))
        ConstantPad1d(padding=(0, -768), value=0.0)

        Args:
            length: Samples or frames in the input, as in `output_length`; padding that depends on
                it becomes an nn.ConstantPad1d.
            channels: Channels of every layer, at least 1: the lengths are the same for any number
                of them.

        Raises:
            SizeError: If a layer refuses its input.
            TypeError: For what is not an integer.

        Chapter 12 traces them.
        """
        found: list[nn.Module] = []
        for layer in self.layers:
            found += layer.modules(length, channels)
            length = layer.output_length(length)
        return found

    def promised_length(self, length: int) -> int | None:
        """Return the output length that the model should have for this input, if it has one.

        >>> load()["dac-24khz"].promised_length(24000)
        24000
        >>> load()["hifigan"].promised_length(32)
        8192

        Args:
            length: Samples or frames in the input.
        """
        return {"same": length, "times": length * self.factor, None: None}[self.promise]


@dataclass(frozen=True)
class Link:
    """A text that leads to an address."""

    text: str
    url: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<a href="{html.escape(self.url)}">{html.escape(self.text)}</a>'


@dataclass(frozen=True)
class Table:
    """Rows of texts and links: a table in a notebook, columns in a terminal.

    >>> Table(["Model", "Off by"], [[Link("DAC", "https://example.org"), "-8"]])
    Model  Off by
    DAC    -8

    Attributes:
        head: What stands above the columns.
        rows: One list for each row, with a text, a link or a list of both for each column.
    """

    head: Sequence[str]
    rows: Sequence[Sequence["Cell"]]

    def __repr__(self) -> str:
        texts = [[" ".join(map(str, _parts(cell))) for cell in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(self.head, *texts, strict=True)]
        lines = [zip(row, widths, strict=True) for row in [self.head, *texts]]
        return "\n".join("  ".join(f"{t:<{w}}" for t, w in line).rstrip() for line in lines)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.head)
        rows = []
        for first, *others in self.rows:
            cells = "".join(f"<td>{_html(cell)}</td>" for cell in others)
            rows.append(f"<tr>{ROW_HEAD}{_html(first)}</th>{cells}</tr>")
        body = "".join(rows)
        return f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


Cell = str | Link | Sequence[str | Link]
ROW_HEAD = '<th scope="row" style="font-weight: normal; text-align: left">'


def _parts(cell: Cell) -> Sequence[str | Link]:
    return [cell] if isinstance(cell, str | Link) else cell


def _html(cell: Cell) -> str:
    return " ".join(
        p._repr_html_() if isinstance(p, Link) else html.escape(p) for p in _parts(cell)
    )


@cache
def load() -> MappingProxyType[str, RealModel]:
    """Return all models of the book, by their keys, in the order of chapter 12.

    >>> model = load()["dac-24khz"]
    >>> model.factor, model.lengths[24000][-1]
    (320, 23992)
    """
    text = resources.files("helpers").joinpath("real_models.json").read_text(encoding="utf-8")
    return MappingProxyType({entry["key"]: model_from(entry) for entry in json.loads(text)})


def real_layer(entry: dict[str, Any]) -> RealLayer:
    """Return the layer that one line of the data describes."""
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return RealLayer(**fields)


def model_from(entry: dict[str, Any]) -> RealModel:
    """Return the model that one entry of the data describes."""
    fields = dict(entry)
    fields["layers"] = tuple(real_layer(layer) for layer in entry["layers"])
    fields["lengths"] = MappingProxyType({int(n): tuple(v) for n, v in entry["lengths"].items()})
    fields["sources"], fields["threads"] = tuple(entry["sources"]), tuple(entry["threads"])
    return RealModel(**fields)
