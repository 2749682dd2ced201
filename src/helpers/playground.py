"""The playground as a widget: drawn lengths to play with, and the real layers run beside them."""

import contextlib
import html
import warnings
from collections.abc import Callable
from typing import Any, Final, Literal, get_args

import anywidget
import ipywidgets
import traitlets

from helpers import frontend
from helpers.lengths import conv1d_output_length, conv_transpose1d_output_length
from helpers.pytorch_errors import conv1d_error, conv_transpose1d_error
from helpers.sizes import SizeError, integer

__all__ = ["Playground", "run_layers"]

Mode = Literal["conv", "transposed", "round-trip"]
MODES: Final[tuple[str, ...]] = get_args(Mode)
SETTINGS: Final = ("length", "kernel_size", "stride", "padding", "dilation", "output_padding")
NAMES: Final = ("mode", *SETTINGS)

LARGEST: Final = 2**53 - 1
"""Up to here a browser counts exactly."""

RUNNABLE: Final = 2**22
"""Layers that touch more numbers than this are not run, but asked for their shape only."""

TOO_LONG: Final = "(too long to run here: shapes from the meta device)"

REPORT_STYLE: Final = (
    "margin:0;line-height:1.6;white-space:pre-wrap;overflow-wrap:anywhere;word-break:normal"
)


class Count(traitlets.Int[int, Any]):
    """A trait that takes what counts as an integer, and nothing that a browser miscounts."""

    def validate(self, obj: object, value: Any) -> int:
        """Return the value as an int, or raise TypeError or ValueError."""
        name = self.name or "value"
        number = integer(name, value)
        if abs(number) > LARGEST:
            raise ValueError(f"{name}={number} is too large; the playground counts up to 2**53 - 1")
        return number


class Kind(traitlets.Unicode[str, Any]):
    """A trait that takes one of the three modes."""

    def validate(self, obj: object, value: Any) -> str:
        """Return the mode, or raise ValueError."""
        if value not in MODES:
            known = ", ".join(map(repr, MODES))
            raise ValueError(f"mode={value!r} is not known; the modes are {known}")
        return str(value)


class Settings(traitlets.HasTraits):
    """What the playground, its drawing and its links have in common."""

    mode = Kind(MODES[0]).tag(sync=True)
    length = Count().tag(sync=True)
    kernel_size = Count().tag(sync=True)
    stride = Count().tag(sync=True)
    padding = Count().tag(sync=True)
    dilation = Count().tag(sync=True)
    output_padding = Count().tag(sync=True)


class Drawing(anywidget.AnyWidget, Settings):
    """The drawn part, which is playground.js."""

    _esm = frontend.bundle("playground.js")
    _css = frontend.stylesheet("playground.js")


class Playground(ipywidgets.HBox, Settings):  # type: ignore[misc]  # ipywidgets has no types
    """A Conv1d, a ConvTranspose1d, or one after the other, to play with.

    The traits mode, length, kernel_size, stride, padding, dilation and output_padding follow the
    controls and move them; they can be observed and linked. Settings that PyTorch refuses are
    welcome: the playground then shows PyTorch's own words. Beside the drawing, `panel` runs the
    real layers on each change.

    >>> Playground(mode="conv", length=7).length
    7

    Args:
        mode: 'conv', 'transposed' or 'round-trip'.
        length: Samples in the input.
        kernel_size: Taps in the kernel; they span dilation * (kernel_size - 1) + 1 samples.
        stride: Samples from one window to the next.
        padding: Samples added on each side by Conv1d, cropped by ConvTranspose1d.
        dilation: Samples from one tap of the kernel to the next.
        output_padding: Samples by which the crop at the end is smaller.

    Raises:
        ValueError: For another mode, or an integer beyond 2**53 - 1.
        TypeError: For what is not an integer.

    All chapters use it.
    """

    def __init__(
        self,
        mode: Mode = "round-trip",
        *,
        length: int = 100,
        kernel_size: int = 3,
        stride: int = 2,
        padding: int = 1,
        dilation: int = 1,
        output_padding: int = 0,
    ) -> None:
        settings: dict[str, Any] = {
            "mode": mode,
            "length": length,
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "output_padding": output_padding,
        }
        self.drawing = Drawing(**settings)
        self.drawing.layout = ipywidgets.Layout(flex="1 1 30rem", min_width="0")
        self.report = ipywidgets.HTML()
        self.panel = ipywidgets.VBox(
            [ipywidgets.HTML("<b>The real layers</b>"), self.report],
            layout=ipywidgets.Layout(flex="1 1 16rem", min_width="0", padding="1.25rem 0 0 1rem"),
        )
        layout = ipywidgets.Layout(flex_flow="row wrap")
        super().__init__([self.drawing, self.panel], layout=layout, **settings)
        for name in NAMES:
            traitlets.link((self, name), (self.drawing, name))
        self.observe(self._run, names=list(NAMES))
        self._run()

    @property
    def settings(self) -> dict[str, Any]:
        """The traits by name, as the call that makes this playground takes them."""
        return {name: getattr(self, name) for name in NAMES}

    def __repr__(self) -> str:
        """Return the call that makes this playground."""
        call = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"Playground({call})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, the drawn state for pages without a kernel, and the call."""
        data, metadata = self.drawing._repr_mimebundle_(**kwargs) or ({}, {})
        for view in data.values():
            if isinstance(view, dict):
                view["model_id"] = self.model_id
        still = f"<style>{frontend.still_css()}</style>"
        drawn = frontend.static_html("playground.js", self.settings)
        return {**data, "text/plain": repr(self), "text/html": still + drawn}, metadata

    def _run(self, change: object = None) -> None:
        """Run the real layers and show what they return, or the exception that they raise."""
        text = html.escape("\n".join(run_layers(**self.settings)))
        self.report.value = f'<pre style="{REPORT_STYLE}">{text}</pre>'


