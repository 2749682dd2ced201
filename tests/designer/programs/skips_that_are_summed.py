# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Conv1d(1, 2, 3, padding=1)
        self.convs = nn.ModuleList([nn.Conv1d(2, 2, k, 2, k // 2) for k in (3, 4, 5)])
    def forward(self, x):
        x = self.start(x)
        skips = [conv(x) for conv in self.convs[::2]]
        return sum(skips) + sum([conv(x) for conv in self.convs])
