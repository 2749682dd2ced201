"""Random stacks, U-Nets, forwards, programs and autoencoders, each compared with PyTorch."""

import copy
import itertools
import random
import re
import textwrap
import warnings
from typing import Any

import pytest
import torch
from playwright.sync_api import Page
from tests import oracle
from tests.designer.asking import agrees, answers, built, ran, returns
from tests.random_stacks import SAYING_CHANNELS, random_stack
from tests.random_unets import random_unet
from torch import nn

from helpers import designer
from helpers.layers import mirror, trace
from helpers.lengths import SizeError
from helpers.real_models import load

# Even kernels with padding='same', and kernels of size 0, are settings like any other here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same'"),
    pytest.mark.filterwarnings("ignore:Initializing zero-element"),
]
STACKS = 400
UNETS = 200
FORWARDS = 60
MOST_SAMPLES = 10**7  # That PyTorch is run for.


def source(layer: nn.Module) -> str:
    """Return Python code that makes a layer: mostly what PyTorch prints."""
    kind = type(layer).__name__
    if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
        names = ["stride", "padding", "dilation", "groups", "padding_mode"]
        names += ["output_padding"] if layer.transposed else []
        settings = {name: getattr(layer, name) for name in names}
        settings |= {"bias": layer.bias is not None}
        first = f"{layer.in_channels}, {layer.out_channels}, {layer.kernel_size}"
        return f"nn.{kind}({first}, {', '.join(f'{k}={v!r}' for k, v in settings.items())})"
    if isinstance(layer, nn.AvgPool1d):  # PyTorch does not print the ceil_mode of this one.
        return (
            f"nn.AvgPool1d({layer.kernel_size}, {layer.stride}, {layer.padding}, {layer.ceil_mode})"
        )
    return f"nn.{layer!r}"


def pasted(layers: list[nn.Module], seed: int) -> str:
    """Return the code of a stack in one of the ways in which people write and paste it."""
    lines = [source(layer) for layer in layers]
    match seed % 6:
        case 0:
            return "\n".join(lines)
        case 1:
            return f"nn.Sequential({', '.join(lines)},)"
        case 2:
            body = "".join(f"    {line},  # layer, {i}\n" for i, line in enumerate(lines))
            return f"import torch.nn as nn\nencoder = torch.nn.Sequential(\n{body})\n"
        case 3:
            body = "".join(f"        self.layer{i} = {line}\n" for i, line in enumerate(lines))
            head = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            way = "".join(f"        x = self.layer{i}(x)\n" for i in range(len(lines)))
            return f"{head}{body}    def forward(self, x):\n{way}        return x\n"
        case 4:
            pairs = ", ".join(f"('layer{i}', {line})" for i, line in enumerate(lines))
            return f"nn.Sequential(OrderedDict([{pairs}]))"
        case _:
            added = "\n".join(f"layers.append({line})" for line in lines)
            return f"layers = []\n{added}\nmodel = nn.Sequential(*layers)"


def matches(found: dict[str, Any], layers: list[nn.Module], length: int) -> bool:
    """Say whether the page found what helpers.layers finds, words and decoder included."""
    traced = trace(layers, length)
    if found["kind"] == "refused":
        return traced.error is not None and traced.error.pytorch in (None, found["error"]["words"])
    if (
        found["kind"] != "complete"
        or traced.error is not None
        or found["lengths"] != traced.lengths
    ):
        return False
    if 0 in traced.lengths:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = found["decoder"] or ""
        parts = [line.strip(" ,") for line in code.splitlines()[1:-1]]
        return ("" if not code else repr(nn.Sequential(*built(parts)))) == mirrored(layers, length)


def mirrored(layers: list[nn.Module], length: int) -> str:
    """Return the decoder as PyTorch prints it, or nothing if it refuses so short a signal."""
    try:
        return repr(mirror(layers, length))
    except SizeError:
        return ""


