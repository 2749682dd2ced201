"""The designer follows what a forward itself does to the length of a signal, as PyTorch does it."""

import random
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page
from tests.pasted import ANSWERS, agrees, model, open_designer, ran
from tests.random_unets import random_unet
from torch import nn

LENGTHS = [*range(1, 40), 64, 91, 200]
UNETS = 400
FORWARDS = 300
WAYS_BACK = """(cases) => cases.map(([code, length]) => {
  const found = bookModules["designer.js"].answer(code, length);
  return { incomplete: found.incomplete, none: found.none, near: found.near, least: found.least,
    after: found.traced.error ? null : found.traced.steps.at(-1).after.length,
    layers: found.traced.steps.map(({ layer }) => layer.text),
    decoder: found.decoder && bookModules["designer.js"].decoderCode(found.decoder) };
})"""


@pytest.fixture(scope="module")
def designer(browser: Browser) -> Iterator[Page]:
    """Open a page that answers code and a length."""
    page = open_designer(browser)
    yield page
    page.close()


def net(forward: str, init: str = "pass") -> str:
    """Return the code of a class `Net` with some layers and this forward."""
    return (
        "class Net(nn.Module):\n"
        "    def __init__(self, k=3):\n"
        "        super().__init__()\n"
        "        self.down = nn.Conv1d(1, 1, 4, stride=2)\n"
        "        self.up = nn.ConvTranspose1d(1, 1, 4, stride=2)\n"
        "        self.conv = nn.Conv1d(1, 1, k, padding=k - 1)\n"
        f"{textwrap.indent(textwrap.dedent(init), ' ' * 8)}\n"
        "    def forward(self, x):\n"
        f"{textwrap.indent(textwrap.dedent(forward).strip(), ' ' * 8)}\n"
    )


