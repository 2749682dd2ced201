# input: 100
# answer: complete

model = nn.Sequential(nn.Conv1d(1, 1, 99))
model = nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU())
