# input: 4
# answer: complete
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 3, padding=1)

    def forward(self, x):
        return self.conv(x.transpose(1, 2))


model = Net()
