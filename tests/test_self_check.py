"""The self-checks, in a real Chromium, with real PyTorch layers as the judge of every answer."""

import json
import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from torch import Tensor, nn
from torch.nn import functional as F

from book_site import drawing
from helpers import conv1d_output_length, conv_transpose1d_output_length, frontend
from helpers.self_check import SelfCheck, kinds

Numbers = dict[str, Any]
Answer = list[int] | list[str]
Layer = TypeVar("Layer", bound=nn.Module)

DRAWS = 200
# PyTorch says this of an even kernel with an odd dilation; it costs a copy and changes no value.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
SETTINGS = ("kernel_size", "stride", "padding", "dilation", "output_padding")


# --- The same answers by another route: real layers -------------------------------------------


def settings(v: Numbers) -> Numbers:
    """Return the layer's settings among the numbers drawn."""
    return {name: v[name] for name in SETTINGS if name in v}


def row(length: int) -> Tensor:
    """Return an input of one batch and one channel."""
    return torch.ones(1, 1, length)


def conv(v: Numbers) -> nn.Conv1d:
    """Return the convolution of the numbers drawn, its weights all one."""
    return of_ones(nn.Conv1d(1, 1, bias=False, **settings(v)))


def up(v: Numbers) -> nn.ConvTranspose1d:
    """Return the transposed convolution of the numbers drawn, its weights all one."""
    return of_ones(nn.ConvTranspose1d(1, 1, bias=False, **settings(v)))


def of_ones(layer: Layer) -> Layer:
    """Set all weights to one."""
    for weight in layer.parameters():
        nn.init.ones_(weight)
    return layer


def stack(layers: list[Numbers]) -> nn.Sequential:
    """Return the convolutions and poolings of the numbers drawn, one after the other."""
    return nn.Sequential(
        *(nn.MaxPool1d(v["kernel_size"]) if v.get("pool") else conv(v) for v in layers)
    )


def length_after(layer: nn.Module, length: int) -> int:
    """Return how long the layer's output is, or 0 where it refuses the input."""
    try:
        with torch.no_grad():
            return int(layer(row(length)).shape[-1])
    except RuntimeError:
        return 0


def matrix(layer: nn.Module, length: int) -> Tensor:
    """Return the matrix of a linear layer: a column for each sample of the input."""
    with torch.no_grad():
        return layer(torch.eye(length, dtype=torch.float64)[:, None])[:, 0].T


def seen(layer: nn.Module, length: int, at: int = 0) -> list[int]:
    """Return which input samples reach one output sample, by the gradient."""
    x = row(length).requires_grad_()
    layer(x)[0, 0, at].backward()
    return torch.nonzero(x.grad[0, 0]).flatten().tolist()


def sharing_lengths(v: Numbers) -> Answer:
    layer = conv(v)
    lengths = range(1, 4000)
    first, after = (
        bisect_left(lengths, v["length"] + more, key=lambda length: length_after(layer, length))
        for more in (0, 1)
    )
    return [lengths[first], lengths[after] - 1]


def unread_samples(v: Numbers) -> Answer:
    x = row(v["length"]).requires_grad_()
    conv(v)(x).sum().backward()
    return [v["length"] - 1 - int(torch.nonzero(x.grad[0, 0]).max())]


def required_output_padding(v: Numbers, length: int | None = None) -> Answer:
    back = v["length"] if length is None else length
    out = length_after(conv(v), back)
    fits = [
        added
        for added in range(v["stride"])
        if length_after(up({**settings(v), "output_padding": added}), out) == back
    ]
    assert len(fits) == 1
    return fits


def comes_back(v: Numbers) -> Answer:
    down = {name: v[name] for name in v if name != "output_padding"}
    back = length_after(up(v), length_after(conv(down), v["length"]))
    return ["fewer" if back < v["length"] else "more" if back > v["length"] else "exactly"]


def largest_output_padding(v: Numbers) -> Answer:
    accepted = [n for n in range(15) if length_after(up({**v, "output_padding": n}), v["length"])]
    return [max(accepted)]


def output_size_range(v: Numbers) -> Answer:
    layer, accepted = up(v), []
    bare = length_after(layer, v["length"])
    for size in range(bare - 4, bare + 12):
        try:
            accepted.append(layer(row(v["length"]), output_size=[size]).shape[-1])
        except ValueError:
            continue
    return [min(accepted), max(accepted)]


def receptive_field(v: Numbers) -> Answer:
    reached = seen(stack(v["layers"]), 3000)
    return [reached[-1] - reached[0] + 1]


def matrix_shape(v: Numbers) -> Answer:
    layer = up(v) if v["up"] else conv(v)
    return list(matrix(layer.double(), v["length"]).shape)


def matrix_nonzeros(v: Numbers) -> Answer:
    return [int(matrix(conv(v).double(), v["length"]).count_nonzero())]


def lost_dimensions(v: Numbers) -> Answer:
    layer = nn.Conv1d(1, 1, bias=False, dtype=torch.float64, **settings(v))
    return [v["length"] - int(torch.linalg.matrix_rank(matrix(layer, v["length"])))]


def contributions(v: Numbers) -> Answer:
    return [round(up(v)(row(v["length"]))[0, 0, v["index"]].item())]


def even_overlap(v: Numbers) -> Answer:
    reached = up(v)(row(60))[0, 0].round().tolist()
    middle = set(reached[20 * v["stride"] : 40 * v["stride"]])
    return ["each" if len(middle) == 1 else "turns"]


