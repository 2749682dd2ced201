# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(1, 1, 32, stride=32)
        self.out = nn.Conv1d(1, 1, 3)
    def forward(self, x):
        return self.out(self.down(x) * x)
