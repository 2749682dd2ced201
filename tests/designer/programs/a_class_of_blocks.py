# input: 100
# answer: refused

class Down(nn.Module):
    expansion = 2
    def __init__(self, c_in, c_out, stride=2):
        super().__init__()
        self.conv = nn.Conv1d(c_in, c_out * self.expansion, 2 * stride, stride=stride)
        self.act = nn.ReLU()
    def forward(self, x):
        return self.act(self.conv(x))
class Net(nn.Module):
    def __init__(self, channels=8, factors=(2, 3, 4)):
        super().__init__()
        sizes = [channels * 2**i for i in range(len(factors))]
        self.downs = nn.ModuleList()
        for i, stride in enumerate(factors):
            self.downs.append(Down(sizes[i], sizes[i], stride))
        self.last = Down(c_in=sizes[-1], c_out=1)
