"""Record what Keras, TensorFlow, ONNX Runtime, JAX and Flax return, for that page of the book.

They are too heavy to install for a book about PyTorch, so their answers are kept in a file. To
record them again, in an environment of its own:

    pip install keras jax flax tensorflow-cpu onnx onnxruntime
    KERAS_BACKEND=jax TF_ENABLE_ONEDNN_OPTS=0 python tools/record_other_frameworks.py

Every input is 1, 2, 3, … and every kernel 1, 10, 100, …, so that the decimal digits of an output
sample show which input sample met which kernel sample: a shift by one cannot hide. (With oneDNN,
TensorFlow 2.21 stops at some transposed convolutions whose output is shorter than the kernel.)
"""

import functools
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flax
import jax
import jax.numpy as jnp
import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
from flax import nnx

RECORD = Path(__file__).resolve().parents[1] / "src" / "helpers" / "other_frameworks.json"
CONV_LENGTHS, TRANSPOSED_LENGTHS = (1, 4, 7), (1, 3)
KERNEL_SIZES = (1, 2, 3, 4, 5)
STEPS = ((1, 1), (2, 1), (3, 1), (1, 2))
"""Stride and dilation, never both above 1: not every library takes that."""
ALL_STEPS = (*STEPS, (2, 2))

Case = tuple[str, dict[str, Any], list[int]]


def ramp(length: int) -> np.ndarray:
    """Return 1, 2, 3, … as float32."""
    return np.arange(1, length + 1, dtype=np.float32)


def powers(kernel_size: int) -> np.ndarray:
    """Return 1, 10, 100, … as float32."""
    return np.float32(10) ** np.arange(kernel_size, dtype=np.float32)


def samples(output: Any) -> list[int]:
    """Flatten one channel of output to exact ints."""
    values = np.asarray(output, dtype=np.float64).reshape(-1)
    assert (values == values.round()).all()
    return [int(value) for value in values]


def settings(
    lengths: tuple[int, ...], steps: tuple[tuple[int, int], ...] = STEPS
) -> Iterator[dict[str, int]]:
    """Yield the grid: every length with every kernel and every pair of stride and dilation."""
    for length, kernel_size in itertools.product(lengths, KERNEL_SIZES):
        for stride, dilation in steps:
            yield {
                "length": length,
                "kernel_size": kernel_size,
                "stride": stride,
                "dilation": dilation,
            }


def keras_layer(layer: keras.Layer, length: int, kernel_size: int) -> list[int]:
    """Run a Keras layer of one channel with the kernel 1, 10, 100, …."""
    x = ramp(length).reshape(1, length, 1)
    layer.build(x.shape)
    layer.set_weights([powers(kernel_size).reshape(kernel_size, 1, 1)])
    return samples(layer(x))


def keras_cases() -> Iterator[Case]:
    """Yield Conv1D and Conv1DTranspose."""
    for case in settings(CONV_LENGTHS):
        effective = case["dilation"] * (case["kernel_size"] - 1) + 1
        for padding in ("valid", "same", "causal"):
            if padding == "valid" and case["length"] < effective:
                continue
            layer = keras.layers.Conv1D(
                1,
                case["kernel_size"],
                strides=case["stride"],
                dilation_rate=case["dilation"],
                padding=padding,
                use_bias=False,
            )
            values = keras_layer(layer, case["length"], case["kernel_size"])
            yield "keras.layers.Conv1D", {**case, "padding": padding}, values
    for case in settings(TRANSPOSED_LENGTHS):
        for padding in ("valid", "same"):
            for output_padding in (None, *range(case["stride"])):
                layer = keras.layers.Conv1DTranspose(
                    1,
                    case["kernel_size"],
                    strides=case["stride"],
                    dilation_rate=case["dilation"],
                    padding=padding,
                    output_padding=output_padding,
                    use_bias=False,
                )
                values = keras_layer(layer, case["length"], case["kernel_size"])
                found = {**case, "padding": padding, "output_padding": output_padding}
                yield "keras.layers.Conv1DTranspose", found, values


