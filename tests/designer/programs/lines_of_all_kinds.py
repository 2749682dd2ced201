# input: 100
# answer: stopped at line 10

import random; pool = nn.MaxPool1d(2)
first = second = 3; third: int = 5
(a, b), *rest = (first, second), third
conv = nn.Conv1d(a - 2,
                 1, \
                 kernel_size=third)
model = nn.Sequential(conv, pool, nn.Conv1d(1, 1, (n := 3)), nn.ReLU() if n == 3 else None)
assert len(model) == 4
