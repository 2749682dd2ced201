"""The designer reads code as Python runs it: the same layers, in the same order."""

import inspect
import random
import re
import textwrap
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page
from torch import nn

from helpers import frontend

READ = "(code) => bookModules['torch_code.js'].read(code)"
IMPORTS = """
import math
from collections import OrderedDict
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm
"""


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    """Open a page that can read code."""
    page = browser.new_page()
    page.set_content(
        "".join(
            f"<script>{frontend.classic(n)}</script>" for n in frontend.scripts("torch_code.js")
        )
    )
    yield page
    page.close()


def ran(code: str) -> list[nn.Module]:
    """Run a program in Python; return the layers of its `model`, or of a fresh `Net`."""
    return [layer for _, layer in named(code)]


def named(code: str) -> list[tuple[str, nn.Module]]:
    """Run a program in Python; return its layers with their names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(IMPORTS + code, names)
    model = names["model"] if "model" in names else names["Net"]()
    return list(leaves(model, ""))


def leaves(module: nn.Module, path: str) -> Iterator[tuple[str, nn.Module]]:
    """Yield the layers in a model by name, one that is there twice each time."""
    parts = {n: part for n, part in module._modules.items() if n != "parametrizations" and part}
    if not parts and layer_of(module) is not nn.Module:
        yield path, module
    for name, part in parts.items():
        yield from leaves(part, f"{path}.{name}".lstrip("."))


def layer_of(module: nn.Module) -> type:
    """Return the layer of PyTorch that a module is, maybe with something of its own around it."""
    bases = [c for c in type(module).__mro__ if c.__module__.startswith("torch.nn.modules")]
    return bases[0]


def plain(layer: nn.Module) -> str:
    """Return a layer as PyTorch prints it, less what is said of its weights."""
    return f"{layer_of(layer).__name__}({layer.extra_repr()})"


def same(found: dict[str, Any], layers: list[nn.Module]) -> bool:
    """Say whether the page found these layers and had nothing to remark but what never runs."""
    remark = re.compile("forward is not followed|is never called, so it is left out")
    if not all(remark.search(note["words"]) for note in found["notes"]):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        built = [eval(layer["text"], {"nn": nn}) for layer in found["layers"]]
    return [plain(layer) for layer in built] == [plain(layer) for layer in layers]


PROGRAMS = {
    "a class of blocks": """
        class Down(nn.Module):
            expansion = 2
            def __init__(self, c_in, c_out, stride=2):
                super().__init__()
                self.conv = nn.Conv1d(c_in, c_out * self.expansion, 2 * stride, stride=stride)
                self.act = nn.ReLU()
            def forward(self, x):
                return self.act(self.conv(x))
        class Net(nn.Module):
            def __init__(self, channels=8, factors=(2, 3, 4)):
                super().__init__()
                sizes = [channels * 2**i for i in range(len(factors))]
                self.downs = nn.ModuleList()
                for i, stride in enumerate(factors):
                    self.downs.append(Down(sizes[i], sizes[i], stride))
                self.last = Down(c_in=sizes[-1], c_out=1)
    """,
    "functions that return layers": """
        def block(c_in, c_out, k=3, *, act=nn.ReLU):
            conv = nn.Conv1d(c_in, c_out, k, stride=2, padding=k // 2)
            unused = nn.Conv1d(1, 1, 99)
            return nn.Sequential(conv, nn.BatchNorm1d(c_out), act())
        model = nn.Sequential(block(1, 16), block(16, 32, 5, act=nn.Tanh), *block(32, 8))
    """,
    "wrappers with any arguments": """
        def WNConv1d(*args, **kwargs):
            return weight_norm(nn.Conv1d(*args, **kwargs))
        class Net(nn.Module):
            def __init__(self, d_model=4, strides=[2, 4, 5]):
                super().__init__()
                layers = [WNConv1d(1, d_model, kernel_size=7, padding=3)]
                for stride in strides:
                    d_model *= 2
                    layers += [nn.ELU(), WNConv1d(d_model // 2, d_model, kernel_size=2 * stride,
                        stride=stride, padding=math.ceil(stride / 2))]
                self.block = nn.Sequential(*layers)
    """,
    "conditions on numbers": """
        layers, n, norm = [], 4, None
        for i in range(n):
            layers.append(nn.Conv1d(2**i, 2 ** (i + 1), 3, dilation=3**i if i % 2 else 1))
            if norm is not None:
                layers.append(nn.BatchNorm1d(2 ** (i + 1)))
            elif i == 0 or i >= n - 1 and not norm:
                layers.append(nn.GELU())
            else:
                layers.append(nn.ReLU())
        model = nn.Sequential(*layers)
    """,
    "layers put in, taken out and exchanged": """
        model = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.ELU(), nn.SELU())
        model[1] = nn.MaxPool1d(2)
        model[-1] = nn.Conv1d(1, 1, 3)
        del model[0]
        model.insert(0, nn.Conv1d(1, 1, 5))
        model.append(nn.Mish())
        model.pop(-1)
        model.extend([nn.Softsign(), nn.SiLU()])
        model.add_module("last", nn.Sigmoid())
    """,
    "settings in dictionaries": """
        settings = {"kernel_size": 5, "padding": 1}
        settings["stride"] = 4
        settings.update(dilation=2, padding=3)
        common = dict(settings, bias=False)
        config = {"channels": [1, 8], "pool": 2}
        model = nn.Sequential(
            nn.Conv1d(*config["channels"], **settings),
            nn.Conv1d(8, 8, **common),
            nn.MaxPool1d(config["pool"], stride=config.get("hop", 3)),
        )
    """,
    "a name given twice": """
        model = nn.Sequential(nn.Conv1d(1, 1, 99))
        model = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU())
    """,
    "comprehensions": """
        channels = [1, 4, 8, 16]
        pairs = zip(channels[:-1], channels[1:])
        model = nn.Sequential(
            *[nn.Conv1d(a, b, 3) for a, b in pairs],
            *(nn.MaxPool1d(k) for k in range(2, 6) if k % 2 == 0),
            OrderedDict([("a", nn.ReLU()), ("b", nn.Tanh())])["b"],
        )
    """,
    "a model that is an nn.Sequential": """
        class ConvReLU(nn.Sequential):
            def __init__(self, c_in, c_out, **settings):
                super().__init__(nn.Conv1d(c_in, c_out, **settings), nn.ReLU())
        class Deep(nn.Sequential):
            def __init__(self, depth):
                dilations = [2**i for i in range(depth)]
                super().__init__(*[ConvReLU(4, 4, kernel_size=3, dilation=d) for d in dilations])
        model = nn.Sequential(ConvReLU(1, 4, kernel_size=7, stride=2), Deep(3))
    """,
    "classes that build on each other": """
        class Base(nn.Module):
            def __init__(self, kernel_size):
                super().__init__()
                self.conv = nn.Conv1d(1, 1, kernel_size)
                self.build()
            def build(self):
                pass
        class Wider(Base):
            def __init__(self, kernel_size, pool=2):
                super().__init__(kernel_size + 1)
                self.pool = nn.MaxPool1d(pool)
            def build(self):
                self.act = nn.GELU()
        class Widest(Wider):
            pass
        class Last(Widest):
            def __init__(self):
                super().__init__(4, pool=3)
                self.last = nn.ELU()
        model = nn.Sequential(Wider(4), Last(), Widest(kernel_size=2))
    """,
    "a method that makes layers": """
        class Net(nn.Module):
            def __init__(self, block=None, layers=(2, 1)):
                super(Net, self).__init__()
                self.inplanes = 4
                self.stem = nn.Conv1d(1, self.inplanes, 7, stride=2, padding=3, bias=False)
                self.layer1 = self._make_layer(4, layers[0])
                self.layer2 = self._make_layer(8, layers[1], stride=2)
            def _make_layer(self, planes, blocks, stride=1):
                downsample = None
                if stride != 1 or self.inplanes != planes:
                    downsample = nn.Conv1d(self.inplanes, planes, 1, stride=stride)
                layers = []
                if downsample is not None:
                    layers.append(downsample)
                self.inplanes = planes
                for _ in range(1, blocks):
                    layers.append(nn.Conv1d(self.inplanes, planes, 3, padding=1))
                return nn.Sequential(*layers)
    """,
    "loops that end early": """
        layers = []
        for kernel_size in range(2, 100):
            if kernel_size == 4:
                continue
            if kernel_size > 6:
                break
            layers.append(nn.MaxPool1d(kernel_size))
        def first(values):
            for value in values:
                if value > 3:
                    return nn.AvgPool1d(value)
            return nn.ReLU()
        layers.append(first([1, 2, 5, 9]))
        layers.append(first([]))
        model = nn.Sequential(*layers)
    """,
    "partial, lambda and other names": """
        Conv = nn.Conv1d
        conv3 = partial(Conv, kernel_size=3, padding=1)
        act = lambda: nn.LeakyReLU(0.2)
        make = {"pool": nn.MaxPool1d}
        pool = make["pool"](2)
        model = nn.Sequential(Conv(1, 2, 5), conv3(2, 2), act(), pool, conv3(2, 4, padding=0))
    """,
    "copies": """
        layer = nn.Conv1d(1, 1, 3)
        model = nn.Sequential(*[deepcopy(layer) for _ in range(3)], *[nn.ReLU()] * 2)
    """,
    "a configuration": """
        @dataclass
        class Config:
            channels: int = 4
            stride: int = 2
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                config = Config(stride=3)
                self.conv = nn.Conv1d(1, 4, kernel_size=2 * config.stride, stride=config.stride)
    """,
    "encoder and decoder in one": """
        class AE(nn.Module):
            def __init__(self, c=(1, 8, 16)):
                super().__init__()
                self.encoder = nn.Sequential()
                for i in range(len(c) - 1):
                    self.encoder.add_module(f"down{i}", nn.Conv1d(c[i], c[i + 1], 4, 2, 1))
                self.decoder = nn.ModuleDict({
                    "up": nn.ConvTranspose1d(c[2], c[1], 4, stride=2, padding=1),
                    "out": nn.ConvTranspose1d(c[1], c[0], 4, stride=2, padding=1),
                })
            def forward(self, x):
                return self.decoder["out"](self.decoder["up"](self.encoder(x)))
        if __name__ == "__main__":
            model = AE()
            print(type(model(torch.zeros(1, 1, 100))))
    """,
    "sums of settings": """
        factors = [4, 5, 8]
        total = math.prod(factors)
        model = nn.Sequential(
            nn.Conv1d(1, 1, total, stride=total, padding=max(0, (total - sum(factors)) // 2)),
            nn.Upsample(scale_factor=min(factors)),
            nn.Conv1d(1, 1, len(factors), dilation=abs(-3)),
        )
    """,
    "lists and dictionaries that are handed to containers": """
        layers = [nn.Conv1d(1, 1, 3), nn.ReLU()]
        named = {"a": nn.Tanh(), "b": nn.ELU()}
        pairs = [("c", nn.SELU())]
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = nn.ModuleList(layers)
                self.two = nn.ModuleDict(named)
                self.three = nn.Sequential(OrderedDict(pairs))
                self.convs = [nn.Conv1d(1, 1, k) for k in (3, 5)]
                self.convs = nn.ModuleList(self.convs)
        model = Net()
    """,
    "layers that are handed to objects": """
        class Block(nn.Module):
            def __init__(self, i, o, s=1, downsample=None, norm=nn.BatchNorm1d(3)):
                super().__init__()
                self.conv1 = nn.Conv1d(i, o, 3, s, 1)
                self.downsample = downsample
        class Stage(nn.Module):
            def __init__(self):
                super().__init__()
                self.l = self._make(4, 8, 2)
            def _make(self, i, o, s):
                downsample = None
                if s != 1:
                    downsample = nn.Sequential(nn.Conv1d(i, o, 1, s), nn.BatchNorm1d(o))
                return nn.Sequential(*[Block(i, o, s, downsample)])
        class AE(nn.Module):
            def __init__(self, encoder, decoder):
                super().__init__()
                self.pre = nn.Conv1d(1, 1, 3)
                self.encoder = encoder
                self.decoder = decoder
        decoder = nn.ConvTranspose1d(1, 1, 4, 2)
        encoder = nn.Conv1d(1, 1, 4, 2)
        model = nn.Sequential(Stage(), AE(encoder, decoder))
    """,
    "classes that are handed on": """
        class A(nn.Module):
            expansion = 4
            def __init__(self, c):
                super().__init__()
                self.c = nn.Conv1d(c, c * self.expansion, 3)
        class Net(nn.Module):
            def __init__(self, block=A, kinds={"a": A}):
                super().__init__()
                self.x = block(4)
                self.y = kinds["a"](block.expansion)
    """,
    "classes of one layer": """
        class CausalConv(nn.Conv1d):
            def __init__(self, c_in, c_out, k, dilation=1, **kwargs):
                self.left = (k - 1) * dilation
                super().__init__(c_in, c_out, k, padding=self.left, dilation=dilation, **kwargs)
        class Plain(nn.MaxPool1d):
            pass
        class Swish(nn.Module):
            def forward(self, x):
                return x * torch.sigmoid(x)
        model = nn.Sequential(CausalConv(1, 8, 5, stride=2), Swish(), Plain(2), Swish())
    """,
    "functions of Python": """
        from torch.nn import Conv1d as Conv, ReLU as Act
        dims = [1, *map(lambda m: 4 * m, (1, 2, 4))]
        layers = nn.ModuleDict()
        for i, (a, b) in enumerate(zip(dims[:-1], dims[1:])):
            layers["conv%d" % i] = Conv(a, b, int("3") if isinstance(a, (list, str)) else 3)
            layers["act" + str(i)] = getattr(nn, "GELU")() if i else Act()
            layers["pool_{}".format(i)] = nn.MaxPool1d(2) if isinstance(i, int) else None
        model = nn.Sequential(layers, *map(nn.MaxPool1d, [2, 3]))
    """,
    "loops that count": """
        layers, ch, length = [], 1, 64
        while ch < 16:
            layers.append(nn.Conv1d(ch, 2 * ch, 3, stride=2, padding=1))
            ch *= 2
        while length > 4:
            length //= 2
        layers.append(nn.AdaptiveAvgPool1d(length))
        model = nn.Sequential(*layers)
    """,
    "layers of one's own, called in ways that are not known": """
        class MyConv(nn.Conv1d):
            pass
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = MyConv(1, 8, 5, stride=2)
                self.b = MyConv(8, 8, kernel_size=3)
                self.c = nn.ModuleList(MyConv(8, 8, k) for k in (1, 2))
    """,
    "copies that stay": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.mu = nn.Conv1d(1, 1, 3)
                self.sigma = deepcopy(self.mu)
    """,
    "attributes of configurations": """
        from types import SimpleNamespace
        h = SimpleNamespace(rates=[4, 2], kernel=8)
        h.padding = h.kernel // 4
        model = nn.Sequential(*[
            nn.ConvTranspose1d(1, 1, h.kernel, stride, h.padding) for stride in h.rates])
    """,
    "named tuples": """
        import collections
        from collections import namedtuple
        Config = namedtuple("Config", "kernel stride")
        Other = collections.namedtuple("Other", ["kernel", "stride", "padding"], defaults=(1,))
        config, other = Config(3, stride=2), Other(5, 3)
        kernel, stride = config
        model = nn.Sequential(
            nn.Conv1d(1, 1, config.kernel, stride=config.stride),
            nn.Conv1d(1, 1, *other),
            nn.MaxPool1d(stride + config[0]),
        )
    """,
    "arguments of a program": """
        import argparse
        parser = argparse.ArgumentParser(description="trains")
        parser.add_argument("-k", "--kernel-size", type=int, default=8)
        parser.add_argument("--stride", type=int, default=3, help="of each layer")
        parser.add_argument("--bias", action="store_true")
        parser.add_argument("--rates", nargs="+", type=int, default=[2, 3], dest="factors")
        args = parser.parse_args([])
        model = nn.Sequential(
            nn.Conv1d(1, 1, args.kernel_size, stride=args.stride, bias=args.bias),
            *[nn.MaxPool1d(factor) for factor in args.factors],
        )
    """,
    "a configuration with lists": """
        from dataclasses import field
        @dataclass
        class Config:
            kernels: list = field(default_factory=lambda: [3, 5])
            stride: int = field(default=2)
        class Net(nn.Module):
            def __init__(self, config=Config()):
                super().__init__()
                self.convs = nn.ModuleList(
                    [nn.Conv1d(1, 1, k, config.stride) for k in config.kernels])
    """,
    "lines of all kinds": """
        import random; pool = nn.MaxPool1d(2)
        first = second = 3; third: int = 5
        (a, b), *rest = (first, second), third
        conv = nn.Conv1d(a - 2,
                         1, \\
                         kernel_size=third)
        model = nn.Sequential(conv, pool, nn.Conv1d(1, 1, (n := 3)), nn.ReLU() if n == 3 else None)
        assert len(model) == 4
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(reader: Page, name: str) -> None:
    code = textwrap.dedent(PROGRAMS[name])
    found = reader.evaluate(READ, code)
    if name == "a name given twice":
        assert [note["line"] for note in found["notes"]] == [2]
        assert "line 3 gives model anew" in found["notes"].pop()["words"]
    assert same(found, ran(code)), (found, ran(code))
    calls = [layer["name"].removeprefix("model.") for layer in found["layers"]]
    assert calls == [path for path, _ in named(code)]


FORWARDS = {
    "a pool that is used twice": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.pool = nn.MaxPool1d(2)
                self.fc = nn.Linear(8 * 24, 10)
                self.conv2 = nn.Conv1d(4, 8, 3)
                self.conv1 = nn.Conv1d(1, 4, 3)
            def forward(self, x):
                x = self.pool(F.relu(self.conv1(x)))
                x = self.pool(torch.relu(self.conv2(x)))
                x = x.view(x.size(0), -1)
                return self.fc(x)
    """,
    "residual blocks": """
        class Residual(nn.Module):
            def __init__(self, channels, dilation, shortcut=False):
                super().__init__()
                self.shortcut = nn.Conv1d(channels, channels, 1) if shortcut else nn.Identity()
                self.norm = nn.BatchNorm1d(channels)
                self.convs = nn.ModuleList(
                    nn.Conv1d(channels, channels, 3, padding=d, dilation=d) for d in (1, dilation))
            def forward(self, x):
                y = x
                for conv in self.convs:
                    y = conv(F.leaky_relu(y, 0.1))
                return self.norm(y) * 0.5 + x
        class Net(nn.Module):
            def __init__(self, dilations=(1, 3)):
                super().__init__()
                self.out = nn.Conv1d(2, 1, 7, padding=3)
                self.blocks = nn.ModuleList([Residual(2, d) for d in dilations])
                self.down = nn.Conv1d(1, 2, 4, stride=2, padding=1)
            def forward(self, x):
                B, C, L = x.shape
                x = self.down(x)
                for i, block in enumerate(self.blocks):
                    x = block(x) if i % 2 == 0 else x + block(x)
                return self.out(x).tanh()
    """,
    "an autoencoder in methods": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.decoder = nn.Sequential(nn.ConvTranspose1d(4, 1, 4, stride=4), nn.Tanh())
                self.mu, self.var = nn.Conv1d(4, 4, 1), nn.Conv1d(4, 4, 1)
                self.encoder = nn.Sequential(nn.Conv1d(1, 4, 4, stride=4), nn.GELU())
            def encode(self, x):
                h = self.encoder(x)
                return self.mu(h), self.var(h)
            def sample(self, mu, logvar):
                std = torch.exp(0.5 * logvar)
                return mu + std * torch.zeros_like(std)
            def forward(self, x):
                mu, logvar = self.encode(x)
                z = self.sample(mu, logvar)
                return self.decoder(z), mu, logvar
    """,
    "a WaveNet": """
        class Block(nn.Module):
            def __init__(self, c, d):
                super().__init__()
                self.skip = nn.Conv1d(c, c, 1)
                self.res = nn.Conv1d(c, c, 1)
                self.conv = nn.Conv1d(c, 2 * c, 3, dilation=d, padding=d)
            def forward(self, x):
                a, b = self.conv(x).chunk(2, dim=1)
                h = torch.tanh(a) * torch.sigmoid(b)
                return x + self.res(h), self.skip(h)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.end = nn.Conv1d(4, 1, 1)
                self.blocks = nn.ModuleList([Block(4, 2**i) for i in range(3)])
                self.start = nn.Conv1d(1, 4, 1)
            def forward(self, x):
                x = self.start(x)
                total = 0
                for block in self.blocks:
                    x, skip = block(x)
                    total = total + skip
                return self.end(F.relu(total))
    """,
    "a U-Net": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                settings = dict(kernel_size=4, stride=2, padding=1)
                ups = [nn.ConvTranspose1d(c, o, **settings) for c, o in ((8, 4), (8, 1))]
                self.ups = nn.ModuleList(ups)
                self.downs = nn.ModuleList([nn.Conv1d(1, 4, 2, 2), nn.Conv1d(4, 8, 4, 2, 1)])
            def forward(self, x):
                skips = []
                for down in self.downs:
                    x = F.gelu(down(x))
                    skips.append(x)
                skips.pop()
                x = self.ups[0](x)
                return self.ups[1](torch.cat([x, skips.pop()], dim=1))
    """,
    "a gate behind a global pooling": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.b = nn.Conv1d(8, 8, 4, 2, 1)
                self.skip = nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Conv1d(8, 8, 1))
                self.a = nn.Conv1d(1, 8, 4, 2, 1)
            def forward(self, x):
                if x.dim() == 2:
                    x = x.unsqueeze(1)
                x = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
                x = self.a(x)
                return self.b(x * torch.sigmoid(self.skip(x)))
    """,
    "features of each layer": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.last = nn.Conv1d(4, 1, 1)
                self.layers = nn.ModuleList([nn.Conv1d(c, 4, 4, 2) for c in (1, 4, 4)])
            def forward(self, x):
                features = []
                for layer in self.layers:
                    x = F.leaky_relu(layer(x))
                    features.append(x)
                return self.last(x), features
    """,
    "channels last for a while": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.b = nn.Conv1d(4, 1, 4, 2)
                self.fc = nn.LayerNorm(8)
                self.a = nn.Conv1d(1, 8, 4, 2)
            def forward(self, x):
                x = self.fc(self.a(x).transpose(1, 2)).permute(0, 2, 1)
                return self.b(F.glu(x, dim=1))
    """,
    "parts by number and name": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                up = nn.ConvTranspose1d(2, 1, 4, 2)
                self.ups = nn.ModuleDict({"b": nn.Upsample(scale_factor=2), "a": up})
                self.downs = nn.ModuleList([nn.Conv1d(1, 2, 4, 2), nn.MaxPool1d(2)])
            def forward(self, x, scale=None):
                if scale is not None:
                    x = x * scale
                x = self.downs[1](self.downs[0](x))
                return self.ups["a"](self.ups["b"](x.contiguous()))
    """,
}


