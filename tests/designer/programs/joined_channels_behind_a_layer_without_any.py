# input: 16
# answer: complete
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(1, 4, 3, padding=1)
        self.b = nn.Conv1d(1, 4, 5, padding=2)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(torch.cat([self.a(x), self.b(x)], dim=1))


model = Net()