def behind(layers: list[nn.Module], channels: int, length: int) -> tuple[int, int]:
    """Return the channels and samples that PyTorch gives behind a stack.

    Norms refuse a single number per channel: there are two signals in the batch.
    """
    stack = nn.Sequential(*layers).eval()
    with torch.no_grad():
        _, outward, samples = stack(torch.zeros(2, channels, length)).shape
    stack.train()
    return outward, samples


def accepted(seeds: range, longer: int) -> list[tuple[list[nn.Module], int, int]]:
    """Return the random stacks that take a signal so many samples longer: only they lead back."""
    drawn = [random_stack(seed) for seed in seeds]
    longer_ones = [(layers, channels, length + longer) for layers, channels, length in drawn]
    return [one for one in longer_ones if trace(one[0], one[2]).error is None]


def test_stacks(engine: Page) -> None:
    drawn = [random_stack(seed) for seed in range(STACKS)]
    texts = [(pasted(layers, i), length) for i, (layers, _, length) in enumerate(drawn)]
    seen = {"refused": 0, "returned": 0}
    for (layers, channels, length), (code, _), found in zip(
        drawn, texts, answers(engine, texts), strict=True
    ):
        # As the code makes them: the norms of a fresh stack are in training.
        stack = [layer.train() for layer in layers]
        assert matches(found, stack, length), (code, length, found, trace(stack, length))
        if found["kind"] == "refused":
            seen["refused"] += 1
            assert all(trace(stack, other).error is None for other in found["fixes"])
        elif found["decoder"]:
            shape = returns(found["decoder"], *behind(stack, channels, length))
            assert shape == (1, channels, length), (code, length, found["decoder"])
            seen["returned"] += 1
    assert min(seen.values()) > STACKS // 5, seen


def test_circular_paddings(engine: Page) -> None:
    sides = range(-9, 7)
    cases = []
    for case in oracle.grid(length=range(6), left=sides, right=sides, channels=[1, 2]):
        pad = nn.CircularPad1d((case["left"], case["right"]))
        cases.append(([nn.BatchNorm1d(case["channels"]), pad], case["length"]))
    found = answers(engine, [(pasted(layers, 0), length) for layers, length in cases])
    for (layers, length), answer in zip(cases, found, strict=True):
        assert matches(answer, layers, length), (layers, length, answer, trace(layers, length))


def test_channels_are_those_of_the_layer_that_says_them(engine: Page) -> None:
    codes = [f"model = nn.Sequential({code})" for code in SAYING_CHANNELS]
    for code, found in zip(codes, answers(engine, [(code, 9) for code in codes]), strict=True):
        assert agrees(found, code, 9), (code, found)


def test_the_checkers_can_fail(engine: Page) -> None:
    layers = [nn.Conv1d(1, 2, 4, stride=2), nn.ReLU(), nn.Conv1d(2, 2, 3)]
    code = pasted(layers, 0)
    right, other = answers(engine, [(code, 21), (code.replace("(3,)", "(5,)"), 21)])
    assert matches(right, layers, 21)
    assert not matches(right, layers, 22)
    assert not matches(other, layers, 21)
    assert not matches({**right, "decoder": None}, layers, 21)


def test_real_models(engine: Page) -> None:
    cases = []
    for model in load().values():
        for length, lengths in model.lengths.items():
            if None not in lengths:
                cases.append(("\n".join(designer.lines(model.layers, length)), length, lengths[-1]))
    assert len(cases) > 40
    for (code, length, last), found in zip(
        cases, answers(engine, [case[:2] for case in cases]), strict=True
    ):
        assert found["after"] == last, code
        assert matches(found, built(code.splitlines()), length), code
    presets = designer.presets()
    assert len(presets) >= 10
    found = answers(engine, [(p["code"], p["length"]) for p in presets])
    for preset, answer in zip(presets, found, strict=True):
        assert answer["texts"] == preset["code"].splitlines()
        if answer["after"] < 50_000:  # The others take long to run, not to count.
            assert returns(answer["decoder"], 1, answer["after"])[-1] == preset["length"], preset[
                "key"
            ]


