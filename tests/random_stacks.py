"""Stacks of one-dimensional layers: random ones, the same for the same seed, and chosen ones."""

import random
import warnings
from collections.abc import Callable

from torch import nn

__all__ = ["SAYING_CHANNELS", "random_stack"]

MODES = ("zeros", "zeros", "zeros", "reflect", "replicate", "circular")
ACTIVATIONS = (nn.ReLU, nn.GELU, nn.Tanh, nn.Identity, nn.Dropout, nn.SiLU, nn.PReLU)


class Draw(random.Random):
    """A source of settings; a wild one also draws settings that no layer takes."""

    wild = False

    def number(self, low: int, high: int) -> int:
        """Draw a number."""
        return self.randint(low - self.wild, high)

    def coin(self) -> bool:
        """Draw yes or no."""
        return self.random() < 0.5

    def sides(self, low: int, high: int) -> int | tuple[int, int]:
        """Draw the padding of one side, or of each."""
        return self.choice([self.randint(0, 3), (self.randint(low, high), self.randint(low, high))])

    def channels(self, right: int) -> int:
        """Draw the right number of channels, or a wild one."""
        return right + (self.wild and self.random() < 0.3)


def conv(draw: Draw, channels: int) -> nn.Module:
    outward, groups = draw.choice([1, 2, 4]), draw.choice([1, 1, 2])
    return nn.Conv1d(
        channels,
        outward,
        draw.number(1, 5),
        stride=draw.number(1, 4),
        padding=draw.number(0, 4),
        dilation=draw.number(1, 3),
        groups=groups if channels % groups == outward % groups == 0 else 1,
        bias=draw.coin(),
        padding_mode=draw.choice(MODES),
    )


def conv_with_word(draw: Draw, channels: int) -> nn.Module:
    padding, mode = draw.choice(["same", "same", "valid"]), draw.choice(MODES)
    kernel_size, dilation = draw.randint(1, 6), draw.randint(1, 3)
    return nn.Conv1d(
        channels, 2, kernel_size, padding=padding, dilation=dilation, padding_mode=mode
    )


def conv_transpose(draw: Draw, channels: int) -> nn.Module:
    return nn.ConvTranspose1d(
        channels,
        draw.choice([1, 2, 4]),
        draw.number(1, 5),
        stride=draw.number(1, 4),
        padding=draw.number(0, 3),
        output_padding=draw.number(0, 3),
        dilation=draw.number(1, 4),
    )


def max_pool(draw: Draw, channels: int) -> nn.Module:
    stride, padding = draw.choice([None, draw.number(1, 4)]), draw.number(0, 2)
    return nn.MaxPool1d(
        draw.number(1, 5), stride, padding, draw.number(1, 3), ceil_mode=draw.coin()
    )


def avg_pool(draw: Draw, channels: int) -> nn.Module:
    stride, padding = draw.choice([None, draw.number(1, 4)]), draw.number(0, 2)
    return nn.AvgPool1d(draw.number(1, 5), stride, padding, ceil_mode=draw.coin())


def lp_pool(draw: Draw, channels: int) -> nn.Module:
    stride = draw.choice([None, draw.number(1, 4)])
    return nn.LPPool1d(2, draw.number(1, 5), stride, ceil_mode=draw.coin())


def adaptive_pool(draw: Draw, channels: int) -> nn.Module:
    return draw.choice([nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d])(draw.number(1, 9))


def upsample(draw: Draw, channels: int) -> nn.Module:
    modes = ["nearest", "linear", "area", "nearest-exact"] + ["bilinear", "bicubic"] * draw.wild
    scale_factor, mode = draw.choice([1, 2, 3, 0.5, 1.7, 2.5]), draw.choice(modes)
    if draw.coin():
        return nn.Upsample(scale_factor=scale_factor, mode=mode)
    return nn.Upsample(size=draw.number(1, 20), mode=mode)


def pad(draw: Draw, channels: int) -> nn.Module:
    kind = draw.choice([nn.ZeroPad1d, nn.ReflectionPad1d, nn.ReplicationPad1d, nn.CircularPad1d])
    return kind(draw.sides(-2, 4))


def norm(draw: Draw, channels: int) -> nn.Module:
    kind = draw.choice([nn.BatchNorm1d, nn.InstanceNorm1d])
    channels = draw.channels(channels)
    if draw.coin():
        return nn.GroupNorm(1, channels, affine=draw.coin()).eval()
    return kind(channels, affine=draw.coin(), track_running_stats=draw.coin()).eval()


def glu(draw: Draw, channels: int) -> nn.Module:
    return nn.GLU(draw.choice([1, -1]))


def activation(draw: Draw, channels: int) -> nn.Module:
    return draw.choice(ACTIVATIONS)()


KINDS: list[Callable[[Draw, int], nn.Module]] = [
    *[conv, conv, conv, conv_with_word, conv_transpose, conv_transpose, max_pool, avg_pool],
    *[lp_pool, adaptive_pool, upsample, pad, pad, norm, glu, activation, activation],
]


def channels_after(layer: nn.Module, channels: int) -> int:
    """Return the channels that come out, or any number where the layer would raise."""
    if isinstance(layer, nn.GLU) and layer.dim == 1:
        return max(1, channels // 2)
    return int(getattr(layer, "out_channels", channels))


def random_stack(seed: int) -> tuple[list[nn.Module], int, int]:
    """Return layers, the channels that they take, and an input length.

    The layers fit one another's channels. Mostly their settings are possible ones; the lengths
    that they meet may still be too short.
    """
    draw = Draw(seed)
    draw.wild = draw.random() < 0.3
    first = channels = draw.choice([1, 2, 4])
    layers: list[nn.Module] = [draw.choice([nn.Conv1d(first, first, 1), nn.BatchNorm1d(first)])]
    for _ in range(draw.randint(1, 6)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Kernels of size 0.
            layers.append(draw.choice(KINDS)(draw, channels))
        channels = channels_after(layers[-1], channels)
    return [layer.eval() for layer in layers], first, draw.randint(0, 60)


SAYING = [
    "nn.PReLU(3)",
    "nn.PReLU(1), nn.Conv1d(3, 3, 1)",
    "nn.InstanceNorm1d(3)",
    "nn.InstanceNorm1d(5), nn.PReLU(3)",
    "nn.InstanceNorm1d(3), nn.LazyConv1d(2, 1), nn.Conv1d(2, 2, 1)",
    "nn.InstanceNorm1d(5), nn.InstanceNorm1d(3, affine=True)",
    "nn.InstanceNorm1d(5), nn.InstanceNorm1d(3, track_running_stats=True)",
    "nn.BatchNorm1d(3, affine=False)",
    "nn.BatchNorm1d(3, affine=False, track_running_stats=False)",
    "nn.BatchNorm1d(5, affine=False, track_running_stats=False), nn.PReLU(3)",
    "nn.GroupNorm(1, 3, affine=False)",
    "nn.GroupNorm(1, 5, affine=False), nn.GroupNorm(3, 3)",
    "nn.LazyBatchNorm1d(), nn.PReLU(3)",
    "nn.LayerNorm(9), nn.LayerNorm((3, 9))",
    "nn.RMSNorm((1, 3, 9))",
]
SAYING_CHANNELS = {
    stack: channels
    for layers in SAYING
    for stack, channels in (
        (f"{layers}, nn.AvgPool1d(10)", 3),
        # Here only what comes behind the pooling says them.
        (f"nn.AvgPool1d(10), nn.GLU(1), {layers}", 6),
    )
}
"""Stacks that refuse 9 samples in words that name the channels, with the channels they take.

Their layers say in many ways how many these are.
"""
