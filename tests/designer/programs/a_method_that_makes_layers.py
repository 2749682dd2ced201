# input: 100
# answer: refused

class Net(nn.Module):
    def __init__(self, block=None, layers=(2, 1)):
        super(Net, self).__init__()
        self.inplanes = 4
        self.stem = nn.Conv1d(1, self.inplanes, 7, stride=2, padding=3, bias=False)
        self.layer1 = self._make_layer(4, layers[0])
        self.layer2 = self._make_layer(8, layers[1], stride=2)
    def _make_layer(self, planes, blocks, stride=1):
        downsample = None
        if stride != 1 or self.inplanes != planes:
            downsample = nn.Conv1d(self.inplanes, planes, 1, stride=stride)
        layers = []
        if downsample is not None:
            layers.append(downsample)
        self.inplanes = planes
        for _ in range(1, blocks):
            layers.append(nn.Conv1d(self.inplanes, planes, 3, padding=1))
        return nn.Sequential(*layers)
