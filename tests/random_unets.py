"""Random one-dimensional U-Nets as code, written in the ways in which people write them."""

import random
import re
import textwrap
from dataclasses import dataclass

__all__ = ["random_unet"]


@dataclass(frozen=True)
class Level:
    """One level of a U-Net: what goes down, what comes up, and what follows where both meet."""

    down: str
    up: str
    post: str


def random_unet(seed: int, *, fits: bool = False) -> tuple[str, int]:
    """Return the code of a class `Net` and an input length, which it may refuse.

    One that `fits` makes the ends of its skips equal where they meet, or tries to.
    """
    draw = random.Random(seed)
    joins = draw.choice(["cat", "add"])
    strides = [draw.randint(1, 4) for _ in range(draw.randint(1, 4))]
    levels = [level(draw, stride, joins) for stride in strides]
    style = STYLES[seed % len(STYLES)]
    length = draw.randint(10, 150)
    if not fits and draw.random() < 0.8:
        for stride in strides:
            length = length // stride * stride
    joint = join(draw, joins)
    if fits:
        fitted = draw.choice(FITS)
        joint = re.sub(r"\b(x|skip)\b", lambda end: fitted.get(end[0], end[0]), joint)
    return style(levels, joint), max(length, 1)


def level(draw: random.Random, stride: int, joins: str) -> Level:
    """Return a level whose way up mostly fits its way down."""
    kernel_size = stride + 2 * draw.randint(0, 2)
    padding = (kernel_size - stride) // 2
    down = f"nn.Conv1d(2, 2, {kernel_size}, stride={stride}, padding={padding})"
    if draw.random() < 0.3:
        down = f"nn.Sequential(nn.Conv1d(2, 2, 3, padding=1), nn.MaxPool1d({stride}))"
    output_padding = 0
    if draw.random() < 0.15:
        kernel_size = draw.randint(1, 7)
        padding = draw.randint(0, 2)
        output_padding = draw.randint(0, stride - 1)
    up = (
        f"nn.ConvTranspose1d(2, 2, {kernel_size}, stride={stride}, padding={padding}, "
        f"output_padding={output_padding})"
    )
    if draw.random() < 0.2:
        up = f"nn.Upsample(scale_factor={stride})"
    post = (
        f"nn.Conv1d({4 if joins == 'cat' else 2}, 2, 3, padding={0 if draw.random() < 0.05 else 1})"
    )
    return Level(down, up, post)


def join(draw: random.Random, joins: str) -> str:
    """Return an expression that puts x and skip together."""
    if joins == "cat":
        return draw.choice(
            [
                "torch.cat([x, skip], dim=1)",
                "torch.cat((skip, x), 1)",
                "torch.cat([x, skip], axis=-2)",
                "torch.concat([skip, F.relu(x)], dim=1)",
            ]
        )
    return draw.choice(
        ["x + skip", "skip + x", "torch.add(x, skip)", "x * torch.sigmoid(skip)", "x.mul(skip)"]
    )


FITS = [
    {"skip": "skip[..., :x.shape[-1]]"},
    {"x": "x[:, :, :skip.size(2)]"},
    {"x": "F.pad(x, (0, skip.shape[-1] - x.shape[-1]))"},
    {"x": "F.pad(x, [(skip.size(2) - x.size(2)) // 2, -((x.size(2) - skip.size(2)) // 2)])"},
    {"x": "F.pad(x, (skip.size(-1) - x.size(-1), 0), mode='replicate')"},
    {"x": "F.pad(x, (0, max(0, skip.size(-1) - x.size(-1))), mode='reflect')"},
    {"x": "F.interpolate(x, size=skip.shape[-1])"},
    {"x": "F.interpolate(x, skip.shape[2:], mode='linear')"},
    {end: f"{end}[..., :min(x.size(-1), skip.size(-1))]" for end in ("x", "skip")},
    {"skip": "skip.narrow(2, (skip.size(2) - x.size(2)) // 2, x.size(2))"},
    {"skip": "skip[:, :, abs(skip.size(2) - x.size(2)) // 2:][:, :, :x.size(2)]"},
]
"""What stands for the ends of a skip where they are made equal."""


def module(name: str, init: list[str], forward: list[str], takes: str = "x") -> str:
    """Return the code of a class."""
    head = f"class {name}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    body = textwrap.indent("\n".join(init), " " * 8)
    way = textwrap.indent("\n".join(forward), " " * 8)
    return f"{head}{body}\n    def forward(self, {takes}):\n{way}\n"


