# input: 16
# answer: stopped at line 6
class Net(nn.Module):
    def forward(self, x):
        b, c, n = x.shape
        return x.view(b, 2, c // 2, n).permute(0, 2, 3, 1).reshape(b, c // 2, 2 * n)


model = Net()