FOLLOWED = {
    "a cut at the end": "return self.conv(x)[:, :, :-2]",
    "a cut by a setting": "return self.conv(x)[..., :-self.conv.padding[0]]",
    "a cut before a layer": "return self.conv(x[..., 4:-3])",
    "a cut in steps": "return self.conv(self.down(x)[:, :, 3:20:2].contiguous())",
    "the last samples": "return self.conv(x[..., -7:])",
    "the first samples": "return self.up(x[:, :, :5, ])",
    "steps of none": "return x[..., ::0]",
    "steps back": "return self.conv(x[..., ::-1])",
    "channels that are cut": "return self.conv(self.conv(x)[:, :1])[:, 0:1, 1:]",
    "channels last": """
        x = self.conv(x).transpose(1, 2)
        return self.conv(x[:, 1:-1].transpose(1, 2))
    """,
    "narrow": "return self.conv(x.narrow(2, 2, 7))",
    "narrow from the end": "return self.conv(torch.narrow(x, dim=-1, start=-3, length=2))",
    "a pad": "return self.conv(F.pad(x, (5, -2)))",
    "a pad that cuts": "return self.conv(F.pad(x, (-5, -5, 0, 0)))",
    "a reflected pad": "return self.conv(F.pad(x, [5, 2], mode='reflect'))",
    "a repeated pad": "return self.conv(F.pad(x, (-5, 7), 'replicate'))",
    "a circular pad": "return self.conv(F.pad(input=x, pad=(4, 0), mode='circular'))",
    "a pad with a value": "return self.conv(F.pad(x, (1, 2), 'constant', 3.0))",
    "a pooling": "return F.avg_pool1d(F.max_pool1d(self.conv(x), 2), kernel_size=3, stride=1)",
    "a pooling of the whole": "return self.conv(F.adaptive_avg_pool1d(x, 5))",
    "a scale": "return self.conv(F.interpolate(self.down(x), scale_factor=2.5, mode='linear'))",
    "a size": "return self.down(F.interpolate(self.down(x), 9))",
    "a crop of a skip": """
        skip = x
        x = self.up(self.down(x))
        return x + skip[..., :x.shape[-1]]
    """,
    "a crop of the center": """
        skip, x = self.conv(x), self.down(x)
        start = (skip.size(2) - x.size(2)) // 2
        return torch.cat([skip[:, :, start:start + x.size(2)], x], 1)
    """,
    "a pad to a skip": """
        skip = x
        x = self.up(self.down(x))
        diff = skip.size(2) - x.size(2)
        x = F.pad(x, [diff // 2, diff - diff // 2])
        return torch.cat([skip, x], 1)
    """,
    "a size of a skip": """
        skip = x
        x = F.interpolate(self.down(x), size=skip.shape[2:])
        return x + skip
    """,
    "an output_size": "return x + self.up(self.down(x), output_size=x.shape)",
    "an output_size as a list": "return x + self.up(self.down(x), output_size=[x.size(-1)])",
    "an output_size as a tuple": "return self.up(self.down(x), (x.size(-1),))",
    "an output_size that is fixed": "return self.up(self.down(x), output_size=[30])",
    "an output_size of one size": "return x + self.up(self.down(x), output_size=x.size()[2:])",
    "an output_size of None": "return self.up(self.down(x), output_size=None)",
    "sizes that are unpacked": """
        B, C, T = x.shape
        y = self.up(self.down(x))
        n = min(T, y.size(-1))
        return y[..., :n] * x.narrow(-1, 0, n)
    """,
    "parts of a length": """
        T = x.shape[-1]
        return self.conv(x)[:, :, T // 4:int(T * 0.75)]
    """,
    "a pad where it is wanted": """
        skip = x
        x = self.up(self.down(x))
        diff = skip.size(2) - x.size(2)
        if diff > 0:
            half = diff // 2
            x = F.pad(x, [half, diff - half])
        return torch.cat([skip, x], 1)
    """,
    "a size where it is wanted": """
        skip = x
        x = self.up(self.down(x))
        if x.shape[2:] != skip.shape[2:]:
            x = F.interpolate(x, size=skip.shape[2:])
        return self.conv(x + skip)
    """,
    "a cut where it is wanted": """
        skip = self.conv(x)
        x = self.up(self.down(x))
        delta = skip.size(-1) - x.size(-1)
        if delta:
            skip = skip[..., delta // 2:-(delta - delta // 2)]
        return x + skip
    """,
    "an odd length": "if x.shape[-1] % 2: x = F.pad(x, (0, 1), 'reflect')\nreturn self.down(x)",
    "a start that is measured": """
        y = self.down(x)
        return self.conv(x[..., y.size(2):-2])
    """,
    "a multiple of eight": """
        T = x.shape[-1]
        return self.up(self.down(F.pad(x, (0, -T % 8))))[..., :T]
    """,
    "one way or the other": """
        if x.shape[-1] > 9:
            x = x[..., 1:]
        else:
            x = F.pad(x, (2, 3))
        return self.conv(x)
    """,
    "one of three ways": """
        if x.shape[-1] > 30:
            x = x[..., 1:]
        elif x.shape[-1] % 2:
            x = F.pad(x, (2, 3))
        else:
            x = x[..., :5]
        return self.conv(x)
    """,
    "a way for each of two signals": """
        y = x
        if x.shape[-1] > 20:
            y = F.pad(y, (1, 1))
            x = x[..., 2:]
        else:
            x = x[..., 1:]
        return torch.cat([self.conv(x), F.pad(y, (0, x.size(2) - y.size(2) + 2))], 1)
    """,
    "numbers on a condition": """
        pad = 1
        if x.shape[-1] % 2:
            left, right = pad, pad + 2
            pad = 3
        else:
            left = right = pad
        return self.conv(F.pad(x, (left, right + pad)))
    """,
    "a number on a condition": """
        n = 3
        if x.shape[-1] > 9:
            n = 4
        return self.conv(x[..., :n])
    """,
    "one of two numbers": """
        T = x.shape[-1]
        return self.conv(x[..., : T // 2 if T > 9 else T])
    """,
    "one of two signals": "x = F.pad(x, (0, 1)) if x.size(2) % 2 else x\nreturn self.down(x)",
    "the other of two signals": """
        x = x if not x.shape[-1] % 2 else F.pad(x, (1, 0))
        return self.down(x)
    """,
    "two conditions": """
        T = x.shape[-1]
        if T > 5 and T % 2:
            x = x[..., 1:]
        return self.conv(x)
    """,
    "a condition that keeps off another": """
        T = x.shape[-1] - 9
        if T and 40 % T > 3:
            x = x[..., 1:]
        return self.conv(x)
    """,
    "a length between two": "if 5 <= x.size(2) < 20: x = x[..., 1:]\nreturn self.conv(x)",
    "the first that is not 0": "return self.conv(x[..., : x.shape[-1] % 8 or 8])",
    "nothing or a pad": """
        T = x.shape[-1]
        return self.conv(F.pad(x, (0, T % 4 and 4 - T % 4)))
    """,
    "a length that is rounded": "return self.conv(x[..., : round(x.shape[-1] / 4)])",
    "a length that is rounded to even": "return self.conv(x[..., : 1 + round(x.size(2) * 2.5)])",
    "a matrix that is transposed": """
        x = self.conv(x).mT
        return self.conv(x[:, 1:-1].mT)
    """,
    "whole shapes": """
        skip = x
        x = self.up(self.down(x))
        if x.shape != skip.shape:
            x = F.interpolate(x, size=skip.shape[2:])
        return self.conv(x + skip)
    """,
    "whole sizes": """
        skip = x
        x = self.up(self.down(x))
        if x.size()[1:] != skip.size()[1:]:
            x = F.pad(x, (0, skip.size(2) - x.size(2)))
        else:
            x = x[..., : skip.size(2)]
        return self.conv(x + skip)
    """,
}


