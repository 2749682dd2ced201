# input: 100
# answer: stopped at line 8

from dataclasses import field
@dataclass
class Config:
    kernels: list = field(default_factory=lambda: [3, 5])
    stride: int = field(default=2)
class Net(nn.Module):
    def __init__(self, config=Config()):
        super().__init__()
        self.convs = nn.ModuleList(
            [nn.Conv1d(1, 1, k, config.stride) for k in config.kernels])
