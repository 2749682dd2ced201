# input: 100
# answer: complete

class ConvReLU(nn.Sequential):
    def __init__(self, c_in, c_out, **settings):
        super().__init__(nn.Conv1d(c_in, c_out, **settings), nn.ReLU())
class Deep(nn.Sequential):
    def __init__(self, depth):
        dilations = [2**i for i in range(depth)]
        super().__init__(*[ConvReLU(4, 4, kernel_size=3, dilation=d) for d in dilations])
model = nn.Sequential(ConvReLU(1, 4, kernel_size=7, stride=2), Deep(3))
