# input: 100
# answer: refused

class A(nn.Module):
    expansion = 4
    def __init__(self, c):
        super().__init__()
        self.c = nn.Conv1d(c, c * self.expansion, 3)
class Net(nn.Module):
    def __init__(self, block=A, kinds={"a": A}):
        super().__init__()
        self.x = block(4)
        self.y = kinds["a"](block.expansion)
