# input: 16
# answer: refused
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 3)

    def forward(self, x):
        return torch.log_softmax(self.conv(x), dim=3)


model = Net()
