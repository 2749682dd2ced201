# input: 100
# answer: complete

layers, ch, length = [], 1, 64
while ch < 16:
    layers.append(nn.Conv1d(ch, 2 * ch, 3, stride=2, padding=1))
    ch *= 2
while length > 4:
    length //= 2
layers.append(nn.AdaptiveAvgPool1d(length))
model = nn.Sequential(*layers)
