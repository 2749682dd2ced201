"""Models with a `forward` of their own: run by PyTorch itself, with their layers recorded."""

import contextlib
import dataclasses
import inspect
import io
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType, TracebackType
from typing import Any, Self, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.modules import activation
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

from helpers.layers.limits import at_most
from helpers.layers.untouched import Snapshot, copied, is_any_lazy, random_state_kept
from helpers.signals import RULED, first_channels
from helpers.sizes import SizeError, integer

__all__ = ["Channels", "Inputs", "Record", "Run", "Runner", "first_tensor", "inputs_of"]

Channels: TypeAlias = int | tuple[int | EllipsisType, ...]
Inputs: TypeAlias = int | tuple[int | Tensor, ...]

KEEPS_SHAPE = (
    *(getattr(nn, name) for name in activation.__all__ if name not in ("MultiheadAttention",)),
    *(nn.Dropout, nn.Dropout1d, nn.AlphaDropout, nn.FeatureAlphaDropout, nn.Identity),
    *(nn.LayerNorm, nn.RMSNorm),
)
# PyTorch documents (N, C, L) for what these return.
SAMPLES_LAST = (*(RULED - {*KEEPS_SHAPE}), nn.MaxUnpool1d)
SINGLE_VALUE = "Expected more than 1 value per channel when training"
OUT_OF_MEMORY = "DefaultCPUAllocator"


@dataclass(frozen=True)
class Record:
    """A layer that ran.

    Attributes:
        name: As in `named_modules`, or its class where the model does not have it there.
        layer: The layer.
        shape: Of what came out, or of the first tensor where several did; None if none did.
        axis: Where the samples are in this shape, if the kind of the layer says so.
    """

    name: str
    layer: nn.Module
    shape: tuple[int, ...] | None
    axis: int | None


@dataclass
class Run:
    """What a model did with one input.

    Attributes:
        length: Samples in the (first) input.
        batch: Signals in the batch.
        records: The layers that ran to their end, in order.
        entered: The layer that ran last, be it to its end or not, and the shape that it met.
        outputs: Names and shapes of the tensors that the model returned.
        axis: Where the samples are in the first of these, if the kind of the last layer says so.
        failure: What the model raised, or None.
    """

    length: int
    batch: int = 1
    records: list[Record] = field(default_factory=list)
    entered: tuple[nn.Module, tuple[int, ...] | None] | None = None
    outputs: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    axis: int | None = None
    failure: Exception | None = None


class _ChannelsFound(BaseException):
    """What ends the search for the first layer that says how many channels it takes."""

    def __init__(self, channels: int, dimensions: int) -> None:
        super().__init__()
        self.channels, self.dimensions = channels, dimensions


