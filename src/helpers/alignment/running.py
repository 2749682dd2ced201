"""What a model reads, told by PyTorch's own gradients in a run where nothing cancels."""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from helpers.layers.runs import Channels, first_tensor
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
    *("abs", "absolute", "atan", "cos", "exp", "expm1", "log", "log10", "log1p", "log2", "neg"),
    *("negative", "pow", "reciprocal", "rpow", "rsqrt", "rtruediv", "sin", "sqrt", "square"),
}
"""Functions that make each number of the one in its place: here they hand it on as it is."""

OTHER_CHANNELS = re.compile(r"to have \d+ channels|Expected 2D|shapes cannot be multiplied")
"""What PyTorch says of a guess of channels that was wrong."""

FEATURES = {"linear", "layer_norm", "rms_norm"}
"""Functions whose last dimension is that of features."""

SPREADS = {"std", "var", "std_mean", "var_mean"}
SUBTRACTED = {"sub", "subtract", "rsub", "isub"}
COMPARED = {"gt", "ge", "lt", "le", "eq", "ne", "greater", "greater_equal", "less", "less_equal"}
NORMS = {"batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm"}


class Run:
    """A model run once, and what its output samples depend on.

    The kernels and other parameters are positive numbers in this run, without bias of sign;
    activations hand on what they get, and what is subtracted is added, so that no path from input
    to output is closed by a value or undone by another. Maxima and medians are means, recurrent
    layers sums, norms over time add the mean, and a choice between two signals reads its condition,
    too. The model runs on the CPU, in evaluation, and is left as it was.

    Attributes:
        channels: What stands between batch and length.
        shape: The shape of the output.
        numbers: How many numbers were made on the way.
        axis: Where time is in it, unless it is set: the last dimension, or the one before where the
            last layer has features there.
    """

    def __init__(
        self,
        model: nn.Module,
        length: int,
        channels: Channels | None = None,
        *,
        local: bool = False,
    ) -> None:
        """Run the model.

        Args:
            model: Any model that takes a tensor with one axis of time and returns one.
            length: Samples in the input, at least 1.
            channels: As in `helpers.layers.trace`; unless given, as many as the layers say.
            local: Whether norms over time, recurrent layers and attention are taken to make each
                sample of the one in its place.

        Raises:
            SizeError: Where the model refuses the length; `pytorch` has PyTorch's words.
            TypeError: If the model returns no tensor, or one that does not depend on the input by
                gradients, or wants other inputs.
        """
        reasons: list[tuple[list[int], Channels, str]] = []
        tried = _widths(model) if channels is None else [channels]
        for width, dtype in product(tried, (torch.float64, torch.float32)):
            sizes = list(width) if isinstance(width, tuple) else [width]
            sizes = sizes if ... in sizes else [*sizes, ...]
            self._time = 1 + next(i for i, size in enumerate(sizes) if size is ...)
            shape = [1, *(length if size is ... else size for size in sizes)]
            try:
                with torch.inference_mode(False), torch.enable_grad():
                    self._input = torch.ones(shape, dtype=dtype, requires_grad=True)
                    structure = Structure(local)
                    returned = _output(model, self._input, structure)
                break
            except TypeError:
                raise
            except Exception as error:
                words = str(error)
                if not isinstance(error, RuntimeError | ValueError | IndexError):
                    words = f"{type(error).__name__}: {words}"
                reasons.append((shape, width, words))
        else:
            shape, width, reason = next(
                (one for one in reasons if not OTHER_CHANNELS.search(one[-1])), reasons[0]
            )
            raise SizeError(
                f"the model refuses an input of shape {shape}, in evaluation on the CPU; channels="
                f" says what stands between batch and length, if not {width}. PyTorch: {reason}",
                reason,
            )
        self.channels = width
        output = first_tensor(returned)
        if output is None:
            raise TypeError(f"the model returns a {type(returned).__name__} without a tensor")
        if not output.ndim:
            raise TypeError("the model returns a single number, which has no axis of time")
        if not output.requires_grad:
            raise TypeError(
                "the model's output has no gradient with respect to its input: it is quantized,"
                " detached or computed without gradients, so what it reads can't be known"
            )
        self._output, self.shape, self.numbers = output, tuple(output.shape), structure.numbers
        featured = output is structure.featured and output.ndim > 2
        self.axis = output.ndim - (2 if featured else 1)
        self._reach = self._read(slice(None))

    @property
    def output_length(self) -> int:
        """Samples in the output."""
        return self.shape[self.axis]

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
            samples = self._output.movedim(self.axis, 0)[which].sum()
            (gradient,) = torch.autograd.grad(samples, self._input, retain_graph=True)
        read = gradient.movedim(self._time, 0).flatten(1).abs().sum(1).nonzero().flatten()
        return range(int(read[0]), int(read[-1]) + 1) if len(read) else range(0)


