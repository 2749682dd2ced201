# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool1d(2)
        self.fc = nn.Linear(8 * 24, 10)
        self.conv2 = nn.Conv1d(4, 8, 3)
        self.conv1 = nn.Conv1d(1, 4, 3)
    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = x.view(x.size(0), -1)
        return self.fc(x)