@pytest.mark.parametrize("name", FORWARDS)
def test_a_signal_is_followed_through_forward(reader: Page, name: str) -> None:
    code = textwrap.dedent(FORWARDS[name])
    names: dict[str, Any] = {}
    exec(IMPORTS + "import torch.nn.functional as F\n" + code, names)
    model = names["Net"]()
    met: list[tuple[str, nn.Module]] = []
    for path, layer in leaves(model, ""):
        layer.register_forward_hook(lambda layer, *_, path=path: met.append((path, layer)))
    model(torch.zeros(1, 1, 104 if name == "a U-Net" else 102))
    found = reader.evaluate(READ, code)
    assert not found["incomplete"]
    # What is no layer here, or beside the way that goes farthest.
    way = [(path, layer) for path, layer in met if not re.search(r"\b(var|fc|skip(\.\d)?)$", path)]
    assert [layer["name"] for layer in found["layers"]] == [path for path, _ in way]
    texts = [eval(layer["text"], {"nn": nn}) for layer in found["layers"]]
    assert [plain(layer) for layer in texts] == [plain(layer) for _, layer in way]


def test_a_block_that_returns_two_lengths_is_followed_from_outside(reader: Page) -> None:
    code = """
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv1d(1, 1, 3, padding=1)
                self.pool = nn.MaxPool1d(2)
            def forward(self, x):
                skip = self.conv(x)
                return skip, self.pool(skip)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.block = Block()
                self.out = nn.Conv1d(1, 1, 3)
            def forward(self, x):
                skip, x = self.block(x)
                return self.out(x)
    """
    found = reader.evaluate(READ, textwrap.dedent(code))
    assert [layer["name"] for layer in found["layers"]] == ["block.conv", "block.pool", "out"]
    assert not found["incomplete"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x = torch.cat([x, x], dim=-1)", "forward is not followed"),
        ("return self.c(x, output_size=[3])", "output_size decides a length"),
        ("x = x[..., :-n]", "without the cut in line 6"),
        ("x = F.pad(x, (n, 0))", "without pad in line 6"),
        ("x = something(x)", "forward is not followed"),
        ("x = torch.cat([x, x], -1)", "forward is not followed"),
        ("while x.size(-1) > 10: x = self.c(x)", "forward is not followed"),
        ("if self.training: x = self.c(x)", "forward is not followed"),
        ("x = self.c(self.c(x).transpose(1, 2))", "forward is not followed"),
    ],
)
def test_a_forward_that_does_more_is_not_followed(reader: Page, line: str, words: str) -> None:
    code = (
        "class Net(nn.Module):\n  def __init__(self):\n    super().__init__()\n"
        "    self.c = nn.Conv1d(1, 1, 3)\n  def forward(self, x):\n"
        f"    {line}\n    return self.c(x)"
    )
    found = reader.evaluate(READ, code)
    assert [layer["text"] for layer in found["layers"]] == ["nn.Conv1d(1, 1, 3)"]
    assert any(words in note["words"] and note["line"] in (5, 6) for note in found["notes"])
    assert found["incomplete"]


