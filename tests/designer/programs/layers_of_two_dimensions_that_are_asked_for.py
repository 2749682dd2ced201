# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 5, stride=2)
        for m in self.modules():
            if isinstance(m, torch.nn.Conv2d):
                nn.init.kaiming_normal_(m.weight)
            elif isinstance(m, (nn.Conv1d, nn.BatchNorm2d)):
                nn.init.constant_(m.bias, 0)

    def forward(self, x):
        return self.conv(x)


model = Net()
