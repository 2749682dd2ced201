# input: 16
# answer: complete
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, 3, padding=1)
        self.act = nn.Sigmoid()

    def forward(self, x):
        a, b = self.conv(x).chunk(2, 1)
        return b * self.act(a)


model = Net()
