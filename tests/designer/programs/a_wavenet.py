# input: 100
# answer: complete

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