def same_padding(v: Numbers) -> Answer:
    x = torch.arange(1.0, 60.0)[None, None]
    layer = nn.Conv1d(1, 1, **settings(v))
    bare = nn.Conv1d(1, 1, **{**settings(v), "padding": 0})
    bare.load_state_dict(layer.state_dict())
    total = x.shape[-1] - bare(x).shape[-1]
    fits = [
        [left, total - left]
        for left in range(total + 1)
        if torch.allclose(bare(F.pad(x, (left, total - left))), layer(x), atol=1e-3)
    ]
    assert len(fits) == 1
    return fits[0]


def causal_padding(v: Numbers) -> Answer:
    layer, fits = conv(v), []
    for left in range(80):
        padded = nn.Sequential(nn.ConstantPad1d((left, 0), 0.0), layer)
        if length_after(padded, 40) == 40 and seen(padded, 40, at=20)[-1] == 20:
            fits.append(left)
    assert len(fits) == 1
    return fits


def sample_span(v: Numbers) -> Answer:
    reached = seen(stack(v["layers"]), 400, v["index"])
    return [reached[0], reached[-1]]


def span_going_up(v: Numbers) -> Answer:
    reached = seen(up(v), v["length"], v["index"])
    return [reached[0], reached[-1]]


def look_ahead(v: Numbers) -> Answer:
    return [seen(conv(v), 200, at=20)[-1] - 20 * v["stride"]]


def strided_same(v: Numbers) -> Answer:
    wanted, layer = math.ceil(v["length"] / v["stride"]), conv(v)
    added = next(n for n in range(50) if length_after(layer, v["length"] + n) == wanted)
    return [added]


def next_valid_length(v: Numbers) -> Answer:
    def back(length: int) -> int:
        for layer in v["layers"]:
            length = conv1d_output_length(length, **layer)
        for layer in reversed(v["layers"]):
            length = conv_transpose1d_output_length(length, **layer)
        return length

    return [next(n for n in range(v["length"], v["length"] + 100) if back(n) == n)]


def mirror_output_padding(v: Numbers) -> Answer:
    before = length_after(stack(v["layers"][: v["at"]]), v["length"])
    return required_output_padding(v["layers"][v["at"]], before)


def upsampling_rates(v: Numbers) -> Answer:
    length = v["length"]
    for rate in v["rates"]:
        kernel_size = 2 * rate + (rate % 2 if v["wider"] else 0)
        padding = (kernel_size - rate) // 2
        layer = up({"kernel_size": kernel_size, "stride": rate, "padding": padding})
        length = length_after(layer, length)
    return [length]


def odd_stride_loss(v: Numbers) -> Answer:
    layers = [
        {"kernel_size": 2 * s, "stride": s, "padding": math.ceil(s / 2)} for s in v["strides"]
    ]
    decoder = nn.Sequential(*map(up, reversed(layers)))
    codes = length_after(nn.Sequential(*map(conv, layers)), v["length"])
    return [v["length"] - length_after(decoder, codes)]


def feature_frames(v: Numbers) -> Answer:
    wav2vec = zip((10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2), strict=True)
    layers = {
        "wav2vec 2.0": [{"kernel_size": size, "stride": stride} for size, stride in wav2vec],
        "Whisper": [{"kernel_size": 3, "stride": s, "padding": 1} for s in (1, 2)],
    }
    return [length_after(stack(layers[v["model"]]), v["length"])]


def does_it_raise(v: Numbers) -> Answer:
    kind = nn.ConvTranspose1d if v.get("up") else nn.Conv1d
    try:
        layer = kind(1, 1, **settings(v))
    except ValueError:
        return ["build"]
    try:
        layer(torch.randn(1, 1, v["length"]))
    except (RuntimeError, TypeError):
        return ["call"]
    return ["runs"]


def printed_kernel_size(v: Numbers) -> Answer:
    with pytest.raises(RuntimeError) as error:
        conv(v)(row(v["length"]))
    return [int(number) for number in re.findall(r"\((\d+)\)", str(error.value))]


