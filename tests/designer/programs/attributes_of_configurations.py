# input: 100
# answer: stopped at line 7

from types import SimpleNamespace
h = SimpleNamespace(rates=[4, 2], kernel=8)
h.padding = h.kernel // 4
model = nn.Sequential(*[
    nn.ConvTranspose1d(1, 1, h.kernel, stride, h.padding) for stride in h.rates])
