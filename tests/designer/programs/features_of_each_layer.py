# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Conv1d(4, 1, 1)
        self.layers = nn.ModuleList([nn.Conv1d(c, 4, 4, 2) for c in (1, 4, 4)])
    def forward(self, x):
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x))
            features.append(x)
        return self.last(x), features