def tensorflow_cases() -> Iterator[Case]:
    """Yield conv1d and conv1d_transpose, the latter for each output length that it accepts."""
    for case in settings(CONV_LENGTHS, ALL_STEPS):
        x = tf.constant(ramp(case["length"]).reshape(1, -1, 1))
        kernel = tf.constant(powers(case["kernel_size"]).reshape(-1, 1, 1))
        values = samples(tf.nn.conv1d(x, kernel, case["stride"], "SAME", "NWC", case["dilation"]))
        yield "tf.nn.conv1d", {**case, "padding": "SAME"}, values
    for case in settings(TRANSPOSED_LENGTHS):
        if case["dilation"] > 1:
            continue
        x = tf.constant(ramp(case["length"]).reshape(1, -1, 1))
        kernel = tf.constant(powers(case["kernel_size"]).reshape(-1, 1, 1))
        for padding, output_length in itertools.product(("SAME", "VALID"), range(1, 15)):
            try:
                values = samples(
                    tf.nn.conv1d_transpose(
                        x, kernel, [1, output_length, 1], case["stride"], padding
                    )
                )
            except tf.errors.InvalidArgumentError:
                continue
            found = {**case, "padding": padding, "output_length": output_length}
            yield "tf.nn.conv1d_transpose", found, values


def onnx_run(op: str, case: dict[str, int], **attributes: Any) -> list[int]:
    """Run one ONNX node in ONNX Runtime, on its CPU provider."""
    x = ramp(case["length"]).reshape(1, 1, -1)
    kernel = powers(case["kernel_size"]).reshape(1, 1, -1)
    node = onnx.helper.make_node(
        op,
        ["x", "w"],
        ["y"],
        kernel_shape=[case["kernel_size"]],
        strides=[case["stride"]],
        dilations=[case["dilation"]],
        **attributes,
    )
    number = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "one",
        [
            onnx.helper.make_tensor_value_info("x", number, x.shape),
            onnx.helper.make_tensor_value_info("w", number, kernel.shape),
        ],
        [onnx.helper.make_tensor_value_info("y", number, [1, 1, None])],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)])
    model.ir_version = 10
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return samples(session.run(None, {"x": x, "w": kernel})[0])


def onnx_cases() -> Iterator[Case]:
    """Yield Conv and ConvTranspose with auto_pad, pads, output_padding and output_shape."""
    for case in settings(CONV_LENGTHS):
        if case["dilation"] > 1:  # ONNX Runtime refuses auto_pad with a dilation
            continue
        for auto_pad in ("SAME_UPPER", "SAME_LOWER"):
            values = onnx_run("Conv", case, auto_pad=auto_pad)
            yield "onnx.Conv", {**case, "auto_pad": auto_pad}, values
    for case in settings(CONV_LENGTHS, ALL_STEPS):
        effective = case["dilation"] * (case["kernel_size"] - 1) + 1
        for pads in ([0, 0], [1, 0], [0, 2], [3, 1]):
            if case["length"] + sum(pads) >= effective:
                values = onnx_run("Conv", case, pads=pads)
                yield "onnx.Conv", {**case, "pads": pads}, values
    for case in settings(TRANSPOSED_LENGTHS, ALL_STEPS):
        full = (case["length"] - 1) * case["stride"] + (
            case["dilation"] * (case["kernel_size"] - 1) + 1
        )
        for auto_pad in ("SAME_UPPER", "SAME_LOWER"):
            values = onnx_run("ConvTranspose", case, auto_pad=auto_pad)
            yield "onnx.ConvTranspose", {**case, "auto_pad": auto_pad}, values
        for auto_pad in ("NOTSET", "SAME_UPPER", "SAME_LOWER"):
            for output_length in range(max(1, full - 2), full + case["stride"]):
                values = onnx_run(
                    "ConvTranspose", case, auto_pad=auto_pad, output_shape=[output_length]
                )
                found = {**case, "auto_pad": auto_pad, "output_length": output_length}
                yield "onnx.ConvTranspose", found, values
        for begin, end, more in itertools.product((0, 1), (0, 1, 2), range(case["stride"])):
            if full - begin - end + more >= 1:
                pads, output_padding = [begin, end], [more]
                values = onnx_run("ConvTranspose", case, pads=pads, output_padding=output_padding)
                found = {**case, "pads": pads, "output_padding": more}
                yield "onnx.ConvTranspose", found, values


