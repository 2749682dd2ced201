"""The designer checks where skip connections meet, as PyTorch does when the model runs."""

import textwrap
from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import Browser, Page
from tests.pasted import ANSWERS, agrees, model, open_designer, ran
from tests.random_unets import random_unet
from torch import nn

UNETS = 600


@pytest.fixture(scope="module")
def designer(browser: Browser) -> Iterator[Page]:
    """Open a page that answers code and a length."""
    page = open_designer(browser)
    yield page
    page.close()


def lengths_behind(net: nn.Module, length: int) -> dict[str, set[int]]:
    """Return the lengths that come out of each layer, as far as PyTorch comes."""
    met: dict[str, set[int]] = {}

    def note(name: str, made: object) -> None:
        if isinstance(made, torch.Tensor):
            met.setdefault(name, set()).add(made.shape[-1])

    for name, layer in net.named_modules(remove_duplicate=False):
        layer.register_forward_hook(lambda _, __, made, name=name: note(name, made))
    ran(net, length)
    return met


def test_random_unets(designer: Page) -> None:
    cases = [random_unet(seed) for seed in range(UNETS)]
    seen = {"fits": 0, "sum": 0, "cat": 0, "layer": 0}
    for (code, length), found in zip(cases, designer.evaluate(ANSWERS, cases), strict=True):
        net = model(code)
        assert agrees(found, net, length), (code, length, found, ran(net, length))
        words = (found["error"] or {"words": ""})["words"]
        kind = "sum" if "tensor a" in words else "cat" if "Sizes of" in words else "layer"
        seen[kind if words else "fits"] += 1
        if found["ends"]:
            met = lengths_behind(net, length)
            for name, at in found["ends"]:
                assert at in met[name], (code, length, name, at)
                assert f" {at}" in words or f"({at})" in words
    assert seen["fits"] > UNETS // 4, seen
    assert seen["sum"] + seen["cat"] > UNETS // 4, seen
    assert min(seen["sum"], seen["cat"]) > UNETS // 12, seen


def test_the_checker_can_fail(designer: Page) -> None:
    code, length = next(
        case for case in map(random_unet, range(99)) if ran(model(case[0]), case[1])[1]
    )
    [found] = designer.evaluate(ANSWERS, [(code, length)])
    net = model(code)
    assert agrees(found, net, length)
    assert not agrees({**found, "error": None}, net, length)
    assert not agrees({**found, "error": {"words": "other", "pytorch": True}}, net, length)
    assert not agrees({**found, "incomplete": True}, net, length)
    assert not agrees({**found, "after": 7}, net, length)


