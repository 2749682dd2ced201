# input: 100
# answer: complete

class CausalConv(nn.Conv1d):
    def __init__(self, c_in, c_out, k, dilation=1, **kwargs):
        self.left = (k - 1) * dilation
        super().__init__(c_in, c_out, k, padding=self.left, dilation=dilation, **kwargs)
class Plain(nn.MaxPool1d):
    pass
class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)
model = nn.Sequential(CausalConv(1, 8, 5, stride=2), Swish(), Plain(2), Swish())
