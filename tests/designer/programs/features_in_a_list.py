# input: 100
# answer: refused

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
