# input: 100
# answer: complete

def block(c_in, c_out, k=3, *, act=nn.ReLU):
    conv = nn.Conv1d(c_in, c_out, k, stride=2, padding=k // 2)
    unused = nn.Conv1d(1, 1, 99)
    return nn.Sequential(conv, nn.BatchNorm1d(c_out), act())
model = nn.Sequential(block(1, 16), block(16, 32, 5, act=nn.Tanh), *block(32, 8))
