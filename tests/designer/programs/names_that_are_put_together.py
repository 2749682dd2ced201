# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.depth = depth
        for i in range(depth):
            self.add_module("conv%d" % i, nn.Conv1d(1, 1, 3 + i, stride=2))
            setattr(self, "%s_%d" % ("Norm".lower(), i), nn.BatchNorm1d(1))

    def forward(self, x):
        for i in range(self.depth):
            x = getattr(self, "conv%d" % i)(x)
            x = getattr(self, "norm_x".replace("x", str(i)))(x)
        return x


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.startswith("Batch") or classname.endswith("2d"):
        nn.init.ones_(m.weight)


model = Net()
model.apply(weights_init)
