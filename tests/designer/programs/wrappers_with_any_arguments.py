# input: 100
# answer: refused

def WNConv1d(*args, **kwargs):
    return weight_norm(nn.Conv1d(*args, **kwargs))
class Net(nn.Module):
    def __init__(self, d_model=4, strides=[2, 4, 5]):
        super().__init__()
        layers = [WNConv1d(1, d_model, kernel_size=7, padding=3)]
        for stride in strides:
            d_model *= 2
            layers += [nn.ELU(), WNConv1d(d_model // 2, d_model, kernel_size=2 * stride,
                stride=stride, padding=math.ceil(stride / 2))]
        self.block = nn.Sequential(*layers)
