# input: 100
# answer: complete

layers, n, norm = [], 4, None
for i in range(n):
    layers.append(nn.Conv1d(2**i, 2 ** (i + 1), 3, dilation=3**i if i % 2 else 1))
    if norm is not None:
        layers.append(nn.BatchNorm1d(2 ** (i + 1)))
    elif i == 0 or i >= n - 1 and not norm:
        layers.append(nn.GELU())
    else:
        layers.append(nn.ReLU())
model = nn.Sequential(*layers)
