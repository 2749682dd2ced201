# input: 100
# answer: refused

class Base(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, kernel_size)
        self.build()
    def build(self):
        pass
class Wider(Base):
    def __init__(self, kernel_size, pool=2):
        super().__init__(kernel_size + 1)
        self.pool = nn.MaxPool1d(pool)
    def build(self):
        self.act = nn.GELU()
class Widest(Wider):
    pass
class Last(Widest):
    def __init__(self):
        super().__init__(4, pool=3)
        self.last = nn.ELU()
model = nn.Sequential(Wider(4), Last(), Widest(kernel_size=2))
