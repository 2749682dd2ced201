# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self, kernels=(3, 4, 5), padding=2):
        super().__init__()
        self.branches = nn.ModuleList(
            [nn.Conv1d(1, 2, k, padding=k // 2) for k in kernels])
        self.out = nn.Conv1d(6, 1, 1)
    def forward(self, x):
        return self.out(torch.cat([branch(x) for branch in self.branches], 1))