def jax_cases() -> Iterator[Case]:
    """Yield the convolution and conv_transpose, with strings and with pairs."""
    order = ("NHC", "HIO", "NHC")
    pairs: tuple[str | tuple[int, int], ...] = ((0, 0), (1, 2), (3, 1))
    for case in settings(CONV_LENGTHS, ALL_STEPS):
        x = jnp.asarray(ramp(case["length"]).reshape(1, -1, 1))
        kernel = jnp.asarray(powers(case["kernel_size"]).reshape(-1, 1, 1))
        for padding in ("SAME", "SAME_LOWER", "VALID", *pairs):
            convolve: Callable[..., Any] = jax.lax.conv_general_dilated
            output = convolve(
                x,
                kernel,
                (case["stride"],),
                padding if isinstance(padding, str) else [padding],
                rhs_dilation=(case["dilation"],),
                dimension_numbers=order,
            )
            if output.size:
                yield "jax.lax.conv_general_dilated", {**case, "padding": padding}, samples(output)
    for case in settings(TRANSPOSED_LENGTHS, ALL_STEPS):
        x = jnp.asarray(ramp(case["length"]).reshape(1, -1, 1))
        kernel = jnp.asarray(powers(case["kernel_size"]).reshape(-1, 1, 1))
        full = (case["length"] - 1) * case["stride"] + (
            case["dilation"] * (case["kernel_size"] - 1) + 1
        )
        for padding, flip, consistent in itertools.product(
            ("SAME", "VALID", *pairs), (False, True), (False, True)
        ):
            if consistent and isinstance(padding, tuple) and full <= sum(padding):
                continue
            run: Callable[..., Any] = jax.lax.conv_transpose
            output = run(
                x,
                kernel,
                (case["stride"],),
                padding if isinstance(padding, str) else [padding],
                rhs_dilation=(case["dilation"],),
                dimension_numbers=order,
                transpose_kernel=flip,
                use_consistent_padding=consistent,
            )
            if output.size:
                found = {
                    **case,
                    "padding": padding,
                    "transpose_kernel": flip,
                    "use_consistent_padding": consistent,
                }
                yield "jax.lax.conv_transpose", found, samples(output)


def flax_layer(layer: Any, length: int, kernel_size: int) -> list[int]:
    """Run a Flax layer of one channel with the kernel 1, 10, 100, …."""
    layer.kernel[...] = jnp.asarray(powers(kernel_size).reshape(kernel_size, 1, 1))
    return samples(layer(jnp.asarray(ramp(length).reshape(1, length, 1))))


def flax_cases() -> Iterator[Case]:
    """Yield nnx.Conv and nnx.ConvTranspose, the latter with the kernel unflipped and flipped."""
    common = {"use_bias": False, "rngs": nnx.Rngs(0)}
    for case in settings(CONV_LENGTHS, ALL_STEPS):
        effective = case["dilation"] * (case["kernel_size"] - 1) + 1
        for padding in ("SAME", "VALID", "CAUSAL"):
            if padding == "VALID" and case["length"] < effective:
                continue
            layer = nnx.Conv(
                1,
                1,
                (case["kernel_size"],),
                case["stride"],
                kernel_dilation=case["dilation"],
                padding=padding,
                **common,
            )
            values = flax_layer(layer, case["length"], case["kernel_size"])
            yield "flax.nnx.Conv", {**case, "padding": padding}, values
    for case in settings(TRANSPOSED_LENGTHS, ALL_STEPS):
        for padding, flip in itertools.product(("SAME", "VALID"), (False, True)):
            layer = nnx.ConvTranspose(
                1,
                1,
                (case["kernel_size"],),
                case["stride"],
                kernel_dilation=case["dilation"],
                padding=padding,
                transpose_kernel=flip,
                **common,
            )
            values = flax_layer(layer, case["length"], case["kernel_size"])
            found = {**case, "padding": padding, "transpose_kernel": flip}
            yield "flax.nnx.ConvTranspose", found, values


def words(error: Exception) -> str:
    """Return the first sentences of a refusal, without the machinery around them."""
    text = str(error).partition("Status Message: ")[2] or str(error)
    text = re.sub(r"^\{\{.*?\}\} ?", "", text)
    return re.split(r" Received: | \[Op:", text)[0]