def run_layers(mode: str, length: int, **settings: int) -> list[str]:
    """Return what the real layers make of an input of `length` samples, as lines of text.

    What would take too much memory is not run: the meta device, which allocates nothing, then
    tells the shape. It takes sizes that the CPU refuses, so those are looked up first.

    >>> for line in run_layers("round-trip", 100, kernel_size=3, stride=2, padding=1):
    ...     print(line)
    input: torch.Size([1, 1, 100])
    Conv1d: torch.Size([1, 1, 50])
    ConvTranspose1d: torch.Size([1, 1, 99])
    >>> run_layers("conv", 2, kernel_size=3)[-1].partition(" ")[0]
    'RuntimeError:'

    Args:
        mode: 'conv', 'transposed' or 'round-trip'.
        length: Samples in the input; like the settings, any integer.
        **settings: kernel_size and, where they differ from PyTorch's own defaults, stride, padding,
            dilation and output_padding. Conv1d is not given output_padding.

    Returns:
        The shape of the input and of what each layer returns. What a layer refuses is not raised,
        but said in PyTorch's words by the last line.

    The report beside each playground shows them.
    """
    import torch
    from torch import nn

    device = "cpu" if numbers_touched(mode, length, **settings) <= RUNNABLE else "meta"
    both: dict[str, Any] = settings
    conv = {name: value for name, value in both.items() if name != "output_padding"}
    layers: list[tuple[str, Callable[[], nn.Module], Callable[[int], str | None]]] = []
    if mode != "transposed":
        layers.append(
            (
                "Conv1d",
                lambda: nn.Conv1d(1, 1, **conv, device=device),
                lambda samples: conv1d_error(samples, **conv),
            )
        )
    if mode != "conv":
        layers.append(
            (
                "ConvTranspose1d",
                lambda: nn.ConvTranspose1d(1, 1, **both, device=device),
                lambda samples: conv_transpose1d_error(samples, **both),
            )
        )
    lines = []
    signal: torch.Tensor | None = None
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a kernel of no samples
            for name, build, refused in layers:
                layer = build()
                if signal is None:
                    signal = torch.empty(1, 1, length, device=device)
                    lines.append(f"input: {signal.shape}")
                if device == "meta" and (words := refused(signal.shape[-1])):
                    return [*lines, f"{name} refuses such sizes: {words}", TOO_LONG]
                signal = layer(signal)
                lines.append(f"{name}: {signal.shape}")
    except Exception as error:  # Whatever PyTorch raises is what there is to show.
        lines.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    return lines if device == "cpu" else [*lines, TOO_LONG]


def numbers_touched(mode: str, length: int, *, output_padding: int = 0, **conv: int) -> int:
    """Return about how many numbers the layers hold at once while they run.

    >>> numbers_touched("conv", 100, kernel_size=3, stride=2, padding=1)  # 50 windows of 3
    150
    >>> numbers_touched("transposed", 2, kernel_size=1, stride=9, output_padding=8)  # 1 * 9 + 1 + 8
    18
    """
    kernel_size, padding = conv["kernel_size"], conv.get("padding", 0)
    held = [length, kernel_size, length + 2 * padding]
    with contextlib.suppress(SizeError):
        if mode != "transposed":
            length = conv1d_output_length(length, **conv)
            held.append(length * kernel_size)
        if mode != "conv":
            held.append(length * kernel_size)
            held.append(
                conv_transpose1d_output_length(length, **conv, output_padding=output_padding)
            )
    return max(held)