def test_the_lengths_around(engine: Page) -> None:
    drawn = accepted(range(5000, 5150), 20)
    texts = [(pasted(layers, 0), length) for layers, _, length in drawn]
    compared = 0
    for (layers, channels, _), (code, length), found in zip(
        drawn, texts, answers(engine, texts), strict=True
    ):
        if found["near"] is None:
            continue
        stack = [layer.train() for layer in layers]
        taken = [n for n in range(1, 151) if trace(stack, n).error is None]
        assert found["least"] in (None, taken[0]), code
        decoders = {n: mirrored(stack, n) for n in taken}
        plain = [n for n in taken if decoders[n] and "output_padding" not in decoders[n]]
        assert found["near"]["down"] in (
            None,
            max((n for n in plain if n <= length), default=None),
        ), code
        up = min((n for n in plain if n >= length), default=None)
        assert found["near"]["up"] in (None, up) or found["near"]["up"] > 150, code
        for other in found["same"]:
            there = behind(stack, channels, other)
            assert returns(found["decoder"], *there)[-1] == other, (
                code,
                other,
            )
        # What is said of all lengths that lie so far apart.
        if found["isStraight"] and found["decoder"]:
            for other in range(length % found["near"]["period"], 151, found["near"]["period"]):
                if other in taken and decoders[other]:
                    there = behind(stack, channels, other)
                    assert returns(found["decoder"], *there)[-1] == other, (
                        code,
                        other,
                    )
        compared += 1
    assert compared > 40


ARITHMETIC = re.compile(r"([\d(][^=]*?) = (-?\d+)")


def holds(sum_: str, value: str) -> bool:
    """Say whether a printed sum adds up."""
    plain = sum_.replace("\N{MINUS SIGN}", "-").replace("\N{MIDDLE DOT}", "*").replace("mod", "%")
    return bool(eval(plain) == int(value))


def test_each_reason_is_a_sum_that_adds_up(engine: Page) -> None:
    """Of each layer of a decoder: why it is there, in numbers, and what it makes of the length."""
    texts = [(pasted(layers, 0), length) for layers, _, length in accepted(range(8000, 8900), 10)]
    sums = 0
    for (code, length), found in zip(texts, answers(engine, texts), strict=True):
        for text, why in found["whys"]:
            layer = built([text])[0]
            for said in ARITHMETIC.findall(why or ""):
                assert holds(*said), (code, length, text, why)
                sums += 1
            if "stride 1" in (why or ""):
                assert layer.stride == (1,), (code, text, why)
            if "mod" in (why or ""):
                assert why.endswith(f"= {layer.output_padding[0]}"), (code, text, why)
            if scale := re.match(r"each sample becomes (\d+)", why or ""):
                assert layer.scale_factor == int(scale[1]), (code, text, why)
    assert sums > 300
    assert not holds("(9 + 2 \N{MINUS SIGN} 3) mod 2", "1")


def test_unets(engine: Page) -> None:
    cases = [random_unet(seed, fits=seed % 2 == 1) for seed in range(UNETS)]
    seen = {"complete": 0, "refused": 0, "fixed": 0, "decoder": 0}
    for (code, length), found in zip(cases, answers(engine, cases), strict=True):
        assert agrees(found, code, length), (code, length, found, ran(code, found, length))
        seen[found["kind"]] += 1
        if found["decoder"]:
            shape, _ = ran(code, found, length)
            assert returns(found["decoder"], shape[1], shape[2])[-1] == length, (code, length)
            seen["decoder"] += 1
        for other in found["fixes"]:
            assert ran(code, found, other)[0], (code, length, other)
            seen["fixed"] += 1
    assert min(seen.values()) > UNETS // 10, seen


def net(forward: str) -> str:
    """Return the code of a model with this forward."""
    return (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv = nn.Conv1d(1, 1, 3, padding=1)\n"
        "        self.down = nn.Conv1d(1, 1, 4, stride=2, padding=1)\n"
        "        self.up = nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1)\n"
        f"    def forward(self, x):\n{textwrap.indent(forward, ' ' * 8)}\n"
    )


