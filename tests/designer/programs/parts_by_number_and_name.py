# input: 100
# answer: complete

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