def keras_same(v: Numbers) -> Answer:
    # As tensorflow.org/api_docs/python/tf/nn words it.
    rest = v["length"] % v["stride"]
    total = max(v["kernel_size"] - (rest or v["stride"]), 0)
    return [total // 2, total - total // 2]


def onnx_pads(v: Numbers) -> Answer:
    layer = {"kernel_size": v["kernel_size"], "stride": v["stride"]}
    weight, x = torch.rand(1, 1, v["kernel_size"]), torch.rand(1, 1, 12)
    whole = F.conv_transpose1d(x, weight, stride=v["stride"])
    node = whole[..., v["begin"] : whole.shape[-1] - v["end"] + v["added"]]
    fits = []
    for padding in range(8):
        for added in range(v["stride"]):
            back = up({**layer, "padding": padding, "output_padding": added})
            back.load_state_dict({"weight": weight})
            if torch.equal(back(x)[..., : node.shape[-1] + 1], node):
                fits.append([padding, added])
    assert len(fits) == 1
    return fits[0]


def tf_transposed_same(v: Numbers) -> Answer:
    # What TensorFlow computes: the gradient of its own strided "same" convolution.
    weight, y = torch.rand(1, 1, v["kernel_size"]), torch.rand(1, 1, 9)
    x = torch.zeros(1, 1, 9 * v["stride"], requires_grad=True)
    pads = keras_same({**v, "length": x.shape[-1]})
    F.conv1d(F.pad(x, pads), weight, stride=v["stride"]).backward(y)
    half = (v["kernel_size"] - v["stride"]) // 2
    for key, padding, added in (("even", half, 0), ("shifted", half + 1, 1)):
        back = F.conv_transpose1d(
            y, weight, stride=v["stride"], padding=padding, output_padding=added
        )
        if back.shape == x.grad.shape and torch.allclose(back, x.grad):
            return [key]
    return ["crop"]


def image(v: Numbers, height: int, width: int) -> Tensor:
    """Return what an nn.Conv2d with the numbers drawn makes of an image."""
    with torch.no_grad():
        return nn.Conv2d(1, 1, **settings(v))(torch.zeros(1, 1, height, width))


def output_padding_pair(v: Numbers) -> Answer:
    small = image(v, v["height"], v["length"])
    fits = [
        [high, wide]
        for high in range(v["stride"])
        for wide in range(v["stride"])
        if nn.ConvTranspose2d(1, 1, **settings(v), output_padding=(high, wide))(small).shape[2:]
        == (v["height"], v["length"])
    ]
    assert len(fits) == 1
    return fits[0]


def refused_axis(v: Numbers) -> Answer:
    refused = []
    for at, axis in enumerate(("height", "width")):
        alone = [0, 0]
        alone[at] = v["output_padding"][at]
        layer = nn.ConvTranspose2d(1, 1, 3, stride=v["stride"], output_padding=alone)
        try:
            layer(torch.zeros(1, 1, 5, 5))
        except RuntimeError:
            refused.append(axis)
    return ["both"] if len(refused) == 2 else refused


ORACLES: dict[str, Callable[[Numbers], Answer]] = {
    "conv-length": lambda v: [length_after(conv(v), v["length"])],
    "transposed-length": lambda v: [length_after(up(v), v["length"])],
    "sharing-lengths": sharing_lengths,
    "unread-samples": unread_samples,
    "required-output-padding": required_output_padding,
    "comes-back": comes_back,
    "largest-output-padding": largest_output_padding,
    "output-size-range": output_size_range,
    "effective-kernel": lambda v: [seen(conv(v), 100)[-1] + 1],
    "dilated-length": lambda v: [length_after(conv(v), v["length"])],
    "receptive-field": receptive_field,
    "matrix-shape": matrix_shape,
    "matrix-nonzeros": matrix_nonzeros,
    "lost-dimensions": lost_dimensions,
    "contributions": contributions,
    "scattered-length": lambda v: [length_after(up({**v, "padding": 0}), v["length"])],
    "even-overlap": even_overlap,
    "same-padding": same_padding,
    "causal-padding": causal_padding,
    "strided-same": strided_same,
    "sample-span": sample_span,
    "span-going-up": span_going_up,
    "look-ahead": look_ahead,
    "stack-length": lambda v: [length_after(stack(v["layers"]), v["length"])],
    "next-valid-length": next_valid_length,
    "mirror-output-padding": mirror_output_padding,
    "upsampling-rates": upsampling_rates,
    "odd-stride-loss": odd_stride_loss,
    "feature-frames": feature_frames,
    "does-it-raise": does_it_raise,
    "printed-kernel-size": printed_kernel_size,
    "output-size-error": lambda v: [v["stride"]],
    "keras-same": keras_same,
    "onnx-pads": onnx_pads,
    "tf-transposed-same": tf_transposed_same,
    "two-axes": lambda v: list(image(v, v["height"], v["length"]).shape[2:]),
    "output-padding-pair": output_padding_pair,
    "refused-axis": refused_axis,
}
CHOICES = ("comes-back", "even-overlap", "does-it-raise", "tf-transposed-same", "refused-axis")


# --- Pages ----------------------------------------------------------------------------------------


def standalone(check: SelfCheck, *, theme: str = "light", scripts: bool = True) -> str:
    """Return a page with nothing but a self-check, as the site would show it."""
    state = {"kinds": check.kinds, "seed": check.seed}
    drawn = drawing.static_html("self_check.js", state)
    modules = dict.fromkeys([*frontend.scripts("self_check.js"), "mount.js"]) if scripts else ()
    loaded = "".join(f"<script>{frontend.classic(module)}</script>" for module in modules)
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Check yourself</title><style>{frontend.stylesheet('self_check.js')}"
        "body { margin: 0; background: var(--book-paper); color: var(--book-ink) }"
        "main { max-width: 42rem; margin: auto; padding: 1rem }</style>"
        f"<body><main><h1>Check yourself</h1>{drawn}</main>{loaded}"
    )


def put(page: Page, folder: Path, check: SelfCheck, **how: Any) -> Locator:
    """Open a page with a self-check from disk and return its questions."""
    path = folder / "check.html"
    path.write_text(standalone(check, **how), encoding="utf-8")
    page.goto(path.as_uri())
    return page.locator(".sc-question")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Keep tiny layers on one thread: handing them out costs more than running them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("self_check")