def by_name(levels: list[Level], joint: str) -> str:
    """Return a U-Net whose skips are variables."""
    init, forward = ["self.stem = nn.Conv1d(1, 2, 1)"], ["x = self.stem(x)"]
    for i, one in enumerate(levels):
        init += [
            f"self.down{i} = {one.down}",
            f"self.up{i} = {one.up}",
            f"self.post{i} = {one.post}",
        ]
        forward += [f"s{i} = x", f"x = F.relu(self.down{i}(x))"]
    for i in reversed(range(len(levels))):
        forward += [f"x = self.up{i}(x)", f"x = {joint.replace('skip', f's{i}')}"]
        forward.append(f"x = self.post{i}(x)")
    return module("Net", init, [*forward, "return x"])


def lists(levels: list[Level]) -> list[str]:
    """Return the lines that make the parts of a U-Net in lists, the way up from below."""
    downs = ", ".join(one.down for one in levels)
    ups = ", ".join(one.up for one in levels[::-1])
    posts = ", ".join(one.post for one in levels[::-1])
    return [
        "self.stem = nn.Conv1d(1, 2, 1)",
        f"self.downs = nn.ModuleList([{downs}])",
        f"self.ups = nn.ModuleList([{ups}])",
        f"self.posts = nn.ModuleList([{posts}])",
    ]


WAY_DOWN = [
    "x = self.stem(x)",
    "skips = []",
    "for down in self.downs:",
    "    skips.append(x)",
    "    x = down(x)",
]


def by_pop(levels: list[Level], joint: str) -> str:
    """Return a U-Net that takes its skips from the end of a list."""
    way = [
        *WAY_DOWN,
        "for up, post in zip(self.ups, self.posts):",
        "    skip = skips.pop()",
        "    x = up(x)",
        f"    x = post({joint})",
        "return x",
    ]
    return module("Net", lists(levels), way)


def by_zip(levels: list[Level], joint: str) -> str:
    """Return a U-Net that goes through its reversed skips."""
    turned = "reversed(skips)" if len(levels) % 2 else "skips[::-1]"
    way = [
        *WAY_DOWN,
        f"for i, (up, skip) in enumerate(zip(self.ups, {turned})):",
        "    x = up(x)",
        f"    x = F.gelu(self.posts[i]({joint}))",
        "return x",
    ]
    return module("Net", lists(levels), way)


def by_blocks(levels: list[Level], joint: str) -> str:
    """Return a U-Net of classes that give and take two signals."""
    blocks, init = [], ["self.stem = nn.Conv1d(1, 2, 1)"]
    forward = ["x = self.stem(x)"]
    for i, one in enumerate(levels):
        down = [f"self.down = {one.down}"]
        blocks.append(module(f"Down{i}", down, ["return self.down(x), x"]))
        up = [f"self.up = {one.up}", f"self.post = {one.post}"]
        way = ["x = self.up(x)", f"return self.post({joint})"]
        blocks.append(module(f"Up{i}", up, way, "x, skip"))
        init += [f"self.down{i} = Down{i}()", f"self.up{i} = Up{i}()"]
        forward.append(f"x, s{i} = self.down{i}(x)")
    forward += [f"x = self.up{i}(x, s{i})" for i in reversed(range(len(levels)))]
    return "\n".join([*blocks, module("Net", init, [*forward, "return x"])])


def by_shortcuts(levels: list[Level], joint: str) -> str:
    """Return a model of blocks that go down and up, each with a shortcut around it."""
    blocks, init = [], ["self.stem = nn.Conv1d(1, 2, 1)"]
    for i, one in enumerate(levels):
        parts = [f"self.down = {one.down}", f"self.up = {one.up}", f"self.post = {one.post}"]
        parts.append("self.shortcut = nn.Conv1d(2, 2, 1)")
        way = ["skip = self.shortcut(x)", "x = self.up(self.down(x))", f"return self.post({joint})"]
        blocks.append(module(f"Block{i}", parts, way))
        init.append(f"self.block{i} = Block{i}()")
    every = ", ".join(f"self.block{i}" for i in range(len(levels)))
    init.append(f"self.blocks = nn.Sequential({every})")
    return "\n".join([*blocks, module("Net", init, ["return self.blocks(self.stem(x))"])])


def by_methods(levels: list[Level], joint: str) -> str:
    """Return a U-Net in two methods that hand a dictionary of skips on."""
    down = "".join(
        f"        skips['s{i}'] = x\n        x = self.downs[{i}](x)\n" for i in range(len(levels))
    )
    up = "".join(
        f"        skip = skips['s{len(levels) - 1 - i}']\n        x = self.ups[{i}](x)\n"
        f"        x = self.posts[{i}]({joint})\n"
        for i in range(len(levels))
    )
    methods = (
        f"    def encode(self, x):\n        skips = {{}}\n{down}        return x, skips\n"
        f"    def decode(self, x, skips):\n{up}        return x\n"
    )
    way = ["x, skips = self.encode(self.stem(x))", "return self.decode(x, skips)"]
    return module("Net", lists(levels), way) + methods


STYLES = [by_name, by_pop, by_zip, by_blocks, by_shortcuts, by_methods]
