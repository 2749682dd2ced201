# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu = nn.Conv1d(1, 1, 3)
        self.sigma = deepcopy(self.mu)