def _widths(model: nn.Module) -> Iterator[Channels]:
    """Yield what may stand between batch and length, the most likely first."""
    said = [first_channels(model.modules()), 1]
    # The first layer that is run need not be the first that was made.
    said += [first_channels([module]) for module in model.modules()]
    yield from dict.fromkeys(width for width in said if width)
    yield ()


def _output(model: nn.Module, signal: Tensor, structure: "Structure") -> Any:
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
        with random_state_kept(), structure, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.func.functional_call(model, tensors, (signal,))
    finally:
        state.put_back()


class Structure(TorchFunctionMode):
    """Runs functions so that a gradient is zero only where nothing is read.

    Attributes:
        featured: What the last function returned that has features in its last dimension.
        numbers: How many numbers were made, all of which gradients may keep in memory.
    """

    def __init__(self, local: bool) -> None:
        super().__init__()
        self.featured: Tensor | None = None
        self.numbers = 0
        # By their ids, which stay theirs as long as they are kept.
        self._compared: dict[int, tuple[Tensor, list[Tensor]]] = {}
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
        name = name.strip("_") if name.startswith("__") else name
        if name == "where" and len(args) > 1:
            return self._chosen(*args)
        if name in SUBTRACTED and _is_read(args[1:2]) and not _is_read(args[:1]):
            args = args[1::-1]
        signal = args[0] if args else kwargs.get("input")
        if not isinstance(signal, Tensor) or not signal.requires_grad:
            return function(*args, **kwargs)
        if name.rstrip("_") in KEPT and not signal.is_complex():
            return signal
        if name in COMPARED:
            found = function(*args, **kwargs)
            self._compared[id(found)] = (found, [one for one in args if _is_read([one])])
            return found
        if name in self._instead and args:
            found = self._instead[name](function, *args, **kwargs)
            self.featured = found if name in FEATURES else self.featured
        else:
            found = function(*args, **kwargs)
        self.numbers += found.numel() if isinstance(found, Tensor) else 0
        return found

    def _chosen(self, condition: Tensor, one: Any, other: Any = 0) -> Tensor:
        """Add the signals between which a condition chooses, and those that it compares."""
        chosen: Tensor = torch.zeros_like(condition, dtype=torch.float32) + one + other
        for compared in self._compared.get(id(condition), (condition, []))[1]:
            chosen = chosen + compared
        return chosen


def _is_read(values: Sequence[Any]) -> bool:
    """Say whether one of some values depends on the input."""
    return any(isinstance(one, Tensor) and one.requires_grad for one in values)


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