def test_what_a_program_has_to_be_told_is_not_known(reader: Page) -> None:
    code = """
        parser = argparse.ArgumentParser()
        parser.add_argument("kernel", type=int)
        group = parser.add_argument_group("layers")
        group.add_argument("--deep", action="store_true")
        args = parser.parse_args()
        nn.Conv1d(1, 1, args.kernel)
        if args.deep:
            nn.MaxPool1d(2)
    """
    found = reader.evaluate(READ, textwrap.dedent(code))
    assert found["incomplete"]
    words = [note["words"] for note in found["notes"]]
    assert words[0].startswith("kernel_size is args.kernel, and the code does not say")
    assert words[1].startswith("a condition is not followed")


def test_the_checker_can_fail(reader: Page) -> None:
    code = "model = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU())"
    assert same(reader.evaluate(READ, code), ran(code))
    assert not same(reader.evaluate(READ, code.replace("3", "4")), ran(code))
    assert not same(reader.evaluate(READ, code + "\nfoo()"), ran(code))
    assert not same(reader.evaluate(READ, "nn.ReLU()"), ran(code))


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
            f"        super().__init__()\n        self.s = s + k\n{body}"
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


def test_random_programs(reader: Page) -> None:
    compared = 0
    for seed in range(400):
        code = "\n".join(Program(seed).code)
        layers = ran(code)
        if len(layers) > 400 or isinstance(layers[0], nn.Sequential):
            continue
        found = reader.evaluate(READ, code)
        assert same(found, layers), (code, found, layers)
        compared += len(layers)
    assert compared > 2000


