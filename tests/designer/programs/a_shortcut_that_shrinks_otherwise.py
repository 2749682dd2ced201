# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.short = nn.MaxPool1d(2)
        self.long = nn.Sequential(nn.Conv1d(1, 1, 5, stride=2, padding=2), nn.ReLU())
    def forward(self, x):
        return F.relu(self.short(x) + self.long(x))