def answers_as_in_pytorch(designer: Page, code: str) -> list[dict[str, Any]]:
    """Return what the page says of a model at each length, which is what PyTorch does."""
    made = model(code)
    answers = designer.evaluate(ANSWERS, [(code, length) for length in LENGTHS])
    for length, found in zip(LENGTHS, answers, strict=True):
        assert agrees(found, made, length), (length, found, ran(made, length))
    return list(answers)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_length_is_followed_as_in_pytorch(designer: Page, name: str) -> None:
    answers = answers_as_in_pytorch(designer, net(FOLLOWED[name]))
    assert len({found["after"] for found in answers}) > 1 or (
        "step" in name or "whole" in name or "size that is fixed" in name
    )


WEIGHTED = {
    "a weight": (
        "return self.conv(F.conv1d(x, self.weight, stride=2))",
        "self.weight = nn.Parameter(torch.randn(1, 1, 4))",
    ),
    "all in its order": (
        "return F.conv1d(self.conv(x), self.weight, self.bias, 2, 3, 2)",
        "self.weight = nn.Parameter(torch.empty((1, 1, 5)) * 0.02)\n"
        "self.bias = nn.Parameter(torch.zeros(1))",
    ),
    "names": (
        "return F.conv1d(input=x, weight=self.weight, bias=None, padding='same')",
        "self.weight = nn.Parameter(torch.ones(size=(2, 1, 5)))",
    ),
    "same and a stride": (
        "return F.conv1d(x, self.weight, stride=2, padding='same')",
        "self.weight = nn.Parameter(torch.ones(1, 1, 4))",
    ),
    "a size that is counted": (
        "return F.conv1d(x, self.weight, stride=(2,), padding='valid')",
        "i = 1\nself.weight = nn.Parameter(torch.Tensor(i, 1, 2 * k + i))",
    ),
    "other channels": (
        "return F.conv1d(self.conv(x), self.weight)",
        "self.weight = nn.Parameter(torch.rand(2, 3, 4))",
    ),
    "settings that are refused": (
        "return F.conv1d(x, self.weight, padding=-1)",
        "self.weight = nn.Parameter(torch.rand(1, 1, 4))",
    ),
    "groups": (
        "return F.conv1d(F.conv1d(x, self.wide), self.weight, groups=4)",
        "self.wide = nn.Parameter(torch.rand(4, 1, 2))\n"
        "self.weight = nn.Parameter(torch.rand(4, 1, 3))",
    ),
    "a filter": (
        "return torch.nn.functional.conv1d(x, self.kernel, stride=2)",
        "self.register_buffer('kernel', torch.ones(1, 1, 4) / 4)",
    ),
    "a transposed one": (
        "return F.conv_transpose1d(x, self.weight, stride=3, padding=2, output_padding=1)",
        "self.weight = nn.Parameter(torch.randn(1, 2, 5))",
    ),
    "a transposed one with groups": (
        "return F.conv_transpose1d(F.conv1d(x, self.wide), self.weight, None, 2, 1, 1, 2)",
        "self.wide = nn.Parameter(torch.rand(4, 1, 2))\n"
        "self.weight = nn.Parameter(torch.rand(4, 3, 3))",
    ),
    "one on a condition": (
        "if x.size(2) > 9: x = F.conv1d(x, self.weight)\nreturn self.conv(x)",
        "self.weight = nn.Parameter(torch.rand(1, 1, 4))",
    ),
}


@pytest.mark.parametrize("name", WEIGHTED)
def test_a_convolution_is_followed_by_the_size_of_its_weight(designer: Page, name: str) -> None:
    answers_as_in_pytorch(designer, net(*WEIGHTED[name]))