@pytest.fixture(scope="module")
def everything(browser: Browser, folder: Path) -> Iterator[Page]:
    """A page that asks every question; the numbers after the first are seeded."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    put(page, folder, SelfCheck(*kinds(), seed=1))
    yield page
    assert troubles == []
    context.close()


@pytest.fixture(scope="module")
def drawn(everything: Page) -> dict[str, list[dict[str, Any]]]:
    """Many draws of each question: the numbers, and all that the page makes of them."""
    return everything.evaluate(
        """([kinds, draws]) => {
            const questions = bookModules["questions.js"];
            const random = bookModules["question_words.js"].seeded(2026);
            return Object.fromEntries(kinds.map((kind) => {
                const recent = [];
                return [kind, Array.from({ length: draws }, () => {
                    const v = questions.draw(kind, random, recent.slice(-12));
                    recent.push(v);
                    return {
                        v,
                        answer: questions.answer(kind, v),
                        says: questions.saying(kind, v),
                        slips: questions.slips(kind, v),
                        ...questions.pose(kind, v),
                    };
                })];
            }));
        }""",
        [list(kinds()), DRAWS],
    )


def question(page: Page, kind: str) -> Locator:
    """Return one question of a page."""
    return page.locator(f'.sc-question[data-kind="{kind}"]')


def numbers(item: Locator) -> Numbers:
    """Return what a question has drawn."""
    return json.loads(item.get_attribute("data-numbers") or "")


def reply(item: Locator, given: Answer) -> None:
    """Type or choose an answer and press Enter."""
    if isinstance(given[0], str):
        field = item.locator(f'input[value="{given[0]}"]')
        field.check()
    else:
        for at, number in enumerate(given):
            field = item.locator("input").nth(at)
            field.fill(str(number))
    field.press("Enter")


# --- Answers --------------------------------------------------------------------------------------


def test_each_question_has_a_judge() -> None:
    assert set(ORACLES) == set(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_answers_are_what_real_layers_do(drawn: dict[str, list[Any]], kind: str) -> None:
    torch.manual_seed(0)
    wrong = [one["v"] for one in drawn[kind] if ORACLES[kind](one["v"]) != one["answer"]]
    assert wrong == []


def test_the_judge_notices_wrong_answers(drawn: dict[str, list[Any]]) -> None:
    draws = drawn["transposed-length"]
    wrong = [one["v"] for one in draws if ORACLES["conv-length"](one["v"]) != one["answer"]]
    assert len(wrong) == DRAWS


@pytest.mark.parametrize("kind", kinds())
def test_numbers_change_and_do_not_soon_repeat(drawn: dict[str, list[Any]], kind: str) -> None:
    draws = [json.dumps(one["v"]) for one in drawn[kind]]
    assert all(draws[at] not in draws[max(0, at - 12) : at] for at in range(1, DRAWS))
    answers = {json.dumps(one["answer"]) for one in drawn[kind]}
    assert len(answers) >= (2 if kind in CHOICES else 4)


@pytest.mark.parametrize("kind", kinds())
def test_no_answer_comes_too_often(drawn: dict[str, list[Any]], kind: str) -> None:
    answers = [json.dumps(one["answer"]) for one in drawn[kind]]
    assert max(map(answers.count, answers)) <= DRAWS * (0.7 if kind in CHOICES else 0.5)


@pytest.mark.parametrize("kind", CHOICES)
def test_every_wrong_choice_gets_its_hint(drawn: dict[str, list[Any]], kind: str) -> None:
    for one in drawn[kind]:
        keys = [key for key, _ in one["choices"]]
        labels = [label for _, label in one["choices"]]
        hinted = {given for [given], _ in one["slips"]}
        assert one["answer"][0] in keys
        assert hinted | set(one["answer"]) == set(keys), one["v"]
        assert len(set(labels)) == len(labels), one["v"]


@pytest.mark.parametrize("kind", sorted(set(kinds()) - set(CHOICES)))
def test_usual_slips_are_known(drawn: dict[str, list[Any]], kind: str) -> None:
    hints = {re.sub(r"\d+", "#", hint) for one in drawn[kind] for _, hint in one["slips"]}
    assert len(hints) >= 3
    for one in drawn[kind]:
        given = [slip for slip, _ in one["slips"]]
        assert one["answer"] not in given
        assert len(set(map(tuple, given))) == len(given)
        assert all(len(slip) == len(one["fields"]) for slip in given)
        assert sum(one["answer"]) > 0 or kind in (
            "unread-samples", "required-output-padding", "mirror-output-padding",
            "largest-output-padding", "odd-stride-loss",
        )  # fmt: skip


def test_the_error_to_read_is_the_real_one(drawn: dict[str, list[Any]]) -> None:
    for one in drawn["output-size-error"]:
        v = one["v"]
        with pytest.raises(ValueError, match="requested an output size") as error:
            up(v)(row(v["length"]), output_size=[v["wanted"]])
        assert one["code"] == f"ValueError: {error.value}"


def test_the_errors_told_are_the_real_ones(drawn: dict[str, list[Any]]) -> None:
    told = 0
    for one in drawn["does-it-raise"]:
        v, [what] = one["v"], one["answer"]
        if what == "runs" or (v.get("up") and v["padding"] == "same"):
            continue
        layer = nn.ConvTranspose1d if v.get("up") else nn.Conv1d
        with pytest.raises((RuntimeError, ValueError)) as error:
            layer(1, 1, **settings(v))(row(v["length"]))
        assert one["says"] == f"“{error.value}”."
        told += 1
    assert told > 50


def test_the_code_builds_what_was_drawn(drawn: dict[str, list[Any]]) -> None:
    for kind in ("conv-length", "dilated-length", "unread-samples", "effective-kernel"):
        for one in drawn[kind]:
            layer = eval(one["code"], {"nn": nn})
            assert (
                settings(one["v"]).items()
                <= {name: getattr(layer, name)[0] for name in SETTINGS}.items()
            )
    for one in drawn["stack-length"]:
        model = eval(one["code"], {"nn": nn})
        assert [length_after(model, one["v"]["length"])] == one["answer"]
    for one in drawn["upsampling-rates"][:10]:
        model = eval(one["code"].replace("512, ", "1, ", 1), {"nn": nn})
        assert [length_after(model, one["v"]["length"])] == one["answer"]


def test_conversions_agree_with_what_keras_tensorflow_and_onnx_returned(everything: Page) -> None:
    record = json.loads((resources.files("helpers") / "other_frameworks.json").read_text("utf-8"))
    compared = {"kerasSame": 0, "kerasCrop": 0}
    for name, case, values in record["cases"]:
        length, size = case["length"], case["kernel_size"]
        x = torch.arange(1.0, length + 1, dtype=torch.float64)[None, None]
        weight = (10.0 ** torch.arange(size, dtype=torch.float64))[None, None]
        how = {"stride": case["stride"], "dilation": case["dilation"]}
        if (name, case.get("padding")) in (
            ("keras.layers.Conv1D", "same"),
            ("tf.nn.conv1d", "SAME"),
        ):
            pads = everything.evaluate(
                "(v) => bookModules['question_arithmetic.js'].kerasSame(v)", case
            )
            assert F.conv1d(F.pad(x, pads), weight, **how)[0, 0].tolist() == values
            compared["kerasSame"] += 1
        crops = (name, case.get("padding"), case.get("output_padding")) == (
            "keras.layers.Conv1DTranspose", "same", None,
        )  # fmt: skip
        if crops and size > case["stride"] and case["dilation"] == 1:
            begin, end = everything.evaluate(
                "(v) => bookModules['question_arithmetic.js'].kerasSame(v)",
                {**case, "length": 100 * case["stride"]},
            )
            whole = F.conv_transpose1d(x, weight, **how)[0, 0]
            assert whole[begin : len(whole) - end].tolist() == values
            compared["kerasCrop"] += 1
    assert min(compared.values()) >= 15


# --- The working ----------------------------------------------------------------------------------


def test_the_working_is_true_step_by_step(drawn: dict[str, list[Any]]) -> None:
    compared = sum(
        equal_parts(one["working"]["steps"]) for draws in drawn.values() for one in draws
    )
    assert compared > 10 * DRAWS * 2


def equal_parts(steps: list[str]) -> int:
    """Check that both sides of each = are worth the same; return how many were compared."""
    compared, value = 0, None
    for step in steps:
        text = re.sub(r"^(?!max)[\w .,]*[a-z][\w ]*: ", "", step)
        goes_on = text.startswith("=")
        parts = [worth(part) for part in text.strip("= ").split(" = ")]
        known = [part for part in parts if part is not None]
        chain = [value, *known] if goes_on and value is not None else known
        assert len(set(chain)) <= 1, step
        compared += max(0, len(chain) - 1)
        value = known[-1] if known else value if goes_on else None
    return compared


def worth(text: str) -> float | None:
    """Work out an expression of numbers only; None for one with names in it."""
    plain = text.translate({ord("·"): "*", ord("\N{MINUS SIGN}"): "-"}).replace(" mod ", " % ")
    plain = re.sub(r"⌊(.*?)⌋", r"math.floor(\1)", plain)
    plain = re.sub(r"⌈(.*?)⌉", r"math.ceil(\1)", plain)
    bare = re.sub(r"math\.(floor|ceil)|max", "", plain)
    if not re.fullmatch(r"[-+*/%(),\d. ]+", bare) or ("," in bare and "max" not in plain):
        return None
    return float(eval(plain, {"math": math, "max": max}))


@pytest.mark.parametrize(
    "wrong", [["= 3 + 1 = 5"], ["L_out = ⌊9 / 2⌋ + 1 = 6"], ["x = 2·3", "= 7"]]
)
def test_false_working_is_noticed(wrong: list[str]) -> None:
    with pytest.raises(AssertionError):
        equal_parts(wrong)


@pytest.mark.parametrize("kind", sorted(set(kinds()) - set(CHOICES)))
def test_the_working_ends_at_the_answer(drawn: dict[str, list[Any]], kind: str) -> None:
    for one in drawn[kind]:
        found = [int(number) for number in re.findall(r"\d+", " ".join(one["working"]["steps"]))]
        assert set(one["answer"]) <= set(found)
        assert found[-1] == one["answer"][-1] or kind in ("next-valid-length", "onnx-pads")
        plain = one["says"].replace(",", "")
        assert str(one["answer"][0]) in plain or plain.startswith("none")


def test_the_transpose_that_is_named_is_the_matrix_of_the_layer_named(
    drawn: dict[str, list[Any]],
) -> None:
    for one in drawn["matrix-shape"]:
        v, note = one["v"], one["working"]["note"]
        rows, columns = map(int, re.findall(r"(\d+) \S (\d+)", note)[0])
        if v["up"]:
            layer: nn.Module = conv(v)
        else:
            added = re.search(r"output_padding=(\d+)", note)
            layer = up({**v, "output_padding": int(added[1]) if added else 0})
        assert list(matrix(layer.double(), columns).shape) == [rows, columns]


def test_a_fixed_padding_that_is_said_to_do_for_every_length_does(
    drawn: dict[str, list[Any]],
) -> None:
    for one in drawn["strided-same"]:
        v = one["v"]
        assert "do for every length" in one["working"]["note"]
        padded = nn.ConstantPad1d((v.get("dilation", 1) * (v["kernel_size"] - 1), 0), 0.0)
        for length in range(1, 30):
            made = length_after(nn.Sequential(padded, conv(v)), length)
            assert made == math.ceil(length / v["stride"])


# --- The page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds())
def test_answering(everything: Page, kind: str) -> None:
    item = question(everything, kind)
    verdict = item.get_by_role("status")
    working = item.locator("details")
    for _ in range(3):
        v = numbers(item)
        right = ORACLES[kind](v)
        expect(verdict).to_be_empty()
        expect(working).not_to_have_attribute("open", "")
        slips = everything.evaluate(
            "([kind, v]) => bookModules['questions.js'].slips(kind, v)", [kind, v]
        )
        for slip, hint in slips:
            if all(isinstance(number, str) or number > -1 for number in slip):
                reply(item, slip)
                expect(verdict).to_contain_text("Not ")
                expect(verdict).to_contain_text(spoken(hint)[-30:])
                expect(working).not_to_have_attribute("open", "")
        if kind not in CHOICES:
            reply(item, [number + 100_000 for number in right])
            expect(verdict).to_contain_text("smaller" if len(right) == 1 else "Neither")
        reply(item, right)
        expect(verdict).to_contain_text("Yes: ")
        expect(working).to_have_attribute("open", "")
        expect(working).to_contain_text("Answer: ")
        item.get_by_role("button", name="Another one").click()
        assert numbers(item) != v
        expect(item.locator("input").first).to_be_focused()


def spoken(text: str) -> str:
    """Return what is left of backquotes and L_in once they are drawn."""
    return re.sub(r"\bL_(in|out)\b", r"L\1", text.replace("`", ""))


def test_one_of_two_numbers_right(offline: BrowserContext, tmp_path: Path) -> None:
    item = put(offline.new_page(), tmp_path, SelfCheck("sharing-lengths", seed=3)).first
    least, most = ORACLES["sharing-lengths"](numbers(item))
    reply(item, [least, most + 50])
    verdict = item.get_by_role("status")
    expect(verdict).to_have_text(
        f"Not {least} and {most + 50}. "
        "“Shortest input” is right; “Longest input” should be smaller."
    )
    reply(item, [least - 7, most])
    expect(verdict).to_contain_text("“Longest input” is right; “Shortest input” should be larger.")


def test_what_is_no_number_is_not_counted(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    item = put(page, tmp_path, SelfCheck("conv-length")).first
    field, verdict = item.locator("input"), item.get_by_role("status")
    for text in ("", "abc", "1.5", "3e2", "12 13", "1,2", "<img src=x onerror=alert(1)>", "9" * 30):
        field.fill(text)
        field.press("Enter")
        expect(verdict).to_have_text("Type a whole number, such as 42.")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
    expect(page.locator(".sc-progress")).to_be_hidden()
    [right] = ORACLES["conv-length"](numbers(item))
    for text in (f"  {right} ", f"+{right}"):
        field.fill(text)
        field.press("Enter")
        expect(verdict).to_contain_text("Yes: ")
        expect(field).to_have_attribute("aria-invalid", "false")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,024", 1024),
        ("1_024", 1024),
        ("1 024", 1024),
        ("1,024,000", 1_024_000),
        ("\N{MINUS SIGN}3", -3),
        ("-0", 0),
        ("1,02", None),
        ("10,24,000", None),
        ("\N{FULLWIDTH DIGIT FOUR}", None),
        ("12a", None),
    ],
)
def test_numbers_are_read_as_people_write_them(
    everything: Page, text: str, number: int | None
) -> None:
    read = "(text) => bookModules['self_check.js'].wholeNumber(text)"
    assert everything.evaluate(read, text) == number


def test_progress_counts_questions_not_tries(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    asked = ["conv-length", "even-overlap", "keras-same"]
    items = put(page, tmp_path, SelfCheck(*asked, seed=1))
    progress = page.locator(".sc-progress")
    expect(progress).to_be_hidden()
    reply(items.nth(0), [100_000])
    expect(progress).to_have_text("0 of 3 right")
    for at, kind in enumerate(asked):
        for _ in range(2):
            reply(items.nth(at), ORACLES[kind](numbers(items.nth(at))))
            expect(progress).to_have_text(f"{at + 1} of 3 right")
            items.nth(at).get_by_role("button", name="Another one").click()
    expect(progress).to_have_text("3 of 3 right")


def test_by_keyboard_alone(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    number, choice = put(page, tmp_path, SelfCheck("conv-length", "comes-back", seed=2)).all()
    press = page.keyboard.press
    press("Tab")
    expect(number.get_by_label("Samples that come out")).to_be_focused()
    page.keyboard.type("100000")
    press("Enter")
    expect(number.get_by_role("status")).to_contain_text("Not 100,000.")
    page.keyboard.type(
        str(ORACLES["conv-length"](numbers(number))[0])
    )  # What was typed is selected.
    press("Enter")
    expect(number.get_by_role("status")).to_contain_text("Yes: ")
    before = numbers(number)
    press("Tab")
    expect(number.get_by_role("button", name="Check")).to_be_focused()
    press("Tab")
    press("Enter")
    assert numbers(number) != before
    expect(number.get_by_role("textbox")).to_be_focused()
    for _ in range(3):
        press("Tab")
    expect(number.locator("summary")).to_be_focused()
    press("Enter")
    expect(number.locator("details")).to_have_attribute("open", "")
    press("Tab")
    press("Tab")
    press("Shift+Tab")
    press("Space")
    expect(choice.get_by_role("radio").first).to_be_checked()
    right = ["fewer", "exactly", "more"].index(str(ORACLES["comes-back"](numbers(choice))[0]))
    for _ in range(right):
        press("ArrowDown")
    press("Enter")
    expect(choice.get_by_role("status")).to_contain_text("Yes: ")


def test_a_choice_has_to_be_made_first(offline: BrowserContext, tmp_path: Path) -> None:
    item = put(offline.new_page(), tmp_path, SelfCheck("even-overlap")).first
    item.get_by_role("button", name="Check").click()
    expect(item.get_by_role("status")).to_have_text("Choose one first.")
    expect(item.get_by_role("radio").first).to_be_focused()


def test_every_control_is_named(everything: Page) -> None:
    for kind in kinds():
        item = question(everything, kind)
        if kind in CHOICES:
            group = item.get_by_role("radiogroup")
            expect(group).to_have_accessible_name(re.compile(r".*\?.*"))
        else:
            for label in everything.evaluate(
                "([kind, v]) => bookModules['questions.js'].pose(kind, v).fields",
                [kind, numbers(item)],
            ):
                field = item.get_by_role("textbox", name=label, exact=True)
                expect(field).to_have_accessible_description(re.compile(r".*\?.*"))
                expect(field).to_have_attribute("inputmode", "numeric")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(offline: BrowserContext, tmp_path: Path, theme: str) -> None:
    page = offline.new_page()
    items = put(page, tmp_path, SelfCheck(*kinds(), seed=4), theme=theme)
    for at, kind in enumerate(kinds()):
        item = items.nth(at)
        right = ORACLES[kind](numbers(item))
        if at % 3 == 0:
            reply(item, right)
        elif kind not in CHOICES:
            reply(item, [100_000 for _ in right])
    items.nth(1).locator("input").fill("no number")
    items.nth(1).locator("input").press("Enter")
    assert Axe().run(page).response["violations"] == []


def test_axe_notices_pale_text(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    put(page, tmp_path, SelfCheck("conv-length"))
    page.add_style_tag(content=".sc-ask { color: #ccc !important }")
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    assert found == {"color-contrast"}


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_page(browser: Browser, tmp_path: Path, width: int) -> None:
    context = browser.new_context(
        offline=True, viewport={"width": width, "height": 700}, has_touch=True
    )
    page = context.new_page()
    items = put(page, tmp_path, SelfCheck(*kinds(), seed=5))
    for at, kind in enumerate(kinds()):
        reply(items.nth(at), ORACLES[kind](numbers(items.nth(at))))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    beyond = page.evaluate(
        """(width) => [...document.querySelectorAll(".self-check *")]
            .filter((element) => element.getBoundingClientRect().right > width)
            .map((element) => element.outerHTML)""",
        width,
    )
    assert beyond == []
    context.close()


def test_fingers_find_the_controls(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(
        offline=True, viewport={"width": 360, "height": 700}, has_touch=True
    )
    page = context.new_page()
    number, choice = put(page, tmp_path, SelfCheck("conv-length", "comes-back", seed=6)).all()
    for control in [*page.locator("button, input[type=text]").all()]:
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    for label in choice.locator("label").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 32
    right = ORACLES["comes-back"](numbers(choice))[0]
    choice.locator("label", has=page.locator(f'input[value="{right}"]')).tap()
    choice.get_by_role("button", name="Check").tap()
    expect(choice.get_by_role("status")).to_contain_text("Yes: ")
    number.get_by_role("button", name="Another one").tap()
    expect(number.get_by_role("textbox")).to_be_focused()
    context.close()


def test_without_a_script_the_questions_and_their_answers_are_there(
    browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    items = put(page, tmp_path, SelfCheck(*kinds()))
    assert items.count() == len(kinds())
    for at, kind in enumerate(kinds()):
        item = items.nth(at)
        expect(item.locator(".sc-ask")).to_be_visible()
        expect(item.locator("pre code")).to_be_visible()
        expect(item.locator(".sc-answer")).to_be_hidden()
        item.locator("summary").click()
        expect(item.locator(".sc-answer")).to_be_visible()
        expect(item.locator(".sc-steps")).to_be_visible()
        right = ORACLES[kind](numbers(item))
        if kind not in CHOICES:
            said = re.findall(r"\d+", item.locator(".sc-steps").inner_text())
            assert {str(number) for number in right} <= set(said)
        else:
            assert item.locator("ul.sc-choices li").count() == 3
    assert page.locator("form, button, input").count() == 0
    context.close()


def test_the_page_opens_with_what_was_drawn_before(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    check = SelfCheck("conv-length", "comes-back", "receptive-field")
    still = [numbers(item) for item in put(page, tmp_path, check, scripts=False).all()]
    first = put(page, tmp_path, check)
    asked = first.locator(".sc-ask").all_inner_texts()
    assert [numbers(item) for item in first.all()] == still
    assert page.evaluate("bookModules['self_check.js'].markup", {"kinds": check.kinds}) == (
        drawing.markup("self_check.js", {"kinds": check.kinds})
    )
    page.reload()
    assert first.locator(".sc-ask").all_inner_texts() == asked


def test_further_numbers_are_seeded_or_by_chance(offline: BrowserContext, tmp_path: Path) -> None:
    def further(check: SelfCheck) -> list[Numbers]:
        page = offline.new_page()
        item = put(page, tmp_path, check).first
        found = []
        for _ in range(4):
            item.get_by_role("button", name="Another one").click()
            found.append(numbers(item))
        return found

    assert further(SelfCheck("conv-length", seed=7)) == further(SelfCheck("conv-length", seed=7))
    assert further(SelfCheck("conv-length", seed=7)) != further(SelfCheck("conv-length", seed=8))
    assert further(SelfCheck("conv-length")) != further(SelfCheck("conv-length"))


def test_two_on_a_page_stay_apart(offline: BrowserContext, tmp_path: Path) -> None:
    page = offline.new_page()
    path = tmp_path / "two.html"
    one = standalone(SelfCheck("comes-back", "conv-length"))
    other = drawing.static_html("self_check.js", {"kinds": ["comes-back"], "seed": None})
    path.write_text(one.replace("</main>", f"{other}</main>"), encoding="utf-8")
    page.goto(path.as_uri())
    first, second = page.locator(".self-check").all()
    first.get_by_role("radio").first.check()
    second.get_by_role("radio").nth(1).check()
    expect(first.get_by_role("radio").first).to_be_checked()
    names = page.locator("[id]").evaluate_all("(all) => all.map(({ id }) => id)")
    assert len(set(names)) == len(names)
    reply(
        second.locator(".sc-question"), ORACLES["comes-back"](numbers(second.locator("li").first))
    )
    expect(second.locator(".sc-progress")).to_have_text("1 of 1 right")
    expect(first.locator(".sc-progress")).to_be_hidden()


def test_the_widget_is_one_module(offline: BrowserContext, tmp_path: Path) -> None:
    check = SelfCheck("conv-length", seed=9)
    page = offline.new_page()
    (tmp_path / "empty.html").write_text("<!doctype html><main></main>", encoding="utf-8")
    page.goto((tmp_path / "empty.html").as_uri())
    page.evaluate(
        """async ([source, state]) => {
            const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const { default: widget } = await import(address);
            const heard = {};
            const model = { get: (name) => state[name], on: (type, f) => { heard[type] = f; },
                            off: (type) => { delete heard[type]; } };
            const el = document.querySelector("main");
            window.clean = widget.render({ model, el });
            window.change = (kinds) => { state.kinds = kinds; heard["change:kinds"](); };
            window.heard = heard;
        }""",
        [check._esm, {"kinds": check.kinds, "seed": check.seed}],
    )
    item = page.locator(".self-check .sc-question")
    reply(item, ORACLES["conv-length"](numbers(item)))
    expect(item.get_by_role("status")).to_contain_text("Yes: ")
    page.evaluate("window.change(['comes-back', 'keras-same'])")
    assert [one.get_attribute("data-kind") for one in item.all()] == ["comes-back", "keras-same"]
    page.evaluate("window.clean()")
    assert page.evaluate("Object.keys(window.heard)") == []


def test_nothing_moves() -> None:
    rules = frontend.source("self_check.css")
    assert "transition" not in rules
    assert "animation" not in rules


def test_no_module_builds_markup_or_code_from_text() -> None:
    for module in frontend.scripts("self_check.js"):
        text = frontend.source(module)
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", text
        )


# --- In Python ------------------------------------------------------------------------------------


def test_the_plain_text_is_the_call_itself() -> None:
    assert repr(SelfCheck("conv-length", "comes-back")) == "SelfCheck('conv-length', 'comes-back')"
    assert repr(SelfCheck("conv-length", seed=3)) == "SelfCheck('conv-length', seed=3)"
    data, _ = SelfCheck("conv-length")._repr_mimebundle_() or ({}, {})
    assert data["text/plain"].splitlines()[0] == "SelfCheck('conv-length')"
    assert "One question, with new numbers on each try: conv length." in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_picture_is_the_same_each_time_and_no_list_of_dead_controls_is_stored() -> None:
    once, twice = (SelfCheck(*kinds())._repr_mimebundle_() or ({}, {}) for _ in range(2))
    assert once[0]["image/svg+xml"] == twice[0]["image/svg+xml"]
    assert "text/html" not in once[0]


def test_every_question_of_the_files_is_in_the_page(everything: Page) -> None:
    listed = everything.evaluate("bookModules['questions.js'].kinds()")
    assert listed == list(kinds())


@pytest.mark.parametrize("asked", [["no-such"], ["conv-length", "no-such"], [""]])
def test_unknown_questions_are_named(asked: list[str]) -> None:
    with pytest.raises(ValueError, match=rf"no question is called '{asked[-1]}'") as error:
        SelfCheck(*asked)
    assert all(kind in str(error.value) for kind in kinds())
    check = SelfCheck("conv-length")
    with pytest.raises(ValueError, match="no question is called"):
        check.kinds = asked


def test_no_question_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no question is asked; the questions are conv-length, "):
        SelfCheck()


def test_the_chapters_ask_every_question_once(root: Path) -> None:
    asked = []
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        calls = re.findall(r"SelfCheck\(([^)]*)\)", code)
        here = re.findall(r"[\"']([\w-]+)[\"']", " ".join(calls))
        assert len(here) >= 3, path.name
        asked += here
    assert tuple(asked) == kinds()
