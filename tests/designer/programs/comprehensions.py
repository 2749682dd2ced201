# input: 100
# answer: complete

channels = [1, 4, 8, 16]
pairs = zip(channels[:-1], channels[1:])
model = nn.Sequential(
    *[nn.Conv1d(a, b, 3) for a, b in pairs],
    *(nn.MaxPool1d(k) for k in range(2, 6) if k % 2 == 0),
    OrderedDict([("a", nn.ReLU()), ("b", nn.Tanh())])["b"],
)
