# input: 100
# answer: complete

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
