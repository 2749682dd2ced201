# input: 100
# answer: refused

class MyConv(nn.Conv1d):
    pass
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = MyConv(1, 8, 5, stride=2)
        self.b = MyConv(8, 8, kernel_size=3)
        self.c = nn.ModuleList(MyConv(8, 8, k) for k in (1, 2))
