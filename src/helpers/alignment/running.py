"""What a model reads, told by PyTorch's own gradients in a run where nothing cancels."""

from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from helpers.layers.untouched import Snapshot, is_any_lazy, random_state_kept
from helpers.signals import first_channels
from helpers.sizes import SizeError

__all__ = ["Run"]

KEPT = {
    *("alpha_dropout", "celu", "clamp", "dropout", "dropout1d", "dropout2d", "elu", "erf"),
    *("feature_alpha_dropout", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh"),
    *("leaky_relu", "logsigmoid", "mish", "prelu", "relu", "relu6", "rrelu", "selu", "sigmoid"),
    *("silu", "softplus", "softshrink", "softsign", "tanh", "tanhshrink", "threshold"),
    *("ceil", "floor", "round", "sign", "trunc"),
}
"""Functions that make each number of the one in its place: here they hand it on as it is."""

NORMS = {"batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm"}


class Run:
    """A model run once, and what its output samples depend on.

    The kernels and other parameters are positive numbers in this run, without bias of sign, and
    activations hand on what they get, so that no path from input to output is closed by a value.
    Maxima are means, recurrent layers sums, and norms over time add the mean. The model runs on the
    CPU, in evaluation, and is left as it was.

    Attributes:
        output_length: Samples in the output.
    """

    def __init__(
        self, model: nn.Module, length: int, channels: int | None = None, *, local: bool = False
    ) -> None:
        """Run the model.

        Args:
            model: Any model that takes a tensor of shape (1, channels, length) and returns one
                whose last axis is time.
            length: Samples in the input, at least 1.
            channels: Channels of the input; unless given, as many as the layers say.
            local: Whether norms over time, recurrent layers and attention are taken to make each
                sample of the one in its place.

        Raises:
            SizeError: Where the model refuses the length; `pytorch` has PyTorch's words.
            TypeError: If the model returns something else than one tensor, or one that does not
                depend on the input by gradients.
        """
        reasons: list[tuple[int, str]] = []
        widths = [channels] if channels else {first_channels(model.modules()) or 1: None, 1: None}
        for width, dtype in product(widths, (torch.float64, torch.float32)):
            try:
                with torch.inference_mode(False), torch.enable_grad():
                    self._input = torch.ones(1, width, length, dtype=dtype, requires_grad=True)
                    output = _output(model, self._input, local)
                break
            except (RuntimeError, ValueError, IndexError, NotImplementedError) as error:
                reasons.append((width, str(error)))
        else:
            width, reason = reasons[0]
            raise SizeError(
                f"the model refuses an input of shape {[1, width, length]}, in evaluation on the"
                f" CPU; channels= says how many it takes, if not {width}. PyTorch: {reason}",
                reason,
            )
        if not isinstance(output, Tensor):
            raise TypeError(
                f"the model returns a {type(output).__name__}; wrap it in a module that returns the"
                " one tensor whose samples you ask about, time last"
            )
        if not output.ndim:
            raise TypeError("the model returns a single number, which has no axis of time")
        if not output.requires_grad:
            raise TypeError(
                "the model's output has no gradient with respect to its input: it is quantized,"
                " detached or computed without gradients, so what it reads can't be known"
            )
        self._output = output
        self.output_length = output.shape[-1]
        self._reach = self._read(slice(None))

    def span(self, index: int) -> range:
        """Return the input samples from the first to the last that an output sample depends on.

        Args:
            index: Which output sample, from 0 on.
        """
        return self._read(index)

    def at_the_ends(self, span: range) -> tuple[bool, bool]:
        """Say whether a span has the first and the last sample that the whole output depends on.

        Args:
            span: One that `span` gave.
        """
        full = bool(span)
        return full and span.start == self._reach.start, full and span.stop == self._reach.stop

    def _read(self, which: int | slice) -> range:
        with torch.inference_mode(False), torch.enable_grad():
            samples = self._output[..., which].sum()
            (gradient,) = torch.autograd.grad(samples, self._input, retain_graph=True)
        read = gradient.abs().sum((0, 1)).nonzero().flatten()
        return range(int(read[0]), int(read[-1]) + 1) if len(read) else range(0)


def _output(model: nn.Module, signal: Tensor, local: bool) -> Any:
    """Return what the model, with positive parameters, makes of a signal."""
    if is_any_lazy(model):
        raise TypeError("the model has layers that do not know their sizes yet; run it once before")
    generator = torch.Generator().manual_seed(0)
    tensors: dict[str, Tensor] = {}
    for name, weight in model.named_parameters():
        # Different numbers, so that none of them is undone by another, of about 1 in all.
        share = max(1, weight[0].numel() if weight.ndim > 1 else 1)
        drawn = torch.rand(weight.shape, generator=generator, dtype=signal.dtype)
        tensors[name] = (drawn + 0.5) / share
    for name, buffer in model.named_buffers():
        dtype = signal.dtype if buffer.is_floating_point() else buffer.dtype
        # A meta tensor has no numbers: there any serve, as long as nothing is closed by them.
        known = torch.ones_like(buffer, device="cpu") if buffer.is_meta else buffer.detach()
        tensors[name] = known.to("cpu", dtype, copy=True)
    state = Snapshot(model)
    try:
        for module in model.modules():
            module.training = False
        with random_state_kept(), Structure(local):
            return torch.func.functional_call(model, tensors, (signal,))
    finally:
        state.put_back()


class Structure(TorchFunctionMode):
    """Runs functions so that a gradient is zero only where nothing is read."""

    def __init__(self, local: bool) -> None:
        super().__init__()
        self._instead = INSTEAD | LOCAL if local else INSTEAD

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run a function, or what stands for it."""
        kwargs = kwargs or {}
        name = getattr(function, "__name__", "")
        signal = args[0] if args else kwargs.get("input")
        if not isinstance(signal, Tensor) or not signal.requires_grad:
            return function(*args, **kwargs)
        if name.rstrip("_") in KEPT:
            return signal
        if name in self._instead:
            return self._instead[name](function, *args, **kwargs)
        return function(*args, **kwargs)


def _argument(name: str, place: int, args: Any, kwargs: dict[str, Any], default: Any) -> Any:
    """Return an argument that may stand in its place or by its name."""
    return kwargs.get(name, args[place] if len(args) > place else default)


def _without_gradient(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Return what a function does, for its shape, or for the error that it raises."""
    with torch.no_grad():
        return function(*args, **kwargs)


def _with_mean(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Add the mean of what a norm measures."""
    _without_gradient(function, signal, *args, **kwargs)  # Raises where it refuses the signal.
    name = function.__name__
    if name == "batch_norm" and not _argument("training", 4, args, kwargs, False):
        return signal
    if name == "instance_norm" and not _argument("use_input_stats", 4, args, kwargs, True):
        return signal
    if name in ("layer_norm", "rms_norm"):
        shape = _argument("normalized_shape", 0, args, kwargs, ())
        return signal + signal.mean(tuple(range(-len(shape), 0)), keepdim=True)
    return signal + signal.mean()


def _windows(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Sum over the windows whose maxima are asked for."""
    found = _without_gradient(function, signal, *args, **kwargs)
    shape = (found[0] if isinstance(found, tuple) else found).shape
    axes = int(function.__name__[8])
    given = [_argument(name, i, args, kwargs, None) for i, name in enumerate(WINDOW)]
    given = [given[0], given[1] or given[0], given[2] or 0, given[3] or 1]
    kernel, stride, padding, dilation = (
        tuple(value) * (axes // len(value)) if isinstance(value, tuple | list) else (value,) * axes
        for value in given
    )
    whole = signal.reshape(-1, 1, *signal.shape[-axes:])
    sides: list[int] = []
    for axis in reversed(range(axes)):  # As F.pad takes them: the last axis first.
        read = dilation[axis] * (kernel[axis] - 1) + 1 + (shape[axis - axes] - 1) * stride[axis]
        left = padding[axis]
        sides += [left, read - left - whole.shape[axis - axes]]
    convolve = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
    ones = torch.ones(1, 1, *kernel, dtype=signal.dtype)
    sums = convolve(F.pad(whole, sides), ones, stride=stride, dilation=dilation).reshape(shape)
    return (sums, *found[1:]) if isinstance(found, tuple) else sums


def _adaptive(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Take the means of the shares whose maxima are asked for."""
    found = _without_gradient(function, signal, *args, **kwargs)
    average = (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d)[int(function.__name__[17]) - 1]
    means = average(signal, _argument("output_size", 0, args, kwargs, None))
    return (means, *found[1:]) if isinstance(found, tuple) else means


def _largest(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Take the mean, or the sum of two, instead of the largest or smallest."""
    found = _without_gradient(function, signal, *args, **kwargs)
    other = _argument("other", 0, args, kwargs, None)
    if isinstance(other, Tensor):
        return signal + other
    dim = _argument("dim", 0, args, kwargs, None)
    keepdim = _argument("keepdim", 1, args, kwargs, False)
    mean = signal.mean() if dim is None else signal.mean(dim, keepdim)
    return type(found)((mean, found[1])) if isinstance(found, tuple) else mean


def _recurrent(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Sum over what a recurrent layer has heard."""
    found = _without_gradient(function, signal, *args, **kwargs)
    *_, both_ways, batch_first = args
    heard = signal.mean(-1, keepdim=True)
    time = 1 if batch_first else 0
    last = heard.sum(time, keepdim=True)
    heard = last if both_ways else heard.cumsum(time)
    return (found[0] * 0 + heard, *(state * 0 + last.mean() for state in found[1:]))


WINDOW = ("kernel_size", "stride", "padding", "dilation")

INSTEAD: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(NORMS, _with_mean),
    **{f"max_pool{n}d{more}": _windows for n in (1, 2, 3) for more in ("", "_with_indices")},
    **{f"adaptive_max_pool{n}d{more}": _adaptive for n in (1, 2) for more in ("", "_with_indices")},
    **dict.fromkeys(("amax", "amin", "max", "min", "maximum", "minimum"), _largest),
    **dict.fromkeys(("gru", "lstm", "rnn_relu", "rnn_tanh"), _recurrent),
}
"""Functions of which a gradient could miss a path, and what stands for them."""


def _norm_locally(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Hand on what a norm gets, if it takes it."""
    _without_gradient(function, signal, *args, **kwargs)
    return signal


def _recurrent_locally(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Hand on what a recurrent layer hears at the time."""
    found = _without_gradient(function, signal, *args, **kwargs)
    return (found[0] * 0 + signal.mean(-1, keepdim=True), *found[1:])


def _attention_locally(function: Any, query: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Hand on what attention is asked with."""
    found = _without_gradient(function, query, *args, **kwargs)
    if isinstance(found, tuple):
        return (found[0] * 0 + query.mean(-1, keepdim=True), *found[1:])
    return found * 0 + query.mean(-1, keepdim=True)


def _softmax_locally(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Let each place attend to itself where places are compared with places."""
    if signal.ndim > 1 and signal.shape[-1] == signal.shape[-2]:
        return torch.eye(signal.shape[-1], dtype=signal.dtype).expand(signal.shape)
    return signal


LOCAL: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("gru", "lstm", "rnn_relu", "rnn_tanh"), _recurrent_locally),
    "multi_head_attention_forward": _attention_locally,
    "scaled_dot_product_attention": _attention_locally,
    "softmax": _softmax_locally,
    **dict.fromkeys(NORMS, _norm_locally),
}
"""Functions that read all samples, and what stands for them where they shall read one."""
