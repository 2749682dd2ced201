# input: 100
# answer: refused

layers = []
for kernel_size in range(2, 100):
    if kernel_size == 4:
        continue
    if kernel_size > 6:
        break
    layers.append(nn.MaxPool1d(kernel_size))
def first(values):
    for value in values:
        if value > 3:
            return nn.AvgPool1d(value)
    return nn.ReLU()
layers.append(first([1, 2, 5, 9]))
layers.append(first([]))
model = nn.Sequential(*layers)
