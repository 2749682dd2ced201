# input: 16
# answer: stopped at line 9
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 4, 5, stride=2)

    def forward(self, x):
        return self.conv(x.permute(1, 2, 0)).permute(2, 0, 1)


model = Net()