def refusals() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield what the libraries say to settings that they refuse."""
    x, kernel = ramp(3).reshape(1, 3, 1), powers(3).reshape(3, 1, 1)
    both, more = {"stride": 2, "dilation": 2}, {"stride": 2, "dilation": 1}
    asked: list[tuple[str, dict[str, Any], Callable[..., Any]]] = [
        ("keras.layers.Conv1D", both, lambda: keras.layers.Conv1D(1, 3, 2, dilation_rate=2)),
        (
            "keras.layers.Conv1DTranspose",
            both,
            lambda: keras.layers.Conv1DTranspose(1, 3, 2, dilation_rate=2).build(x.shape),
        ),
        (
            "keras.layers.Conv1DTranspose",
            {**more, "output_padding": 2},
            lambda: keras.layers.Conv1DTranspose(1, 3, 2, output_padding=2)(x),
        ),
        (
            "tf.nn.conv1d_transpose",
            {"stride": 1, "dilation": 2},
            lambda: tf.nn.conv1d_transpose(x, kernel, [1, 7, 1], 1, "VALID", "NWC", 2),
        ),
    ]
    for name, auto_pad, layer in (
        ("Conv", {"auto_pad": "SAME_UPPER"}, {"stride": 1, "dilation": 2}),
        ("ConvTranspose", {"output_padding": 2}, more),
        ("ConvTranspose", {"output_padding": 2}, {"stride": 2, "dilation": 3}),
    ):
        case = {"length": 3, "kernel_size": 3, **layer}
        given = {key: [v] if isinstance(v, int) else v for key, v in auto_pad.items()}
        run = functools.partial(onnx_run, name, case, **given)
        asked.append((f"onnx.{name}", {**layer, **auto_pad}, run))
    for name, case, ask in asked:
        try:
            ask()
        except Exception as error:
            yield name, {"length": 3, "kernel_size": 3, **case}, words(error)
        else:
            raise AssertionError(f"{name} takes {case}")


def lines(cases: list[Any]) -> str:
    """Write one case a line."""
    return ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)


def layout_cases() -> Iterator[Case]:
    """Yield layers of 2 and 3 channels, to show the order of the dimensions of data and kernel."""
    length, kernel_size, two, three = 4, 3, 2, 3
    x = np.arange(1, length * two + 1, dtype=np.float32).reshape(1, length, two)
    numbers = np.arange(1, kernel_size * two * three + 1, dtype=np.float32)
    forward = numbers.reshape(kernel_size, two, three)
    backward = numbers.reshape(kernel_size, three, two)
    case = {"length": length, "kernel_size": kernel_size, "stride": 2, "channels": [two, three]}
    for name, kernel in (("Conv1D", forward), ("Conv1DTranspose", backward)):
        layer = getattr(keras.layers, name)(three, kernel_size, strides=2, use_bias=False)
        layer.build(x.shape)
        layer.set_weights([kernel])
        yield f"keras.layers.{name}", case, samples(layer(x))
    yield "tf.nn.conv1d", case, samples(tf.nn.conv1d(x, forward, 2, "VALID"))
    shape = [1, (length - 1) * 2 + kernel_size, three]
    transposed = tf.nn.conv1d_transpose(x, backward, shape, 2, "VALID")
    yield "tf.nn.conv1d_transpose", case, samples(transposed)
    order = ("NHC", "HIO", "NHC")
    convolved = jax.lax.conv_general_dilated(x, forward, (2,), "VALID", dimension_numbers=order)
    yield "jax.lax.conv_general_dilated", case, samples(convolved)
    unflipped = jax.lax.conv_transpose(x, forward, (2,), "VALID", dimension_numbers=order)
    yield "jax.lax.conv_transpose", case, samples(unflipped)
    for name in ("Conv", "ConvTranspose"):
        layer = getattr(nnx, name)(
            two, three, (kernel_size,), 2, padding="VALID", use_bias=False, rngs=nnx.Rngs(0)
        )
        layer.kernel[...] = jnp.asarray(forward)
        yield f"flax.nnx.{name}", case, samples(layer(jnp.asarray(x)))


def main() -> None:
    """Write the record, one case a line."""
    versions = {
        "keras": keras.__version__,
        "keras backend": keras.backend.backend(),
        "tensorflow": tf.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
        "jax": jax.__version__,
        "flax": flax.__version__,
    }
    cases = [
        *keras_cases(),
        *tensorflow_cases(),
        *onnx_cases(),
        *jax_cases(),
        *flax_cases(),
    ]
    layouts = list(layout_cases())
    RECORD.write_text(
        f'{{"versions": {json.dumps(versions)},\n'
        f'"layouts": [\n{lines(layouts)}\n],\n'
        f'"refusals": [\n{lines(list(refusals()))}\n],\n"cases": [\n{lines(cases)}\n]}}\n'
    )
    print(f"{len(cases)} cases in {RECORD.name}")


if __name__ == "__main__":
    main()
