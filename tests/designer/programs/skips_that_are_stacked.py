# input: 100
# answer: stopped at line 14

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Conv1d(1, 2, 3, padding=1)
        self.convs = nn.ModuleList([nn.Conv1d(2, 2, k, 2, k // 2) for k in (3, 5, 4)])
        self.out = nn.Conv1d(2, 1, 3)
    def forward(self, x):
        x = self.start(x)
        x = torch.stack([x, x]).mean(0)
        skips = [conv(x) for conv in self.convs]
        return self.out(torch.stack(skips, dim=0).sum(dim=0))