class Runner:
    """Runs a model on the CPU, without gradients, and leaves it as it was.

    >>> with Runner(nn.Sequential(nn.Conv1d(1, 4, 3), nn.Flatten(0, 1)), None) as runner:
    ...     runner.run(100).outputs
    [('output', (4, 98))]

    Args:
        model: Any module.
        channels: Sizes between batch and length, see `helpers.layers.trace`.
        seconds: How long one run may take.

    Raises:
        ValueError: For a model that is not on the CPU, or in half precision, and if `channels` or
            `seconds` is not more than 0.
    """

    def __init__(
        self,
        model: nn.Module,
        channels: Channels | Sequence[Channels] | None,
        seconds: float = 60.0,
    ) -> None:
        if not seconds > 0:
            raise ValueError(f"seconds must be more than 0, and it is {seconds:g}")
        if isinstance(channels, int) and channels < 1:
            raise ValueError(f"channels must be at least 1, and it is {channels}")
        self.model = self._given = model
        self.names = _names(model)
        self._lazy = is_any_lazy(model)
        self.channels, self.said = channels, channels is not None
        self.given = self.said
        self.seconds = seconds
        self.dtype = _checked_dtype(model)
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._state = Snapshot(self._given)
        self._stack.enter_context(random_state_kept())
        self._stack.callback(self._state.put_back)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def run(self, inputs: Inputs, *, quiet: bool = True) -> Run:
        """Run the model once.

        Args:
            inputs: Samples in the input, or a tuple for several inputs.
            quiet: Whether to keep what the model prints to oneself.
        """
        if not self.said:
            found = self._found_channels(inputs)
            self.channels, self.said = 1 if found is None else found, found is not None
        run = self._run(inputs, 1, quiet)
        if str(run.failure).startswith(SINGLE_VALUE):
            run = self._run(inputs, 2, quiet)
        # Where no layer was reached that says it, a longer input may reach one.
        self.said = self.said or run.failure is None
        return run

    def _run(self, inputs: Inputs, batch: int, quiet: bool, *, asking: bool = False) -> Run:
        if self._lazy:  # A run settles their sizes.
            self.model = copied(self._given)
            self.names = _names(self.model)
        signals = self._signals(inputs, batch)
        run = Run(inputs_of(inputs)[0], batch)
        printed = contextlib.redirect_stdout(io.StringIO()) if quiet else contextlib.nullcontext()
        with torch.no_grad(), warnings.catch_warnings(), printed:
            warnings.simplefilter("ignore")
            try:
                with _Recorder(run, self.names, asking=asking) as recorder, at_most(self.seconds):
                    output = self.model(*signals)
                run.outputs = [(name, tuple(one.shape)) for name, one in _tensors(output)]
                run.axis = recorder.axis_of(output)
            except TimeoutError as error:
                raise TimeoutError(
                    f"the model did not return within {self.seconds:g} seconds for length"
                    f" {run.length}; seconds= sets how long it may take"
                ) from error
            except Exception as error:
                if OUT_OF_MEMORY in str(error):
                    raise MemoryError(f"length {run.length} needs too much memory") from error
                run.failure = error
            finally:
                self._state.put_back()
        return run

    def _signals(self, inputs: Inputs, batch: int) -> list[Tensor]:
        """Return the inputs as tensors: noise, the same on each run."""
        noise = torch.Generator().manual_seed(0)
        several = isinstance(self.channels, list)
        signals = []
        for index, one in enumerate(inputs if isinstance(inputs, tuple) else (inputs,)):
            if isinstance(one, Tensor):
                signals.append(one)
                continue
            sizes: Any = self.channels[index] if several else self.channels  # type: ignore[index]
            shape = _shape(1 if sizes is None else sizes, integer("length", one))
            try:
                signal = torch.randn(batch, *shape, generator=noise)
            except RuntimeError as error:
                raise MemoryError(f"length {one} needs too much memory") from error
            signals.append(signal.to(self.dtype))
        return signals

    def _found_channels(self, inputs: Inputs) -> Channels | None:
        """Return what goes between batch and length, or None where no layer says it."""
        self.channels = 1
        try:
            self._run(inputs, 1, True, asking=True)
        except _ChannelsFound as found:
            if found.dimensions == 3:
                return found.channels
            # The model made three dimensions of our two, or four of our three.
            self.channels = ()
            if found.dimensions == 4 and self._run(inputs, 1, True).records:
                return ()
        return None


