"""Models of the kinds that are met in public, each in a few lines of our own."""

import itertools
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["KINDS"]


class WaveNet(nn.Module):
    """Gated, dilated, causal blocks with residuals and skips (van den Oord et al. 2016)."""

    def __init__(self, width: int = 8, blocks: int = 6) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, width, 1)
        self.gates = nn.ModuleList(
            nn.Conv1d(width, 2 * width, 2, dilation=2**i) for i in range(blocks)
        )
        self.residuals = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in range(blocks))
        self.last = nn.Conv1d(width, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Predict each next sample."""
        x, skips = self.first(x), []
        for gate, residual in zip(self.gates, self.residuals, strict=True):
            filtered = F.glu(gate(x), dim=1)
            skips.append(filtered)
            x = x[..., -filtered.shape[-1] :] + residual(filtered)
        return self.last(torch.stack([skip[..., -x.shape[-1] :] for skip in skips]).sum(0))


class Demucs(nn.Module):
    """Strided levels, an LSTM between them, centered crops on the way up (Défossez et al. 2019)."""

    def __init__(self, channels: tuple[int, ...] = (2, 4, 8, 16)) -> None:
        super().__init__()
        pairs = list(itertools.pairwise(channels))
        self.encoder = nn.ModuleList(
            nn.Sequential(nn.Conv1d(a, b, 8, 4), nn.ReLU(), nn.Conv1d(b, 2 * b, 1), nn.GLU(1))
            for a, b in pairs
        )
        self.lstm = nn.LSTM(channels[-1], channels[-1])
        self.decoder = nn.ModuleList(
            nn.Sequential(nn.Conv1d(b, 2 * b, 3), nn.GLU(1), nn.ConvTranspose1d(b, a, 8, 4))
            for a, b in reversed(pairs)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Separate one source."""
        skips = []
        for level in self.encoder:
            x = level(x)
            skips.append(x)
        x = self.lstm(x.permute(2, 0, 1))[0].permute(1, 2, 0)
        for level in self.decoder:
            skip = skips.pop()
            more = skip.shape[-1] - x.shape[-1]
            x = level(x + skip[..., more // 2 : more // 2 + x.shape[-1]])
        return x


class EEGNet(nn.Module):
    """Two-dimensional convolutions over electrodes and time, then a classifier (Lawhern 2018)."""

    def __init__(self, electrodes: int = 22, samples: int = 256, classes: int = 4) -> None:
        super().__init__()
        self.time = nn.Conv2d(1, 4, (1, 64), padding=(0, 32), bias=False)
        self.space = nn.Conv2d(4, 8, (electrodes, 1), groups=4, bias=False)
        self.norm, self.pool = nn.BatchNorm2d(8), nn.AvgPool2d((1, 4))
        self.separable = nn.Conv2d(8, 8, (1, 16), padding=(0, 8), groups=8)
        self.head = nn.Linear(8 * (samples // 32), classes)

    def forward(self, x: Tensor) -> Tensor:
        """Classify one trial."""
        self.space.weight.data = torch.renorm(self.space.weight.data, 2, 0, 1.0)
        x = self.pool(F.elu(self.norm(self.space(self.time(x)))))
        x = F.avg_pool2d(F.elu(self.separable(x)), (1, 8))
        return self.head(x.flatten(1))


class TCN(nn.Module):
    """Causal blocks that pad on both sides and chomp the end (Bai, Kolter and Koltun 2018)."""

    def __init__(self) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.weight_norm
        self.convs = nn.ModuleList(
            norm(nn.Conv1d(3 if i == 0 else 8, 8, 3, padding=2 * 2**i, dilation=2**i))
            for i in range(4)
        )
        self.shortcut, self.head = nn.Conv1d(3, 8, 1), nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Answer at each step, channels last."""
        for i, conv in enumerate(self.convs):
            y = F.dropout(F.relu(conv(x)[:, :, : -2 * 2**i]), 0.2, self.training)
            x = F.relu(y + (self.shortcut(x) if i == 0 else x))
        return self.head(x.transpose(1, 2))


class HiFiGAN(nn.Module):
    """Upsampling by transposed layers, with residual blocks in between (Kong et al. 2020)."""

    def __init__(self, rates: tuple[int, ...] = (8, 8, 2, 2), mels: int = 80) -> None:
        super().__init__()
        self.first = nn.Conv1d(mels, 32, 7, padding=3)
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(32 >> i, 16 >> i, 2 * rate, rate, rate // 2)
            for i, rate in enumerate(rates)
        )
        self.blocks = nn.ModuleList(
            nn.ModuleList(
                nn.Conv1d(16 >> i, 16 >> i, k, padding=(k - 1) // 2 * d, dilation=d)
                for k, d in ((3, 1), (7, 3))
            )
            for i in range(len(rates))
        )
        self.last = nn.Conv1d(16 >> (len(rates) - 1), 1, 7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        """Turn frames into samples."""
        x = self.first(x)
        for up, blocks in zip(self.ups, self.blocks, strict=True):
            x = up(F.leaky_relu(x, 0.1))
            x = sum(block(F.leaky_relu(x, 0.1)) + x for block in blocks) / len(blocks)
        return torch.tanh(self.last(F.leaky_relu(x)))


def padded_conv(conv: nn.Conv1d, x: Tensor, causal: bool = True) -> Tensor:
    """Pad so that ceil(length / stride) samples come out, all on the left or on both sides."""
    (k,), (s,), (d,) = conv.kernel_size, conv.stride, conv.dilation
    total = d * (k - 1) + 1 - s
    frames = (x.shape[-1] - (d * (k - 1) + 1) + total) / s + 1
    extra = (math.ceil(frames) - 1) * s + (d * (k - 1) + 1 - total) - x.shape[-1]
    left = total if causal else total - total // 2
    return conv(F.pad(x, (left, total - left + extra)))


class EnCodec(nn.Module):
    """Causal padding that depends on the length, an LSTM, trimmed transposed layers."""

    def __init__(self, ratios: tuple[int, ...] = (8, 5, 4, 2), causal: bool = True) -> None:
        super().__init__()
        self.ratios, self.causal = ratios, causal
        self.encoder = nn.ModuleList(
            nn.Conv1d(1 if i == 0 else 4, 4, 2 * r, r) for i, r in enumerate(ratios[::-1])
        )
        self.lstm = nn.LSTM(4, 4, num_layers=2)
        self.decoder = nn.ModuleList(
            nn.ConvTranspose1d(4, 1 if i == len(ratios) - 1 else 4, 2 * r, r)
            for i, r in enumerate(ratios)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Encode and decode."""
        for conv in self.encoder:
            x = F.elu(padded_conv(conv, x, self.causal))
        x = x + self.lstm(x.permute(2, 0, 1))[0].permute(1, 2, 0)
        for up, ratio in zip(self.decoder, self.ratios, strict=True):
            left = 0 if self.causal else ratio - ratio // 2
            x = up(F.elu(x))
            x = x[..., left : x.shape[-1] - (ratio - left)]
        return x


class Wav2Vec(nn.Module):
    """The feature encoder that reads raw samples: (batch, length) in (Baevski et al. 2020)."""

    def __init__(self) -> None:
        super().__init__()
        kernels, strides = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv1d(1 if i == 0 else 8, 8, k, s, bias=False),
                nn.GroupNorm(8, 8) if i == 0 else nn.Identity(),
                nn.GELU(),
            )
            for i, (k, s) in enumerate(zip(kernels, strides, strict=True))
        )
        self.norm = nn.LayerNorm(8)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """Return frames, channels last."""
        x = x[:, None]
        for layer in self.layers:
            x = layer(x)
        return self.norm(x.transpose(1, 2)), None


class DiffusionUNet(nn.Module):
    """A U-Net that is told a time step, with attention at the bottom."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.time = nn.Sequential(nn.Linear(16, width), nn.SiLU())
        self.first = nn.Conv1d(2, width, 7, padding=3)
        self.downs = nn.ModuleList(nn.Conv1d(width, width, 4, 2, 1) for _ in range(3))
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.ups = nn.ModuleList(
            nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv1d(width, width, 3, padding=1))
            for _ in range(3)
        )
        self.joins = nn.ModuleList(nn.Conv1d(2 * width, width, 1) for _ in range(3))
        self.last = nn.Conv1d(width, 2, 1)

    def forward(self, x: Tensor, step: Tensor) -> Tensor:
        """Predict the noise."""
        angles = step.float()[:, None] * torch.arange(8)
        told = self.time(torch.cat([angles.sin(), angles.cos()], dim=-1))
        x, skips = self.first(x) + told[:, :, None], []
        for down in self.downs:
            skips.append(x)
            x = down(x)
        y = x.transpose(1, 2)
        x = x + self.attention(y, y, y, need_weights=False)[0].transpose(1, 2)
        for up, join in zip(self.ups, self.joins, strict=True):
            x = join(torch.cat((up(x), skips.pop()), dim=1))
        return self.last(x)


class SEANet(nn.Module):
    """Down and up by strides 2, 4 and 5, with sums across (Tagliasacchi et al. 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.downs = nn.ModuleList(
            nn.Conv1d(1 if s == 2 else 4, 4, 2 * s, s, padding=s // 2) for s in (2, 4, 5)
        )
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(4, 1 if s == 2 else 4, 2 * s, s, padding=s // 2) for s in (5, 4, 2)
        )

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Enhance speech."""
        skips = [x]
        for down in self.downs:
            skips.append(F.elu(down(skips[-1])))
        x = skips.pop()
        for up in self.ups:
            x = F.elu(up(x)) + skips.pop()
        return {"enhanced": x}


class CRNN(nn.Module):
    """Convolutions over a spectrogram, then a recurrent layer over its frames."""

    def __init__(self, mels: int = 64) -> None:
        super().__init__()
        self.cnn = nn.Sequential(
            *(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(4, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d((4, 2))),
        )
        self.rnn = nn.GRU(8 * mels // 8, 16, batch_first=True, bidirectional=True)
        self.head = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return an answer for each frame, and one for all."""
        x = self.cnn(x[:, None])
        batch, channels, mels, frames = x.shape
        x = x.reshape(batch, channels * mels, frames).permute(0, 2, 1)
        frames_answers = self.head(self.rnn(x)[0]).sigmoid()
        return frames_answers, frames_answers.amax(1)


STEP = torch.tensor([3])
KINDS = {
    "WaveNet": (WaveNet, None, 1000, ()),
    "Demucs": (Demucs, None, 1000, ()),
    "EEGNet": (EEGNet, (1, 22), 256, ()),
    "TCN": (TCN, None, 100, ()),
    "HiFi-GAN": (HiFiGAN, None, 50, ()),
    "EnCodec": (EnCodec, None, 1000, ()),
    "wav2vec 2.0": (Wav2Vec, (), 1600, ()),
    "diffusion U-Net": (DiffusionUNet, None, 100, (STEP,)),
    "SEANet": (SEANet, None, 203, ()),
    "CRNN": (CRNN, 64, 101, ()),
}
"""A model, its channels, a length, and what else goes in."""
