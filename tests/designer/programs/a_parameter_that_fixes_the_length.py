# input: 16
# answer: complete
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 4, stride=2, padding=1)
        self.pos = nn.Parameter(torch.zeros(1, 4, 8))

    def forward(self, x):
        return self.conv(x) + self.pos


model = Net()
