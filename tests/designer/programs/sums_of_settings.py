# input: 100
# answer: refused

factors = [4, 5, 8]
total = math.prod(factors)
model = nn.Sequential(
    nn.Conv1d(1, 1, total, stride=total, padding=max(0, (total - sum(factors)) // 2)),
    nn.Upsample(scale_factor=min(factors)),
    nn.Conv1d(1, 1, len(factors), dilation=abs(-3)),
)
