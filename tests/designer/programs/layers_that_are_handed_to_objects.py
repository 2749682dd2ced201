# input: 100
# answer: refused

class Block(nn.Module):
    def __init__(self, i, o, s=1, downsample=None, norm=nn.BatchNorm1d(3)):
        super().__init__()
        self.conv1 = nn.Conv1d(i, o, 3, s, 1)
        self.downsample = downsample
class Stage(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = self._make(4, 8, 2)
    def _make(self, i, o, s):
        downsample = None
        if s != 1:
            downsample = nn.Sequential(nn.Conv1d(i, o, 1, s), nn.BatchNorm1d(o))
        return nn.Sequential(*[Block(i, o, s, downsample)])
class AE(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.pre = nn.Conv1d(1, 1, 3)
        self.encoder = encoder
        self.decoder = decoder
decoder = nn.ConvTranspose1d(1, 1, 4, 2)
encoder = nn.Conv1d(1, 1, 4, 2)
model = nn.Sequential(Stage(), AE(encoder, decoder))
