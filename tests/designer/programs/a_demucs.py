# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self, depth=3, channels=4, kernel_size=8, stride=4):
        super().__init__()
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        c_in = 1
        for index in range(depth):
            encode = [nn.Conv1d(c_in, channels, kernel_size, stride), nn.ReLU(),
                      nn.Conv1d(channels, 2 * channels, 1), nn.GLU(dim=1)]
            self.encoder.append(nn.Sequential(*encode))
            decode = [nn.Conv1d(channels, 2 * channels, 3, padding=1), nn.GLU(dim=1),
                      nn.ConvTranspose1d(channels, c_in, kernel_size, stride)]
            if index > 0:
                decode += [nn.ReLU()]
            self.decoder.insert(0, nn.Sequential(*decode))
            c_in, channels = channels, 2 * channels
    def forward(self, mix):
        x = mix
        saved = []
        for encode in self.encoder:
            x = encode(x)
            saved.append(x)
        for decode in self.decoder:
            skip = saved.pop(-1)
            x += skip
            x = decode(x)
        return x
