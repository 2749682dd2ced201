# input: 128
# answer: complete

import torch
from torch import nn, optim

from my_data import Recordings


class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.down = nn.Conv1d(1, width, 8, stride=4, padding=2)

    def forward(self, x):
        return self.down(x)


def train(model, loader, epochs=10):
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(epochs):
        for x, y in loader:
            loss = ((model(x) - y) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"{epochs} epochs")


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = Net(8).to(device)
loader = Recordings("train", batch_size=16)
train(model, loader)
print(model)

if __name__ == "__main__":
    for length in (64, 100):
        check = Net()
        assert check(torch.zeros(1, 1, length)).shape[-1] == length // 4