@pytest.mark.parametrize(
    ("init", "call"),
    [
        ("self.w = nn.Parameter(torch.rand(1, 1, n))", "x, self.w"),
        ("self.w = nn.Parameter(torch.rand(1, 4))", "x, self.w"),
        ("self.w = nn.Parameter(torch.rand(3, 1, 4))", "x, self.w, groups=2"),
        ("self.w = nn.Parameter(torch.rand(1, 1, 4))", "x, self.w, groups=n"),
        ("self.w = nn.Parameter(torch.rand(1, 1, 4))", "x, self.w, stride=n"),
        ("self.w = nn.Parameter(torch.rand(1, 1, 4))", "x, self.w, torch.zeros(2)"),
        ("self.w = nn.Parameter(torch.rand(1, 1, 4))", "x, self.w.mean(2)"),
        ("self.w = nn.Parameter(torch.rand(1, 1, 4) + n)", "x, self.w"),
        ("self.w = nn.Parameter(make(1, 1, 4))", "x, self.w"),
        ("self.w = nn.Parameter(torch.Tensor([1, 1, 4]))", "x, self.w"),
        ("w = torch.rand(1, 1, 4)\nif wide: w = torch.rand(1, 1, 5)\nself.w = w", "x, self.w"),
        ("k = 4\nif wide: k = 5\nself.w = torch.rand(1, 1, k)", "x, self.w"),
        ("pass", "x, torch.ones(1, 1, x.shape[-1])"),
    ],
)
def test_nothing_is_claimed_of_a_convolution_without_a_known_weight(
    designer: Page, init: str, call: str
) -> None:
    [found] = designer.evaluate(ANSWERS, [(net(f"return F.conv1d({call})", init), 50)])
    assert found["incomplete"]


CHOMP = """
class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super().__init__()
        self.chomp_size = chomp_size
    def forward(self, x):
        return x[:, :, :-self.chomp_size].contiguous()
class Block(nn.Module):
    def __init__(self, i, o, k, dilation, padding):
        super().__init__()
        self.conv1 = nn.Conv1d(i, o, k, padding=padding, dilation=dilation)
        self.chomp1 = Chomp1d(padding)
        self.net = nn.Sequential(self.conv1, self.chomp1, nn.ReLU(), nn.Dropout(0.2))
        self.downsample = nn.Conv1d(i, o, 1) if i != o else None
    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return F.relu(out + res)
class Net(nn.Module):
    def __init__(self, k=KERNEL):
        super().__init__()
        sizes = [1, 4, 4, 8]
        self.network = nn.Sequential(*[
            Block(i, o, k, 2**n, (k - 1) * 2**n) for n, (i, o) in enumerate(zip(sizes, sizes[1:]))])
    def forward(self, x):
        return self.network(x)
"""
CAUSAL = """
class Causal(nn.Conv1d):
    def __init__(self, i, o, k, dilation=1):
        super().__init__(i, o, k, padding=(k - 1) * dilation, dilation=dilation)
    def forward(self, x):
        x = super().forward(x)
        return x[..., :-self.padding[0]] if self.padding[0] else x
class Padded(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.left = k - 1
        self.conv = nn.Conv1d(1, 1, k)
    def forward(self, x, extra=0):
        return self.conv(F.pad(x, (self.left + extra, 0)))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([Causal(1, 1, 1), Causal(1, 1, 3, 2)])
        self.padded = Padded(5)
    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return self.padded(self.padded(x), 2)
"""


@pytest.mark.parametrize(
    ("code", "works"),
    [
        (CHOMP.replace("KERNEL", "2"), True),
        (CHOMP.replace("KERNEL", "3"), True),
        (CHOMP.replace("KERNEL", "1"), False),  # Cut at -0, nothing is left.
        (CAUSAL, True),
    ],
)
def test_causal_convolutions(designer: Page, code: str, works: bool) -> None:
    made = model(code).eval()
    cases = [(code, length) for length in LENGTHS]
    for length, found in zip(LENGTHS, designer.evaluate(ANSWERS, cases), strict=True):
        assert agrees(found, made, length), (length, found, ran(made, length))
        assert (found["error"] is None) == works


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


