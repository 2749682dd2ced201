# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Conv1d(4, 1, 4, 2)
        self.fc = nn.LayerNorm(8)
        self.a = nn.Conv1d(1, 8, 4, 2)
    def forward(self, x):
        x = self.fc(self.a(x).transpose(1, 2)).permute(0, 2, 1)
        return self.b(F.glu(x, dim=1))
