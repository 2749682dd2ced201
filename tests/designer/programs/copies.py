# input: 100
# answer: complete

layer = nn.Conv1d(1, 1, 3)
model = nn.Sequential(*[deepcopy(layer) for _ in range(3)], *[nn.ReLU()] * 2)