@pytest.mark.parametrize(
    ("code", "count", "line", "words"),
    [
        ("def f(n):\n  return [f(n), nn.ReLU()]\nf(3)", 11, 2, "nested too deep to follow"),
        ("while x:\n  layers.append(nn.ReLU())", 1, 1, "a loop is not followed"),
        ("net = nn.Sequential(nn.ReLU())\nnet[i] = nn.Tanh()", 1, 2, "which place of the list"),
        ("a = nn.ReLU() if flag else nn.Tanh()", 1, 1, "its first case is taken"),
        ("for i in range(3):\n  if go: break\n  nn.ReLU()", 3, 2, "taken as not met"),
        ("nn.Conv1d(1, 1, 3, padding:2)", 1, 1, ": is not understood here"),
        ("nn.Conv1d(1, 1, 010)", 0, 1, "kernel_size is 010"),
        (
            "class Crop(nn.Module):\n  def forward(self, x):\n    return x[..., :-n]\n"
            "nn.Sequential(Crop())",
            0,
            2,
            "without the cut in line 3",
        ),
        ("k = 3\nif cuda():\n  k = 5\nnn.Conv1d(1, 1, k)", 1, 2, "without being followed"),
        ("act = getattr(nn, name)\nnn.Sequential(nn.ReLU(), act())", 1, 2, "is not a layer"),
        (
            "class A(nn.Module):\n  def __init__(self):\n    self.pool = nn.MaxPool1d(2)\n"
            "  def forward(self, x):\n    x = odd(self.pool(x))\n    return self.pool(x)",
            1,
            4,
            "self.pool once only",
        ),
        (
            "class A(nn.Module):\n  def __init__(self):\n    self.c = nn.Conv1d(1, 1, 3)\n"
            "  def forward(self, x):\n    x = F.pad(x, (n, 0))\n    return self.c(x)",
            1,
            4,
            "without pad in line 5",
        ),
    ],
)
def test_what_cannot_be_followed_is_incomplete(
    reader: Page, code: str, count: int, line: int, words: str
) -> None:
    found = reader.evaluate(READ, code)
    assert len(found["layers"]) == count
    assert found["incomplete"]
    assert any(note["line"] == line and words in note["words"] for note in found["notes"]), found


