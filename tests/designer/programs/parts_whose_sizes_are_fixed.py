# input: 16
# answer: complete
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 4, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x).split([2, 6], dim=-1)[1]


model = Net()