MODELS = {
    "a Wave-U-Net": """
        class Net(nn.Module):
            def __init__(self, levels=3, filters=4):
                super().__init__()
                sizes = [filters * (i + 1) for i in range(levels)]
                self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
                for a, b in zip([1] + sizes[:-1], sizes):
                    self.encoder.append(nn.Sequential(
                        nn.Conv1d(a, b, 15, padding=7), nn.BatchNorm1d(b), nn.LeakyReLU(0.1)))
                last = sizes[-1]
                self.middle = nn.Sequential(nn.Conv1d(last, last, 15, padding=7), nn.Tanh())
                for a, b in zip([2 * sizes[-1]] + [s + t for s, t in zip(sizes[1:], sizes)][::-1],
                                sizes[::-1]):
                    self.decoder.append(nn.Sequential(nn.Conv1d(a, b, 5, padding=2), nn.ReLU()))
                self.up = nn.Upsample(scale_factor=2, mode="linear", align_corners=True)
                self.thin = nn.AvgPool1d(1, stride=2)
                self.out = nn.Conv1d(filters + 1, 1, kernel_size=1)
            def forward(self, input):
                skips = []
                o = input
                for layer in self.encoder:
                    o = layer(o)
                    skips.append(o)
                    o = self.thin(o)
                o = self.middle(o)
                for i, layer in enumerate(self.decoder):
                    o = self.up(o)
                    o = torch.cat([o, skips[len(skips) - 1 - i]], dim=1)
                    o = layer(o)
                o = torch.cat([o, input], dim=1)
                return torch.tanh(self.out(o))
    """,
    "a denoiser": """
        def exists(x):
            return x is not None
        def Upsample(dim, dim_out=None):
            return nn.Sequential(
                nn.Upsample(scale_factor=2, mode="nearest"),
                nn.Conv1d(dim, dim_out or dim, 3, padding=1))
        def Downsample(dim, dim_out=None):
            return nn.Conv1d(dim, dim_out or dim, 4, 2, 1)
        class Residual(nn.Module):
            def __init__(self, fn):
                super().__init__()
                self.fn = fn
            def forward(self, x, *args, **kwargs):
                return self.fn(x, *args, **kwargs) + x
        class RMSNorm(nn.Module):
            def __init__(self, dim):
                super().__init__()
                self.g = nn.Parameter(torch.ones(1, dim, 1))
            def forward(self, x):
                return F.normalize(x, dim=1) * self.g * (x.shape[1] ** 0.5)
        class Block(nn.Module):
            def __init__(self, dim, dim_out):
                super().__init__()
                self.proj = nn.Conv1d(dim, dim_out, 3, padding=1)
                self.norm = RMSNorm(dim_out)
                self.act = nn.SiLU()
            def forward(self, x, scale_shift=None):
                x = self.norm(self.proj(x))
                if exists(scale_shift):
                    scale, shift = scale_shift
                    x = x * (scale + 1) + shift
                return self.act(x)
        class ResnetBlock(nn.Module):
            def __init__(self, dim, dim_out):
                super().__init__()
                self.block1 = Block(dim, dim_out)
                self.block2 = Block(dim_out, dim_out)
                self.res_conv = nn.Conv1d(dim, dim_out, 1) if dim != dim_out else nn.Identity()
            def forward(self, x, time_emb=None):
                h = self.block2(self.block1(x))
                return h + self.res_conv(x)
        class Net(nn.Module):
            def __init__(self, dim=4, dim_mults=(1, 2, 4), channels=1):
                super().__init__()
                self.init_conv = nn.Conv1d(channels, dim, 7, padding=3)
                dims = [dim, *map(lambda m: dim * m, dim_mults)]
                in_out = list(zip(dims[:-1], dims[1:]))
                self.downs = nn.ModuleList([])
                self.ups = nn.ModuleList([])
                for ind, (dim_in, dim_out) in enumerate(in_out):
                    is_last = ind >= len(in_out) - 1
                    self.downs.append(nn.ModuleList([
                        ResnetBlock(dim_in, dim_in), Residual(nn.Conv1d(dim_in, dim_in, 1)),
                        Downsample(dim_in, dim_out) if not is_last
                        else nn.Conv1d(dim_in, dim_out, 3, padding=1)]))
                self.mid = ResnetBlock(dims[-1], dims[-1])
                for ind, (dim_in, dim_out) in enumerate(reversed(in_out)):
                    is_last = ind == len(in_out) - 1
                    self.ups.append(nn.ModuleList([
                        ResnetBlock(dim_out + dim_in, dim_out),
                        Upsample(dim_out, dim_in) if not is_last
                        else nn.Conv1d(dim_out, dim_in, 3, padding=1)]))
                self.final = ResnetBlock(dim * 2, dim)
                self.final_conv = nn.Conv1d(dim, channels, 1)
            def forward(self, x, t=None):
                x = self.init_conv(x)
                r = x.clone()
                h = []
                for block, attn, downsample in self.downs:
                    x = attn(block(x, t))
                    h.append(x)
                    x = downsample(x)
                x = self.mid(x, t)
                for block, upsample in self.ups:
                    x = torch.cat((x, h.pop()), dim=1)
                    x = upsample(block(x, t))
                x = torch.cat((x, r), dim=1)
                return self.final_conv(self.final(x, t))
    """,
    "a Demucs": """
        class Net(nn.Module):
            def __init__(self, depth=3, channels=4, kernel_size=8, stride=4):
                super().__init__()
                self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
                c_in = 1
                for index in range(depth):
                    encode = [nn.Conv1d(c_in, channels, kernel_size, stride), nn.ReLU(),
                              nn.Conv1d(channels, 2 * channels, 1), nn.GLU(dim=1)]
                    self.encoder.append(nn.Sequential(*encode))
                    decode = [nn.Conv1d(channels, 2 * channels, 3, padding=1), nn.GLU(dim=1),
                              nn.ConvTranspose1d(channels, c_in, kernel_size, stride)]
                    if index > 0:
                        decode += [nn.ReLU()]
                    self.decoder.insert(0, nn.Sequential(*decode))
                    c_in, channels = channels, 2 * channels
            def forward(self, mix):
                x = mix
                saved = []
                for encode in self.encoder:
                    x = encode(x)
                    saved.append(x)
                for decode in self.decoder:
                    skip = saved.pop(-1)
                    x += skip
                    x = decode(x)
                return x
    """,
    "features that are concatenated": """
        class Net(nn.Module):
            def __init__(self, kernels=(3, 4, 5), padding=2):
                super().__init__()
                self.branches = nn.ModuleList(
                    [nn.Conv1d(1, 2, k, padding=k // 2) for k in kernels])
                self.out = nn.Conv1d(6, 1, 1)
            def forward(self, x):
                return self.out(torch.cat([branch(x) for branch in self.branches], 1))
    """,
    "a shortcut that shrinks otherwise": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.short = nn.MaxPool1d(2)
                self.long = nn.Sequential(nn.Conv1d(1, 1, 5, stride=2, padding=2), nn.ReLU())
            def forward(self, x):
                return F.relu(self.short(x) + self.long(x))
    """,
    "a sample that is stretched": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.down = nn.Conv1d(1, 1, 32, stride=32)
                self.out = nn.Conv1d(1, 1, 3)
            def forward(self, x):
                return self.out(self.down(x) * x)
    """,
    "a sample that is stretched where it stands": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = nn.Conv1d(1, 3, 32, stride=32)
                self.other = nn.Conv1d(1, 3, 30, stride=30)
            def forward(self, x):
                y = self.one(x)
                y += self.other(x)
                return y
    """,
    "channels last": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Conv1d(1, 4, 4, stride=2)
                self.b = nn.Conv1d(1, 4, 5, stride=2, padding=1)
                self.norm = nn.LayerNorm(4)
            def forward(self, x):
                a = self.norm(self.a(x).transpose(1, 2))
                b = self.b(x).permute(0, 2, 1)
                return (a + b).transpose(1, 2)
    """,
    "forwards of the class before": """
        class ConvBlock(nn.Sequential):
            def __init__(self, c_in, c_out, stride):
                super().__init__(nn.Conv1d(c_in, c_out, 5, stride, 2), nn.ReLU())
            def forward(self, x):
                return super().forward(x) * 2
        class Base(nn.Module):
            def __init__(self):
                super().__init__()
                self.down = ConvBlock(1, 2, 3)
                self.up = nn.ConvTranspose1d(2, 1, 5, 3, 1)
            def forward(self, x):
                return self.up(self.down(x))
        class Gated(nn.Conv1d):
            def forward(self, x):
                return torch.sigmoid(super(Gated, self).forward(x))
        class Net(Base):
            def __init__(self):
                super().__init__()
                self.gate = Gated(1, 1, 3, padding=1)
            def forward(self, x):
                return x + super().forward(x) * self.gate(x)
    """,
    "features in a list": """
        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Conv1d(c, 4, 4, 2, 1) for c in (1, 4, 4)])
            def forward(self, x):
                feats = []
                for layer in self.layers:
                    x = layer(x)
                    feats.append(x)
                return feats
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = Encoder()
                self.ups = nn.ModuleList([nn.ConvTranspose1d(4, 4, 4, 2, 1) for _ in range(2)])
            def forward(self, x):
                feats = self.encoder(x)
                x = feats[-1]
                for i, up in enumerate(self.ups):
                    x = up(x) + feats[len(feats) - 2 - i]
                return x
    """,
    "skips that are summed": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.start = nn.Conv1d(1, 2, 3, padding=1)
                self.convs = nn.ModuleList([nn.Conv1d(2, 2, k, 2, k // 2) for k in (3, 4, 5)])
            def forward(self, x):
                x = self.start(x)
                skips = [conv(x) for conv in self.convs[::2]]
                return sum(skips) + sum([conv(x) for conv in self.convs])
    """,
    "skips that are stacked": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.start = nn.Conv1d(1, 2, 3, padding=1)
                self.convs = nn.ModuleList([nn.Conv1d(2, 2, k, 2, k // 2) for k in (3, 5, 4)])
                self.out = nn.Conv1d(2, 1, 3)
            def forward(self, x):
                x = self.start(x)
                x = torch.stack([x, x]).mean(0)
                skips = [conv(x) for conv in self.convs]
                return self.out(torch.stack(skips, dim=0).sum(dim=0))
    """,
    "a branch that is too short, beside the way": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.beside = nn.Conv1d(1, 1, 40)
                self.a = nn.Conv1d(1, 1, 3)
                self.b = nn.Conv1d(1, 1, 3)
            def forward(self, x):
                gate = self.beside(x)
                return self.b(self.a(x)), gate
    """,
}


@pytest.mark.parametrize("name", MODELS)
def test_models(designer: Page, name: str) -> None:
    code = textwrap.dedent(MODELS[name])
    net = model(code).eval()
    lengths = [*range(20, 70), 85, 91, 96, 128, 340, 597]
    cases = [(code, length) for length in lengths]
    refused = 0
    for length, found in zip(lengths, designer.evaluate(ANSWERS, cases), strict=True):
        assert agrees(found, net, length), (length, found, ran(net, length))
        refused += found["error"] is not None
    assert 0 < refused < len(cases) or name == "features that are concatenated"


@pytest.mark.parametrize("made", ["make_pool(2)", "blocks.Pool(2)", "Pool(2)"])
def test_nothing_is_claimed_behind_a_layer_that_is_not_known(designer: Page, made: str) -> None:
    code = textwrap.dedent(MODELS["a shortcut that shrinks otherwise"])
    [found] = designer.evaluate(ANSWERS, [(code.replace("nn.MaxPool1d(2)", made), 91)])
    assert found["incomplete"]
    assert found["error"] is None


def test_nothing_is_claimed_where_a_forward_may_return_earlier(designer: Page) -> None:
    code = textwrap.dedent(MODELS["a shortcut that shrinks otherwise"])
    early = "def forward(self, x):\n        if self.training:\n            return self.long(x)"
    changed = code.replace("def forward(self, x):", early)
    sure, unsure = designer.evaluate(ANSWERS, [(code, 91), (changed, 91)])
    assert sure["error"] is not None
    assert unsure["incomplete"]
    assert unsure["error"] is None


def test_a_stack_of_unknown_channels_is_refused_in_words_of_the_page(designer: Page) -> None:
    code = textwrap.dedent(MODELS["skips that are stacked"])
    code = code.replace("x = self.start(x)", "x = torch.cat([self.start(x), x], 1)")
    [found] = designer.evaluate(ANSWERS, [(code.replace("Conv1d(2, 2", "Conv1d(3, 2"), 90)])
    assert not found["incomplete"]
    assert not found["error"]["pytorch"]
    assert found["error"]["words"].endswith("and [1, \N{HORIZONTAL ELLIPSIS}, 46] at entry 2")


@pytest.mark.parametrize(
    "trim",
    [
        "center_trim(skip, x)",
        "unknown(skip)",
        "skip[..., :unknown]",
        "F.pad(skip, (0, unknown))",
        "F.interpolate(skip, size=unknown)",
    ],
)
def test_nothing_is_claimed_of_what_is_trimmed(designer: Page, trim: str) -> None:
    code = f"""
        def center_trim(tensor, reference):
            delta = tensor.size(-1) - reference.size(-1)
            if delta and tensor.requires_grad:
                tensor = tensor[..., delta // 2:-(delta - delta // 2)]
            return tensor
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.down = nn.Conv1d(1, 1, 4, stride=2)
                self.up = nn.ConvTranspose1d(1, 1, 4, stride=2)
            def forward(self, x):
                skip = x
                x = self.up(self.down(x))
                skip = {trim}
                return x + skip
    """
    [found] = designer.evaluate(ANSWERS, [(textwrap.dedent(code), 91)])
    assert found["incomplete"]
    assert found["error"] is None


def test_the_nearest_lengths_work_in_pytorch(designer: Page) -> None:
    cases = [random_unet(seed) for seed in range(UNETS, UNETS + 150)]
    compared = 0
    for (code, length), found in zip(cases, designer.evaluate(ANSWERS, cases), strict=True):
        if not found["working"]:
            continue
        net = model(code)
        down, up = found["working"]["down"], found["working"]["up"]
        works = {n for n in range(1, length + 60) if ran(net, n)[1] is None}
        assert down == max((n for n in works if n < length), default=None), (code, length)
        assert up == min((n for n in works if n > length), default=None) or up >= length + 60
        compared += down is not None
    assert compared > 20
