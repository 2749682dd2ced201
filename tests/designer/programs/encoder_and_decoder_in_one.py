# input: 100
# answer: complete

class AE(nn.Module):
    def __init__(self, c=(1, 8, 16)):
        super().__init__()
        self.encoder = nn.Sequential()
        for i in range(len(c) - 1):
            self.encoder.add_module(f"down{i}", nn.Conv1d(c[i], c[i + 1], 4, 2, 1))
        self.decoder = nn.ModuleDict({
            "up": nn.ConvTranspose1d(c[2], c[1], 4, stride=2, padding=1),
            "out": nn.ConvTranspose1d(c[1], c[0], 4, stride=2, padding=1),
        })
    def forward(self, x):
        return self.decoder["out"](self.decoder["up"](self.encoder(x)))
if __name__ == "__main__":
    model = AE()
    print(type(model(torch.zeros(1, 1, 100))))
