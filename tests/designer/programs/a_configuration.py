# input: 100
# answer: refused

@dataclass
class Config:
    channels: int = 4
    stride: int = 2
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        config = Config(stride=3)
        self.conv = nn.Conv1d(1, 4, kernel_size=2 * config.stride, stride=config.stride)
