# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(1, 4, 4, stride=2)
        self.b = nn.Conv1d(1, 4, 5, stride=2, padding=1)
        self.norm = nn.LayerNorm(4)
    def forward(self, x):
        a = self.norm(self.a(x).transpose(1, 2))
        b = self.b(x).permute(0, 2, 1)
        return (a + b).transpose(1, 2)
