# input: 16
# answer: stopped at line 9
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, 3, padding=1)
        self.time = nn.Linear(4, 8)

    def forward(self, x, t):
        return self.conv(x) + self.time(t).unsqueeze(-1)


model = Net()
