# input: 100
# answer: complete

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