class _Recorder:
    """Records the layers that run in this thread."""

    def __init__(self, run: Run, names: Mapping[int, str], *, asking: bool) -> None:
        self.run, self.names, self.asking = run, names, asking
        self.inside: list[nn.Module] = []
        self.met: list[nn.Module] = []
        self.last: tuple[Tensor, int | None] | None = None
        self.thread = threading.get_ident()

    def __enter__(self) -> Self:
        self.hooks = [
            register_module_forward_pre_hook(self.before),
            register_module_forward_hook(self.after, always_call=True),
        ]
        return self

    def __exit__(self, *ignored: object) -> None:
        for hook in self.hooks:
            hook.remove()

    def before(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Note that a layer runs."""
        if self.thread != threading.get_ident() or not is_layer(module):
            return
        self.inside.append(module)
        if len(self.inside) > 1:
            return
        shape = next((tuple(one.shape) for _, one in _tensors(inputs)), None)
        self.run.entered = (module, shape)
        self.met.append(module)
        if self.asking and (channels := first_channels(self.met)):
            raise _ChannelsFound(channels, len(shape or ()))

    def after(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Note what came out of a layer; nothing, if it raised."""
        if self.thread != threading.get_ident() or not is_layer(module):
            return
        self.inside.pop()
        if self.inside or output is None:
            return
        found = next(iter(_tensors(output)), None)
        shape, axis = None, None
        if found is not None:
            tensor = found[1]
            shape, axis = tuple(tensor.shape), self.axis(module, inputs, tensor)
            self.last = (tensor, axis)
        name = self.names.get(id(module), type(module).__name__)
        self.run.records.append(Record(name, module, shape, axis))

    def axis(self, layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> int | None:
        """Return where the samples are in what a layer returns, if its kind says so."""
        if output.dim() == 3:
            if isinstance(layer, SAMPLES_LAST):
                return 2
            if isinstance(layer, nn.RNNBase | nn.MultiheadAttention):
                return 1 if layer.batch_first else 0
        if isinstance(layer, KEEPS_SHAPE) and inputs and self.last and inputs[0] is self.last[0]:
            return self.last[1]
        return None

    def axis_of(self, output: Any) -> int | None:
        """Return where the samples are in what the model returns, if its last layer says so."""
        first = next((one for _, one in _tensors(output)), None)
        return self.last[1] if self.last and first is self.last[0] else None


def is_layer(module: nn.Module) -> bool:
    """Say whether a module counts as one layer, and not as what is made of layers.

    >>> is_layer(nn.LSTM(1, 1)), is_layer(nn.Sequential(nn.ReLU()))
    (True, False)

    Args:
        module: Any module.
    """
    # Statically: a scripted module's class refuses to be asked.
    forward = str(getattr(inspect.getattr_static(module, "forward", None), "__module__", ""))
    if forward.startswith("torch.nn.utils."):
        return False  # A parametrization.
    if not module._modules:
        return True
    containers = ("torch.nn.modules.container", "torch.nn.parallel", "torch._dynamo", "torch.jit")
    return forward.startswith("torch.") and not forward.startswith(containers)


def inputs_of(inputs: Inputs) -> list[int]:
    """Return the lengths among several inputs.

    >>> inputs_of(100), inputs_of((100, torch.zeros(1), 10))
    ([100], [100, 10])

    Args:
        inputs: A length, or a tuple of lengths and tensors.

    Raises:
        TypeError: If there is no length among them, or what is not an integer.
        SizeError: For a length below 0.
    """
    several = inputs if isinstance(inputs, tuple) else (inputs,)
    lengths = [integer("length", one) for one in several if not isinstance(one, Tensor)]
    if not lengths:
        raise TypeError("there is no length among the inputs, only tensors")
    for length in lengths:
        if length < 0:
            raise SizeError(f"length={length} is too small; it has to be at least 0")
    return lengths


def first_tensor(output: Any) -> Tensor | None:
    """Return the first tensor that a model returns, or None.

    >>> first_tensor({"state": None, "score": (torch.tensor(2), torch.tensor(3))})
    tensor(2)

    Args:
        output: A tensor, or tuples, lists, mappings and dataclasses with some in them.
    """
    return next((one for _, one in _tensors(output)), None)


def _names(model: nn.Module) -> dict[int, str]:
    """Return the names of a model's modules, by id."""
    return {id(module): name or "0" for name, module in model.named_modules()}


def _shape(channels: Channels, length: int) -> list[int]:
    """Return the shape of an input without its batch."""
    sizes: list[int | EllipsisType] = list(channels) if isinstance(channels, tuple) else [channels]
    if ... not in sizes:
        sizes.append(...)
    return [length if size is ... else integer("channels", size) for size in sizes]


def _checked_dtype(model: nn.Module) -> torch.dtype:
    """Return the floating dtype of a model that can be run here."""
    dtype = torch.get_default_dtype()
    tensors = [*model.named_parameters(), *model.named_buffers()]
    for name, tensor in tensors:
        if tensor.device.type != "cpu":
            raise ValueError(
                f"{name} is on the device {str(tensor.device)!r}, and the model is run on the CPU;"
                f" pass model.cpu(){', or build it there' if tensor.is_meta else ''}"
            )
        if tensor.dtype in (torch.float16, torch.bfloat16):
            raise ValueError(
                f"{name} is in half precision, {tensor.dtype}, for which the CPU lacks layers; pass"
                " model.float(), which has the same lengths"
            )
    return next((tensor.dtype for _, tensor in tensors if tensor.is_floating_point()), dtype)


def _tensors(output: Any, name: str = "output") -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors that a model or a layer returns, with names."""
    if isinstance(output, Tensor):
        yield name, output
    elif isinstance(output, Mapping):
        for key, value in output.items():
            yield from _tensors(value, f"{name}[{key!r}]")
    elif isinstance(output, tuple | list):
        keys = getattr(output, "_fields", None)
        for index, value in enumerate(output):
            yield from _tensors(value, f"{name}.{keys[index]}" if keys else f"{name}[{index}]")
    elif dataclasses.is_dataclass(output) and not isinstance(output, type):
        for one in dataclasses.fields(output):
            yield from _tensors(getattr(output, one.name), f"{name}.{one.name}")
