# input: 16
# answer: stopped at line 6
class Net(nn.Module):
    def forward(self, x):
        weight = x.mean(-1).view(x.size(0), x.size(1), 1, 1)
        return x * weight.expand_as(x)


model = Net()
