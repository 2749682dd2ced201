# input: 100
# answer: complete

Conv = nn.Conv1d
conv3 = partial(Conv, kernel_size=3, padding=1)
act = lambda: nn.LeakyReLU(0.2)
make = {"pool": nn.MaxPool1d}
pool = make["pool"](2)
model = nn.Sequential(Conv(1, 2, 5), conv3(2, 2), act(), pool, conv3(2, 4, padding=0))
