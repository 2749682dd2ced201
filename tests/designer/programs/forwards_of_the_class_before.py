# input: 100
# answer: refused

class ConvBlock(nn.Sequential):
    def __init__(self, c_in, c_out, stride):
        super().__init__(nn.Conv1d(c_in, c_out, 5, stride, 2), nn.ReLU())
    def forward(self, x):
        return super().forward(x) * 2
class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = ConvBlock(1, 2, 3)
        self.up = nn.ConvTranspose1d(2, 1, 5, 3, 1)
    def forward(self, x):
        return self.up(self.down(x))
class Gated(nn.Conv1d):
    def forward(self, x):
        return torch.sigmoid(super(Gated, self).forward(x))
class Net(Base):
    def __init__(self):
        super().__init__()
        self.gate = Gated(1, 1, 3, padding=1)
    def forward(self, x):
        return x + super().forward(x) * self.gate(x)
