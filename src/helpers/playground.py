"""The playground as a widget: drawn lengths to play with, and the real layers run beside them."""

import contextlib
import html
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import anywidget
import ipywidgets
import traitlets

from helpers import frontend, playground_words
from helpers.lengths import (
    conv1d_output_length,
    conv_transpose1d_output_length,
    unread_samples,
)
from helpers.opening import OPENING
from helpers.pytorch_errors import conv1d_error, conv_transpose1d_error
from helpers.sizes import SizeError, integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Playground", "run_layers", "sizes"]

Mode = Literal["conv", "transposed", "round-trip"]
MODES: Final[tuple[str, ...]] = get_args(Mode)
SETTINGS: Final = ("length", "kernel_size", "stride", "padding", "dilation", "output_padding")
NAMES: Final = ("mode", *SETTINGS)

LARGEST: Final = 2**53 - 1
"""Up to here a browser counts exactly."""

RUNNABLE: Final = 2**22
"""Layers that touch more numbers than this are not run, but asked for their shape only."""

DRAWABLE: Final = 2**10
"""A picture of a kernel with more taps than this would be nothing but lines."""

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
        mode: Mode = OPENING["mode"],
        *,
        length: int = OPENING["length"],
        kernel_size: int = OPENING["kernel_size"],
        stride: int = OPENING["stride"],
        padding: int = OPENING["padding"],
        dilation: int = OPENING["dilation"],
        output_padding: int = OPENING["output_padding"],
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

    @property
    def sentence(self) -> str:
        """What the playground says of its settings, such as whether the length comes back."""
        conv, transposed, refused = sizes(**self.settings)
        if refused:
            return f"{playground_words.headline(refused.code, conv)} {refused.pytorch}"
        unread = unread_samples(self.length, **both_layers(self.settings)) if conv else None
        return playground_words.verdict(conv, transposed, unread, **self.settings)

    def picture(self) -> str:
        """Return the picture of the playground and its sentence, as SVG."""
        from helpers.figures import playgrounds

        _, _, refused = sizes(**self.settings)
        sentence = self.sentence

        def draw() -> "Axes":
            if refused or self.kernel_size > DRAWABLE:
                return playgrounds.card(playground_words.HEADINGS[self.mode], [sentence])
            return playgrounds.playground(**self.settings, sentence=sentence)

        return playgrounds.svg(draw, sentence)

    def __repr__(self) -> str:
        """Return the call that makes this playground."""
        call = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"Playground({call})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, its picture for where nothing runs, and the call with its sentence."""
        data, metadata = self.drawing._repr_mimebundle_(**kwargs) or ({}, {})
        for view in data.values():
            if isinstance(view, dict):
                view["model_id"] = self.model_id
        words = f"{self!r}\n{self.sentence}"
        return {**data, "text/plain": words, "image/svg+xml": self.picture()}, metadata

    def _run(self, change: object = None) -> None:
        """Run the real layers and show what they return, or the exception that they raise."""
        text = html.escape("\n".join(run_layers(**self.settings)))
        self.report.value = f'<pre style="{REPORT_STYLE}">{text}</pre>'


def both_layers(settings: Mapping[str, Any]) -> dict[str, int]:
    """Return the settings that both layers take."""
    return {name: settings[name] for name in ("kernel_size", "stride", "padding", "dilation")}


def sizes(
    mode: str, length: int, *, output_padding: int = 0, **settings: int
) -> tuple[int | None, int | None, SizeError | None]:
    """Return what Conv1d and ConvTranspose1d return, None for a layer that is not there.

    >>> sizes("round-trip", 100, kernel_size=3, stride=2, padding=1)
    (50, 99, None)

    Args:
        mode: 'conv', 'transposed' or 'round-trip'.
        length: Samples in the input.
        output_padding: Samples by which the crop at the end is smaller.
        **settings: kernel_size and the other settings that both layers take.

    Returns:
        Both lengths, and the error of the layer that refuses its input, or None.
    """
    conv = transposed = None
    try:
        if mode != "transposed":
            conv = conv1d_output_length(length, **settings)
        if mode != "conv":
            windows = length if conv is None else conv
            transposed = conv_transpose1d_output_length(
                windows, **settings, output_padding=output_padding
            )
    except SizeError as error:
        return conv, transposed, error
    return conv, transposed, None


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