def arguments(name: str) -> list[str]:
    """Return the names that a layer of PyTorch takes, in their order."""
    parameters = inspect.signature(getattr(nn, name).__init__).parameters.values()
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD][1:]


def keywords(name: str) -> list[str]:
    """Return the names that a layer of PyTorch takes as keywords only."""
    parameters = inspect.signature(getattr(nn, name).__init__).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]


def test_each_layer_takes_what_it_takes_in_pytorch(reader: Page) -> None:
    is_layer = "(names) => names.filter(bookModules['torch_layers.js'].isLayer)"
    known = [name for name in reader.evaluate(is_layer, dir(nn)) if name != "Identity"]
    assert len(known) > 50

    def remarks(name: str, given: str) -> str:
        notes = reader.evaluate(READ, f"nn.{name}({given})")["notes"]
        return " ".join(note["words"] for note in notes)

    for name in known:
        taken = arguments(name)
        for one in taken + keywords(name):
            assert "has no argument" not in remarks(name, f"{one}=1"), (name, one)
        for i, one in enumerate(taken):
            given = ", ".join(["1"] * (i + 1))
            twice = remarks(name, f"{given}, {one}=1")
            assert f"given {one} twice" in twice or not remarks(name, given), (name, one)
        assert re.search("has no argument other|needs|takes", remarks(name, "other=1")), name
        many = ", ".join(["1"] * (len(taken) + 1))
        assert re.search("at the most|takes no argument", remarks(name, many)), name


