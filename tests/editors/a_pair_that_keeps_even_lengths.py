# tool: torchtyc
# asked: the pair with `kernel_size=4`, annotated to keep the length

from jaxtyping import Float
from torch import Tensor, nn


class Pair(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv1d(1, 1, 4, stride=2, padding=1)
        self.up = nn.ConvTranspose1d(1, 1, 4, stride=2, padding=1)

    def forward(self, x: Float[Tensor, "1 1 samples"]) -> Float[Tensor, "1 1 samples"]:
        return self.up(self.down(x))
