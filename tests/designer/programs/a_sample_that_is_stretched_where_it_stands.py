# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(1, 3, 32, stride=32)
        self.other = nn.Conv1d(1, 3, 30, stride=30)
    def forward(self, x):
        y = self.one(x)
        y += self.other(x)
        return y
