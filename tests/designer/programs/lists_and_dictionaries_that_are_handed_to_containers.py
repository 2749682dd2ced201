# input: 100
# answer: refused

layers = [nn.Conv1d(1, 1, 3), nn.ReLU()]
named = {"a": nn.Tanh(), "b": nn.ELU()}
pairs = [("c", nn.SELU())]
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.ModuleList(layers)
        self.two = nn.ModuleDict(named)
        self.three = nn.Sequential(OrderedDict(pairs))
        self.convs = [nn.Conv1d(1, 1, k) for k in (3, 5)]
        self.convs = nn.ModuleList(self.convs)
model = Net()