def test_random_forwards(designer: Page) -> None:
    draw = random.Random(7)
    cases = [(random_forward(i // 4), draw.randint(1, 60)) for i in range(4 * FORWARDS)]
    fits = 0
    for (code, length), found in zip(cases, designer.evaluate(ANSWERS, cases), strict=True):
        made = model(code)
        assert agrees(found, made, length), (code, length, found, ran(made, length))
        fits += found["error"] is None
    assert FORWARDS // 2 < fits < 4 * FORWARDS - FORWARDS // 2, fits


def test_random_unets_whose_ends_are_made_to_fit(designer: Page) -> None:
    cases = [random_unet(seed, fits=True) for seed in range(UNETS)]
    fits = 0
    for (code, length), found in zip(cases, designer.evaluate(ANSWERS, cases), strict=True):
        made = model(code)
        assert agrees(found, made, length), (code, length, found, ran(made, length))
        fits += found["error"] is None
    assert fits > UNETS // 2, fits


NOT_FOLLOWED = [
    "return self.conv(x[..., :n])",
    "return self.conv(x[..., :2.5])",
    "return self.conv(x[..., :x.shape[-1] / 2])",
    "return self.conv(x[..., ::x.shape[-1]])",
    "return self.conv(x[:, 0])",
    "return self.conv(x[:, :, None])",
    "return self.conv(x[..., mask])",
    "return self.conv(F.pad(x, (1, 1, 1, 1)))",
    "return self.conv(F.pad(x, (1, 1), mode=mode))",
    "return self.conv(F.pad(x, (1, n)))",
    "return self.conv(F.pad(self.conv(x).transpose(1, 2), (1, 1)))",
    "return self.conv(F.interpolate(x, size=n))",
    "return self.conv(F.interpolate(x, scale_factor=n))",
    "return self.up(x, output_size=n)",
    "return self.up(x, output_size=[1, 20])",
    "return self.conv(nn.AdaptiveAvgPool1d(x.shape[-1])(x))",
    "if x.shape[-1] > 9:\n    n = 4\nreturn self.conv(x[..., :n])",
    "n = 3\nif x.shape[-1] > 9:\n    n = 'x'\nreturn self.conv(x[..., :n])",
    "y = x\nif x.shape[-1] > 9:\n    y = self.conv(x)\nreturn self.conv(y)",
    "y = self.conv(x)\nif x.shape[-1] > 9:\n    x = y[..., 1:]\nreturn self.conv(x)",
    "y = [x, x[..., 1:]]\nif x.shape[-1] > 9:\n    x = y.pop()\nreturn self.conv(y[-1])",
    "y = x\nif x.shape[-1] > 9: y = y[..., 1:]\nif x.shape[-1] % 2: x = y\nreturn self.conv(x)",
    "y = x\nif x.shape[-1] > 9:\n    y = y[..., 1:]\nelse:\n    x = y\nreturn self.conv(x)",
    "x = self.conv(x)\nif x.shape[-1] > 9: x = x.mT\nreturn F.relu(x)",
    "if x.shape[-1] > 9:\n    x = x[..., 1:]\nelif flag:\n    x = x[..., 2:]\nreturn self.conv(x)",
    "y = x[..., 1:]\nx = y if x.shape[-1] > 9 else x\nreturn self.conv(x)",
    "x = x[..., 2:] if x.shape[-1] > 9 else self.conv(x)\nreturn self.conv(x)",
    "y = [x, x]\nx = y.pop()[..., 1:] if x.size(2) > 9 else x\nreturn self.conv(y[-1])",
    "if x.size(2) > 9 and self.conv(x).sum() > 0: x = x[..., 1:]\nreturn self.conv(x)",
    "return self.conv(x[..., :round(x.shape[-1] / 3, 0)])",
    "y = self.conv(x)\nif list(x.shape) != y.shape: x = x[..., 1:]\nreturn self.conv(x)",
    "y = self.conv(x).mT\nif x.shape != y.shape: x = x[..., 1:]\nreturn self.conv(x)",
    "if x.shape[-1] > 9: return x\nreturn self.conv(x)",
    "if x.shape[-1] > 9 and flag: x = x[..., 1:]\nreturn self.conv(x)",
    "return self.conv(self.pad(x, (1, 1)))",
    "return self.conv(utils.pad(x, (1, 1)))",
    "n = x.shape[-1]\nfor i in range(99):\n    n = n + n\nreturn self.conv(x[..., :n])",
    "n = x.shape[-1]\nx = x.transpose(1, 2)\nreturn self.conv(x)[..., :n]",
    "x = x[:, 1:]\nreturn self.conv(x.unsqueeze(1))",
    "return self.conv(x.flatten(1)[..., :3])",
]


@pytest.mark.parametrize(
    "forward",
    [
        "return self.conv(x[..., self.n:])",
        "return self.conv(x[..., :-self.n])",
        "return self.conv(x[..., :x.size(2) - self.n])",
        "return self.conv(F.pad(x, (self.n, 0)))",
        "return self.conv(F.interpolate(x, size=self.n + 1))",
        "return self.up(x, output_size=[100 + self.n])",
        "return self.conv([y for y in (x, x[..., 1:]) if y.size(2) > 9][-1])",
        "if x.size(2) > self.n: x = x[..., 1:]\nreturn self.conv(x)",
        "x = x[..., 1:] if x.size(2) % self.n else x\nreturn self.conv(x)",
    ],
)
def test_nothing_is_claimed_of_numbers_that_hang_on_a_condition(
    designer: Page, forward: str
) -> None:
    init = "self.n = 2\nif causal:\n    self.n = 3"
    [found] = designer.evaluate(ANSWERS, [(net(forward, init), 50)])
    assert found["incomplete"]


@pytest.mark.parametrize("forward", NOT_FOLLOWED)
def test_nothing_is_claimed_of_what_the_code_does_not_say(designer: Page, forward: str) -> None:
    [found] = designer.evaluate(ANSWERS, [(net(forward), 50)])
    assert found["incomplete"]


def test_where_the_code_raises_itself_no_length_is_claimed(designer: Page) -> None:
    code = net("if x.shape[-1] % 4:\n    raise ValueError(x.shape)\nreturn self.down(x)")
    made = model(code)
    cases = [(code, length) for length in LENGTHS]
    for length, found in zip(LENGTHS, designer.evaluate(ANSWERS, cases), strict=True):
        after, words = ran(made, length)
        assert found["after"] == after
        assert (found["error"] is None) == (words is None)
        if length % 4:
            assert found["error"]["words"] == "The code raises an error of its own here."
            assert not found["error"]["pytorch"]


ASSERTED = {
    "a multiple": "assert x.shape[-1] % 8 == 0, 'not a multiple of 8'\nreturn self.down(x)",
    "no words": "assert x.shape[-1] % 8 == 0\nreturn self.down(x)",
    "words with a number": """
        n = 4
        assert not x.size(2) % n, f"not a multiple of {n}"
        return self.down(x)
    """,
    "two ends": """
        y = self.up(self.down(x))
        assert y.size(2) == x.size(2), "the ends differ"
        return self.conv(x + y)
    """,
    "two shapes": """
        y = self.up(self.down(x))
        assert x.shape == y.shape, "the ends differ"
        return self.conv(x + y)
    """,
    "several things": "assert x.dim() == 3 and 5 <= x.size(2) < 40, 'no'\nreturn self.down(x)",
    "one of two": "T = x.size(2)\nassert T > 20 or T % 2 == 0\nreturn self.conv(x)",
    "behind a layer": "x = self.down(x)\nassert x.size(2) > 4, 'short'\nreturn self.down(x)",
    "on a condition": """
        if x.shape[-1] > 20:
            assert x.shape[-1] % 2 == 0, "odd"
            x = x[..., 1:]
        return self.down(x)
    """,
    "in a case that is refused else": """
        if x.size(2) % 2 == 0:
            n = 3
        else:
            assert x.size(2) > 20, "short"
            n = 4
        return self.conv(x[..., :n])
    """,
}


def asserted(made: nn.Module, length: int) -> tuple[int | None, str | None]:
    """Run a model that may assert something: the length that comes out, or the error."""
    try:
        return ran(made, length)
    except AssertionError as error:
        return None, ": ".join(["AssertionError", *filter(None, [str(error)])])


@pytest.mark.parametrize("name", ASSERTED)
def test_an_assertion_refuses_the_lengths_that_it_refuses_in_python(
    designer: Page, name: str
) -> None:
    code = net(ASSERTED[name])
    made, refused = model(code), 0
    cases = [(code, length) for length in LENGTHS]
    for length, found in zip(LENGTHS, designer.evaluate(ANSWERS, cases), strict=True):
        after, words = asserted(made, length)
        assert not found["incomplete"]
        assert found["after"] == after
        assert (found["error"] or {"words": None})["words"] == words, length
        failed = (words or "").startswith("AssertionError")
        assert words is None or found["error"]["pytorch"] != failed
        refused += failed
    assert 0 < refused < len(LENGTHS)


@pytest.mark.parametrize(
    "forward",
    [
        "assert x.shape[1] == 2\nreturn self.down(x)",
        "assert x.shape == (1, 2, n)\nreturn self.down(x)",
        "assert flag or x.shape[-1] == 4\nreturn self.down(x)",
        "assert self.conv(x).shape[-1] == 4\nreturn self.down(x)",
        "assert x[:, 0].shape == n, 'one'; return self.down(x)",
        "assert x.shape[-1] % self.n == 0\nreturn self.down(x)",
        "assert x.shape[-1] == 2\nx = x.transpose(1, 2)\nreturn self.down(x)",
        "assert x.ndim == 2\nx = x.unsqueeze(1)\nreturn self.down(x)",
        "assert (n := x.shape[-1]) and n2\nreturn self.down(x)",
        "assert x ?\nreturn self.down(x)",
        "assert x.shape[-1] ==\nreturn self.down(x)",
    ],
)
def test_an_assertion_that_cannot_be_decided_is_taken_as_met(designer: Page, forward: str) -> None:
    init = "self.n = 3\nif causal:\n    self.n = 4"
    [found] = designer.evaluate(ANSWERS, [(net(forward, init), 50)])
    assert found == {**found, "error": None, "after": 24, "incomplete": False}


def test_an_assertion_says_what_it_says(designer: Page) -> None:
    code = net("assert x.size(2) > 60, f'{x.shape} is too short'\nreturn self.down(x)")
    [found] = designer.evaluate(ANSWERS, [(code, 50)])
    words = "AssertionError: f'{x.shape} is too short'"  # What stands for the shape is not known.
    assert found["error"] == {"words": words, "pytorch": False}
    assert found["working"] == {"down": None, "up": 61}


def test_where_shapes_may_differ_in_channels_no_length_is_claimed(designer: Page) -> None:
    code = net("y = x[..., 3:]\nif x.shape != y.shape: x = x[..., 1:]\nreturn x + y[..., :1]")
    same = code.replace("3:", "0:", 1)
    sure, unsure = designer.evaluate(ANSWERS, [(code, 50), (same, 50)])
    assert agrees(sure, model(code), 50)
    assert unsure["after"] is None
    assert not unsure["error"]["pytorch"]
    assert "Whether these shapes differ" in unsure["error"]["words"]


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


def test_random_choices(designer: Page) -> None:
    draw = random.Random(9)
    cases = [(random_choice(i // 4), draw.randint(1, 60)) for i in range(4 * FORWARDS)]
    seen = {"followed": 0, "fits": 0, "asserted": 0, "taken": 0}
    for (code, length), found in zip(cases, designer.evaluate(ANSWERS, cases), strict=True):
        if found["incomplete"]:
            continue
        after, words = asserted(model(code), length)
        if words == "AssertionError: refused" and not found["error"]:
            seen["taken"] += 1  # Its length has more terms than the page counts with.
            continue
        assert found["after"] == after, (code, length, found, words)
        assert (found["error"] or {"words": None})["words"] == words, (code, length, found)
        seen["followed"] += 1
        seen["fits"] += words is None
        seen["asserted"] += words == "AssertionError: refused"
    assert seen["followed"] > 3 * FORWARDS, seen
    assert seen["fits"] > FORWARDS, seen
    assert seen["asserted"] > FORWARDS // 20 > 5 * seen["taken"], seen


def test_what_a_block_keeps_of_its_signals_is_not_taken_for_another_forward(designer: Page) -> None:
    block = (
        "class Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv = nn.Conv1d(1, 1, 3)\n    def forward(self, x):\n"
        "        self.length = x.shape[-1]\n        return self.conv(x)\n"
    )
    kept = "return self.block(x)[..., :self.block.length - 9]"
    [found] = designer.evaluate(ANSWERS, [(block + net(kept, "self.block = Block()"), 50)])
    assert found["incomplete"]


DECIDED = [
    "return self.conv(x)[..., :-2]",
    "return self.conv(F.pad(x, (5, 2)))",
    "return self.conv(F.pad(x, (-5, 0), mode='replicate'))",
    "return self.down(F.pad(x, (3, 0), mode='reflect'))",
    "return self.down(self.conv(x)[..., 3:-4])",
    "return self.down(x)[..., -6:]",
    "return self.down(x[:, :, :20])",
    "return self.conv(x)[..., 1::3]",
    "return self.down(x.narrow(2, 4, 11))",
    "return F.max_pool1d(self.conv(x), 3)",
    "return F.conv1d(self.conv(x), torch.ones(1, 1, 4), stride=2)",
    "return F.interpolate(self.down(x), scale_factor=3)",
]


def way_back(found: dict[str, Any], made: nn.Module) -> Callable[[int], int]:
    """Return what gives the length behind a model and the decoder that the page writes for it."""
    names: dict[str, Any] = {"nn": nn}
    exec(found["decoder"], names)

    @torch.no_grad()
    def back(length: int) -> int:
        return int(names["decoder"](made(torch.zeros(1, 1, length))).shape[-1])

    return back


@pytest.mark.parametrize("forward", DECIDED)
def test_decoders_bring_lengths_back(designer: Page, forward: str) -> None:
    code = net(forward)
    made, lengths = model(code), range(15, 60)
    answers = designer.evaluate(WAYS_BACK, [(code, length) for length in lengths])
    for length, found in zip(lengths, answers, strict=True):
        assert not found["incomplete"]
        back = way_back(found, made)
        assert back(length) == length
        if found["near"]:
            period = found["near"]["period"]
            for other in range(length % period or period, 80, period):
                assert other < found["least"] or back(other) == other, (length, other)


def random_pads(seed: int) -> str:
    """Return a model that widens and cuts both sides of its signal, maybe with a stride between."""
    draw = random.Random(seed)
    modes = ["constant", "reflect", "replicate", "circular"]
    lines = []
    for _ in range(draw.randint(1, 2)):
        sides = draw.choice([(-draw.randint(1, 6), draw.randint(1, 7)), (draw.randint(1, 7), -3)])
        lines.append(f"x = F.pad(x, {sides}, mode='{draw.choice(modes)}')")
        if draw.random() < 0.4:
            lines.append(draw.choice(["x = self.conv(x)", "x = self.down(x)", "x = self.up(x)"]))
    return net("\n".join([*lines, "return x"]))


def test_decoders_of_pads_that_cut_bring_back_the_shortest_lengths(designer: Page) -> None:
    brought = 0
    for seed in range(120):
        code = random_pads(seed)
        made = model(code)
        taken = {other for other in range(1, 40) if (ran(made, other)[0] or 0) > 0}
        cases = [(code, length) for length in (*range(1, 12), 36)]
        for (_, length), found in zip(cases, designer.evaluate(WAYS_BACK, cases), strict=True):
            assert (found["decoder"] is not None) == (length in taken), (code, length, found)
            if length not in taken:
                continue
            back = way_back(found, made)
            period = found["near"]["period"] if found["near"] else 40
            for other in taken & set(range(length % period, 40, period)):
                assert back(other) == other, (code, length, other)
                brought += other < 12
    assert brought > 1000


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        ("return self.conv(x)[..., :x.shape[-1] // 2]", "the cut in line 9 goes by the lengths"),
        ("return self.conv(F.pad(x, (0, -x.size(-1) % 8)))", "F.pad in line 9 goes by the lengths"),
        (
            "return self.up(x, output_size=[103])",
            "ConvTranspose1d in line 5 goes by its output_size",
        ),
        ("return self.conv(x)[..., 200:]", "Nothing is left that a decoder could bring back"),
    ],
)
def test_no_decoder_is_given_where_none_is_meaningful(
    designer: Page, forward: str, words: str
) -> None:
    [found] = designer.evaluate(WAYS_BACK, [(net(forward), 50)])
    assert not found["incomplete"]
    assert found["decoder"] is None
    assert words in found["none"]


def test_no_decoder_is_given_where_channels_are_concatenated(designer: Page) -> None:
    init = "self.wide = nn.Conv1d(3, 1, 3)"
    code = net("return self.wide(torch.cat([x, self.conv(x)[..., 2:], x], 1))", init)
    [found] = designer.evaluate(WAYS_BACK, [(code, 50)])
    assert "in line 9 channels of several signals are concatenated" in found["none"]


def test_the_checker_can_fail(designer: Page) -> None:
    [found] = designer.evaluate(ANSWERS, [(net("return self.conv(x)[..., :-2]"), 50)])
    assert agrees(found, model(net("return self.conv(x)[..., :-2]")), 50)
    assert not agrees(found, model(net("return self.conv(x)[..., :-3]")), 50)