def statement(draw: random.Random) -> str:
    """Return a line that makes x longer or shorter, maybe by the length of y, or y so."""
    one, other = draw.choice(["xy", "yx"])

    def small(low: int = -3) -> int:
        return draw.randint(low, 5)

    def bound() -> str:
        return draw.choice(["", str(small(-6)), size])

    size = draw.choice([f"{other}.shape[-1]", f"{other}.size(2)", f"{one}.size(-1)", "n"])
    size = draw.choice(
        [size, f"{size} // 2", f"{size} + {small()}", f"abs({size} - n)", f"-{size} % 4"]
    )
    mode = draw.choice(["constant", "constant", "reflect", "replicate"])
    return draw.choice(
        [
            f"{one} = {one}[..., {bound()}:{bound()}]",
            f"{one} = {one}[:, :, {bound()}:{bound()}:{small(1)}]",
            f"{one} = F.pad({one}, ({small()}, {small()}), mode='{mode}')",
            f"{one} = F.pad({one}, [{size}, {small()} - n // 9], mode='{mode}')",
            f"{one} = F.pad({one}, (0, {other}.size(2) - {one}.size(2)))",
            f"{one} = F.interpolate({one}, size={size})",
            f"{one} = F.interpolate({one}, scale_factor={draw.choice(['2', '0.5', '1.7'])})",
            f"{one} = F.max_pool1d({one}, {small(1)})",
            f"{one} = {one}.narrow(-1, {small(-1)}, {size})",
            f"{one} = self.down({one})",
            f"{one} = self.up({one})",
            f"{one} = self.up({one}, output_size=[2 * {one}.size(2) + {draw.randint(1, 3)}])",
            f"{one} = self.up({one}, output_size={other}.shape)",
            f"n = max(n - {small()}, {size})",
        ]
    )


def random_forward(seed: int) -> str:
    """Return a model that makes two signals longer and shorter and puts them together."""
    draw = random.Random(seed)
    lines = ["n = x.shape[-1]", "y = self.conv(x)"]
    lines += [statement(draw) for _ in range(draw.randint(1, 5))]
    if draw.random() < 0.5:
        more = draw.choice(["n > 9", "x.size(2) != y.size(2)", "y.size(2) % 2", "x.shape[-1] <= n"])
        lines.append(f"if {more}: x = F.pad(x, (0, y.size(2) - x.size(2)))")
    fitted = draw.choice(["x", "x", "x[..., :y.shape[-1]]", "F.pad(x, (0, y.size(2) - x.size(2)))"])
    return net("\n".join([*lines, f"return self.conv({fitted} + y)"]))


def random_choice(seed: int) -> str:
    """Return a model that makes two signals longer or shorter on conditions of their lengths."""
    draw = random.Random(seed)

    def body() -> str:
        lines = [statement(draw) for _ in range(draw.randint(1, 2))]
        return "".join(f"    {line}\n" for line in lines if "self." not in line) or "    pass\n"

    def test() -> str:
        one, other = draw.choice(["xy", "yx"])
        first, second = (
            draw.choice(
                [f"{one}.size(2) > {draw.randint(5, 40)}", f"{other}.shape[-1] % 2", "n > 9"]
            )
            for _ in range(2)
        )
        return draw.choice([first, f"not {first}", f"{first} and {second}", f"{first} or {second}"])

    text = "n = x.shape[-1]\ny = self.conv(x)\n"
    for _ in range(draw.randint(1, 2)):
        text += f"if {test()}:\n{body()}"
        if draw.random() < 0.4:
            text += f"elif {test()}:\n{body()}"
        if draw.random() < 0.7:
            text += f"else:\n{body()}"
    if draw.random() < 0.3:
        text += f"assert {test()}, 'refused'\n"
    return net(text + "return self.conv(F.pad(x[..., :n], (0, y.size(2) + 1)))")


