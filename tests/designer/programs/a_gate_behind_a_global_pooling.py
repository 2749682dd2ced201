# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Conv1d(8, 8, 4, 2, 1)
        self.skip = nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Conv1d(8, 8, 1))
        self.a = nn.Conv1d(1, 8, 4, 2, 1)
    def forward(self, x):
        if x.dim() == 2:
            x = x.unsqueeze(1)
        x = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
        x = self.a(x)
        return self.b(x * torch.sigmoid(self.skip(x)))
