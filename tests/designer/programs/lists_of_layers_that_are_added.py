# input: 200
# answer: complete

class Net(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.downs = nn.ModuleList()
        for i in range(depth):
            self.downs += [nn.Conv1d(1, 1, 3, stride=2), nn.ReLU()]
        self.all = self.downs + nn.ModuleList([nn.Conv1d(1, 1, 2)])
        self.last = nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Conv1d(1, 1, 5), nn.ReLU())
        self.last += nn.Sequential(nn.MaxPool1d(2))

    def forward(self, x):
        for layer in self.all:
            x = layer(x)
        return self.last(x)


model = Net()
