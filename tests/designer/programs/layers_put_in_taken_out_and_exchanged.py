# input: 100
# answer: stopped at line 7

model = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.ELU(), nn.SELU())
model[1] = nn.MaxPool1d(2)
model[-1] = nn.Conv1d(1, 1, 3)
del model[0]
model.insert(0, nn.Conv1d(1, 1, 5))
model.append(nn.Mish())
model.pop(-1)
model.extend([nn.Softsign(), nn.SiLU()])
model.add_module("last", nn.Sigmoid())
