# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.beside = nn.Conv1d(1, 1, 40)
        self.a = nn.Conv1d(1, 1, 3)
        self.b = nn.Conv1d(1, 1, 3)
    def forward(self, x):
        gate = self.beside(x)
        return self.b(self.a(x)), gate
