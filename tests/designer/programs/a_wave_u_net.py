# input: 100
# answer: refused

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