def test_what_is_said_of_arguments_that_the_code_does_not_give(reader: Page) -> None:
    code = "nn.Conv1d(1, 1, 3, padding_mode=mode)\nnn.Upsample(None, 2, mode)\nnn.ReLU(3, 4)"
    found = reader.evaluate(READ, code)
    assert [layer["text"] for layer in found["layers"]] == [
        "nn.Conv1d(1, 1, 3)",
        "nn.Upsample(None, 2)",
        "nn.ReLU(3)",
    ]
    words = [note["words"] for note in found["notes"]]
    assert words[0] == "padding_mode is not said, so 'zeros' is taken"
    assert words[1] == "mode is not said, so 'nearest' is taken"
    assert words[2].startswith("ReLU takes 1 argument at the most")


def test_what_trains_and_shows_a_model_is_passed_over(reader: Page) -> None:
    code = """
        import torch.nn.functional as F
        from torch.utils.data import DataLoader
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Parameter(torch.ones(1))
                self.conv = nn.Conv1d(1, 8, 5, stride=2)
                nn.init.kaiming_normal_(self.conv.weight)
                self.apply(self.start)
            @staticmethod
            def start(module):
                if isinstance(module, nn.Conv1d):
                    nn.init.zeros_(module.bias)
        torch.manual_seed(0)
        model = Net().to("cpu")
        loader = DataLoader(dataset, batch_size=4, shuffle=True)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        criterion = nn.MSELoss()
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if torch.cuda.device_count() > 1:
            model = nn.DataParallel(model)
        model = torch.compile(model)
        model, optimizer = accelerator.prepare(model, optimizer)
        stop = EarlyStopping(patience=3)
        step = 0
        while step < 10_000:
            step += 1
        while True:
            break
        losses = []
        for epoch in range(100):
            for x, y in loader:
                optimizer.zero_grad()
                loss = criterion(model(x), y) + F.l1_loss(model(x), y)
                loss.backward()
                optimizer.step()
        with torch.no_grad():
            print(model(torch.zeros(1, 1, 100)).shape)
    """
    found = reader.evaluate(READ, textwrap.dedent(code))
    assert [layer["text"] for layer in found["layers"]] == ["nn.Conv1d(1, 8, 5, stride=2)"]
    assert found["notes"] == []
    assert not found["incomplete"]
