# input: 5
# answer: stopped at line 9
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 3)

    def forward(self, x):
        return self.conv(x)[:, :, [0, 2, 4]]


model = Net()