def _channels_mixed(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Mix the channels of each group into one, filter that, and hand it to all channels.

    That reads what the layer reads, in a small part of its time.
    """
    weight = args[0] if args else None
    turned, axes = "transpose" in function.__name__, int(function.__name__[-2])
    groups = _argument("groups", 5, args, kwargs, 1)
    if (
        not isinstance(weight, Tensor)
        or weight.requires_grad
        or not weight.all()  # Masked, some of it.
        or signal.ndim != axes + 2
        or signal.shape[1] != (len(weight) if turned else weight.shape[1] * groups)
    ):
        return function(signal, *args, **kwargs)
    sizes = weight.abs().reshape(groups, -1, *weight.shape[1:])
    sizes = sizes.transpose(1, 2) if turned else sizes  # Group, output, input, taps.
    time, rest = tuple(range(3, 3 + axes)), (None,) * axes
    into, outof = sizes.mean((1, *time)), sizes.mean((2, *time)) / sizes.mean() ** 2
    whole = signal.reshape(len(signal), groups, -1, *signal.shape[2:])
    mixed = (whole * into[(..., *rest)]).sum(2)
    kwargs.pop("bias", None)
    made = function(mixed, sizes.mean((1, 2)).unsqueeze(1), None, *args[2:], **kwargs)
    return (made.unsqueeze(2) * outof[(..., *rest)]).flatten(1, 2)


def _features_mixed(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Mix the features into one, and hand it to all that come out, as a full matrix does."""
    weight = args[0] if args else None
    if (
        not isinstance(weight, Tensor)
        or weight.requires_grad
        or not weight.all()
        or signal.shape[-1:] != weight.shape[1:]
    ):
        return function(signal, *args, **kwargs)
    sizes = weight.abs()
    return (signal @ sizes.mean(0)).unsqueeze(-1) * (sizes.mean(1) / sizes.mean())


def _softmaxed(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Add the mean of what shares are made of: the sum of the shares is 1, whatever is read."""
    found = _without_gradient(function, signal, *args, **kwargs)
    kept = (found.exp() if function.__name__ == "log_softmax" else found) > 0  # The others: masked.
    dim = _argument("dim", 0, args, kwargs, None)
    dim = (0 if signal.ndim in (0, 1, 3) else 1) if dim is None else dim
    shared = torch.where(kept, signal, 0).mean(dim, keepdim=True)
    return torch.where(kept, signal + shared, 0) / signal.shape[dim]


def _spread(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Take the mean of the numbers whose spread is asked for: of equal ones it has no gradient."""
    found = _without_gradient(function, signal, *args, **kwargs)
    dim = _argument("dim", 0, args, kwargs, None)
    shape = (found[0] if isinstance(found, tuple) else found).shape
    whole = dim is None or isinstance(dim, bool)
    mean = signal.mean() if whole else signal.mean(dim, keepdim=len(shape) == signal.ndim)
    return tuple(mean for _ in found) if isinstance(found, tuple) else mean


def _product(function: Any, signal: Tensor, other: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Take the mean of two signals: gate upon gate, their products would pass all numbers."""
    if isinstance(other, Tensor) and other.requires_grad:
        return (signal + other) / 2
    if not (isinstance(other, complex) or (isinstance(other, Tensor) and other.is_complex())):
        other = abs(other)
    made: Tensor = function(signal, other, *args, **kwargs)
    return made


def _sum(function: Any, signal: Tensor, other: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Add what would be subtracted: of a signal and its own mean nothing would be left."""
    made: Tensor = signal + other
    return made


def _sized(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Add both parts of a complex number: the size of 0 has no gradient."""
    return torch.view_as_real(signal).sum(-1)


def _gated(function: Any, signal: Tensor, dim: int = -1) -> Tensor:
    """Take the mean of a signal and its gate, as in other products."""
    _without_gradient(function, signal, dim)  # Raises where it refuses the signal.
    one, gate = signal.chunk(2, dim)
    return (one + gate) / 2


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
    **{f"conv{more}{n}d": _channels_mixed for n in (1, 2, 3) for more in ("", "_transpose")},
    "linear": _features_mixed,
    **dict.fromkeys(SPREADS, _spread),
    **dict.fromkeys(("mul", "multiply", "rmul", "imul"), _product),
    **dict.fromkeys(("div", "divide", "true_divide", "truediv", "itruediv"), _product),
    **dict.fromkeys(SUBTRACTED, _sum),
    "glu": _gated,
    **dict.fromkeys(("abs", "absolute"), _sized),  # Of complex numbers; the others are KEPT.
    **dict.fromkeys(("softmax", "log_softmax", "softmin"), _softmaxed),
    **{f"max_pool{n}d{more}": _windows for n in (1, 2, 3) for more in ("", "_with_indices")},
    **{f"adaptive_max_pool{n}d{more}": _adaptive for n in (1, 2) for more in ("", "_with_indices")},
    **dict.fromkeys(("amax", "amin", "max", "min", "maximum", "minimum", "median"), _largest),
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
    last = _argument("dim", 0, args, kwargs, None) in (-1, signal.ndim - 1)
    if last and signal.ndim > 1 and signal.shape[-1] == signal.shape[-2]:
        return torch.eye(signal.shape[-1], dtype=signal.dtype).expand(signal.shape)
    return _softmaxed(function, signal, *args, **kwargs)


def _spread_locally(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Take 1 for a spread over all places, which is measured for a norm."""
    found = _without_gradient(function, signal, *args, **kwargs)
    first = found[0] if isinstance(found, tuple) else found
    if 0 < first.ndim < signal.ndim:  # Over windows.
        return _spread(function, signal, *args, **kwargs)
    ones = [torch.ones_like(one) for one in (found if isinstance(found, tuple) else (found,))]
    return tuple(ones) if isinstance(found, tuple) else ones[0]


def _mean_locally(function: Any, signal: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Take the mean over all places for a number: it is measured for a norm, or for a weight."""
    found: Tensor = function(signal, *args, **kwargs)
    measured = found.ndim == signal.ndim and found.shape[-1] == 1 < signal.shape[-1]
    return found.detach() if measured else found


LOCAL: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("mean", "adaptive_avg_pool1d"), _mean_locally),
    **dict.fromkeys(SPREADS, _spread_locally),
    **dict.fromkeys(("gru", "lstm", "rnn_relu", "rnn_tanh"), _recurrent_locally),
    "multi_head_attention_forward": _attention_locally,
    "scaled_dot_product_attention": _attention_locally,
    "softmax": _softmax_locally,
    **dict.fromkeys(NORMS, _norm_locally),
}
"""Functions that read all samples, and what stands for them where they shall read one."""
