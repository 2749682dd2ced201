# input: 100
# answer: refused

from torch.nn import Conv1d as Conv, ReLU as Act
dims = [1, *map(lambda m: 4 * m, (1, 2, 4))]
layers = nn.ModuleDict()
for i, (a, b) in enumerate(zip(dims[:-1], dims[1:])):
    layers["conv%d" % i] = Conv(a, b, int("3") if isinstance(a, (list, str)) else 3)
    layers["act" + str(i)] = getattr(nn, "GELU")() if i else Act()
    layers["pool_{}".format(i)] = nn.MaxPool1d(2) if isinstance(i, int) else None
model = nn.Sequential(layers, *map(nn.MaxPool1d, [2, 3]))