@pytest.mark.parametrize("make", [random_forward, random_choice])
def test_forwards(engine: Page, make: Any) -> None:
    draw = random.Random(7)
    cases = [(make(i // 4), draw.randint(1, 60)) for i in range(4 * FORWARDS)]
    seen = {"complete": 0, "refused": 0}
    for (code, length), found in zip(cases, answers(engine, cases), strict=True):
        assert agrees(found, code, length), (code, length, found, ran(code, found, length))
        seen[found["kind"]] += 1
    assert min(seen.values()) > FORWARDS // 2, seen


class Program:
    """A random program that builds a model by functions, classes, loops, conditions and lists."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.numbers = ["n"]
        self.makers: list[str] = []
        self.code = [f"n = {self.draw.randint(1, 4)}"]
        for _ in range(self.draw.randint(1, 3)):
            self.draw.choice([self.function, self.block])()
        self.code += ["layers = []", *self.statements(3), "model = nn.Sequential(*layers)"]

    def number(self) -> str:
        """Return an expression whose value is a small number, at least 1."""
        one = self.draw.choice([*self.numbers, str(self.draw.randint(1, 5))])
        return self.draw.choice(
            [
                one,
                f"{one} + {self.draw.randint(0, 3)}",
                f"max({one}, 2)",
                f"2 * {one}",
                f"({one}) // 2 + 1",
            ]
        )

    def layer(self) -> str:
        """Return an expression that makes a layer."""
        made = [
            f"nn.Conv1d(1, 1, {self.number()}, stride={self.number()}, padding={self.number()})",
            f"nn.MaxPool1d({self.number()})",
            "nn.ReLU()",
            f"nn.Upsample(scale_factor={self.number()})",
            f"(nn.Tanh() if {self.condition()} else nn.ELU())",
        ]
        made += [f"{maker}({self.number()})" for maker in self.makers]
        return self.draw.choice(made)

    def condition(self) -> str:
        """Return a condition whose numbers are known."""
        sign = self.draw.choice(["<", ">=", "==", "!="])
        one = f"{self.number()} {sign} {self.number()}"
        return self.draw.choice(
            [one, f"not {one}", f"{one} or {self.number()} in (1, 2)", f"n and {one}"]
        )

    def function(self) -> None:
        """Write a function that returns a layer or several."""
        name = f"make{len(self.makers)}"
        self.numbers.append("k")
        body = f"    if {self.condition()}:\n        return {self.layer()}\n"
        body += f"    return nn.Sequential({self.layer()}, {self.layer()})"
        self.numbers.remove("k")
        self.code.append(f"def {name}(k, s={self.draw.randint(1, 3)}):\n{body}")
        self.makers.append(name)

    def block(self) -> None:
        """Write a class with layers."""
        name = f"Block{len(self.makers)}"
        self.numbers += ["k", "self.s"]
        body = "\n".join(f"        self.layer{i} = {self.layer()}" for i in range(2))
        self.numbers = self.numbers[:-2]
        self.code.append(
            f"class {name}(nn.Module):\n    def __init__(self, k, s=2):\n"
            f"        super().__init__()\n        self.s = s + k\n{body}\n"
            "    def forward(self, x):\n        return self.layer1(self.layer0(x))"
        )
        self.makers.append(name)

    def statements(self, depth: int) -> list[str]:
        """Return statements that put layers in a list."""
        found: list[str] = []
        for _ in range(self.draw.randint(1, 3)):
            match self.draw.randint(0, 7 if depth else 3):
                case 0 | 1:
                    found.append(f"layers.append({self.layer()})")
                case 2:
                    found.append(
                        f"layers += [{self.layer()} for j in range({self.number()}) if j != 1]"
                    )
                case 3:
                    found.append(f"n = min({self.number()}, 6)")
                case 4 | 5:
                    i = f"i{depth}"
                    self.numbers.append(f"({i} + 1)")
                    inner = textwrap.indent("\n".join(self.statements(depth - 1)), "    ")
                    self.numbers.pop()
                    found.append(f"for {i} in range({self.draw.randint(0, 3)}):\n{inner}")
                case 6:
                    ways = [
                        textwrap.indent("\n".join(self.statements(depth - 1)), "    ") for _ in "ab"
                    ]
                    found.append(f"if {self.condition()}:\n{ways[0]}\nelse:\n{ways[1]}")
                case _:
                    found.append(
                        f"if len(layers) > 2:\n    layers[{self.draw.choice([0, -1])}] = "
                        + self.layer()
                    )
        return found


def test_programs_that_build_models(engine: Page) -> None:
    cases = [("\n".join(Program(seed).code), 60 + seed) for seed in range(400)]
    seen = {"complete": 0, "refused": 0, "huge": 0}
    for (code, length), found in zip(cases, answers(engine, cases), strict=True):
        # Some stretch the signal again and again, to more samples than there is memory for.
        if max((samples or 0 for samples in found["lengths"]), default=0) > MOST_SAMPLES:
            seen["huge"] += 1
            continue
        assert agrees(found, code, length), (code, length, found, ran(code, found, length))
        seen[found["kind"]] += 1
    assert seen["complete"] > 150, seen
    assert seen["huge"] < 20, seen


# --- Autoencoders ---------------------------------------------------------------------------------


def autoencoder(seed: int) -> tuple[list[nn.Module], int]:
    """Return a random stack that goes down and up again, its output_padding mostly wrong."""
    draw = random.Random(seed)
    down, up = [], []
    for _ in range(draw.randint(1, 3)):
        settings = {
            "kernel_size": draw.randint(1, 7),
            "stride": draw.randint(1, 4),
            "padding": draw.randint(0, 3),
            "dilation": draw.randint(1, 2),
        }
        down.append(nn.Conv1d(1, 1, **settings))
        if draw.random() < 0.3:
            settings[draw.choice(["kernel_size", "padding"])] = draw.randint(1, 4)
        settings["output_padding"] = draw.randint(
            0, max(settings["stride"], settings["dilation"]) - 1
        )
        up.append(nn.ConvTranspose1d(1, 1, **settings))
    return [*down, nn.ReLU(), *reversed(up)], draw.randint(50, 150)


def paddings(layer: nn.Module) -> range:
    """Return the output_padding that a layer of an autoencoder may have."""
    if not isinstance(layer, nn.ConvTranspose1d) or layer.stride[0] == 1:
        return range(1)
    return range(max(*layer.stride, *layer.dilation))


def closes(layers: list[nn.Module], length: int) -> bool:
    """Say whether any output_padding of the strided transposed layers brings a length back."""
    for chosen in itertools.product(*map(paddings, layers)):
        mended = [copy.deepcopy(layer) for layer in layers]
        for layer, output_padding in zip(mended, chosen, strict=True):
            if isinstance(layer, nn.ConvTranspose1d) and layer.stride[0] > 1:
                layer.output_padding = (output_padding,)
        traced = trace(mended, length)
        if traced.error is None and traced.lengths[-1] == length:
            return True
    return False


def test_autoencoders_are_mended_where_that_is_possible(engine: Page) -> None:
    drawn = [autoencoder(seed) for seed in range(300)]
    cases = [(pasted(layers, seed % 5), length) for seed, (layers, length) in enumerate(drawn)]
    seen = {"mended": 0, "not": 0}
    for (layers, length), found in zip(drawn, answers(engine, cases), strict=True):
        if found["kind"] != "complete" or not found["own"]:
            continue
        for near in {found["own"]["near"]["down"], found["own"]["near"]["up"]} - {None}:
            assert trace(layers, near).lengths[-1] == near
        if found["own"]["texts"] is None:
            assert not closes(layers, length), (layers, length)
            seen["not"] += 1
            continue
        with torch.no_grad():
            mended = nn.Sequential(*built(found["own"]["texts"]))(torch.zeros(1, 1, length))
        assert mended.shape[-1] == length, (layers, length, found)
        seen["mended"] += 1
    assert min(seen.values()) > 20, seen
