# input: 100
# answer: complete

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.decoder = nn.Sequential(nn.ConvTranspose1d(4, 1, 4, stride=4), nn.Tanh())
        self.mu, self.var = nn.Conv1d(4, 4, 1), nn.Conv1d(4, 4, 1)
        self.encoder = nn.Sequential(nn.Conv1d(1, 4, 4, stride=4), nn.GELU())
    def encode(self, x):
        h = self.encoder(x)
        return self.mu(h), self.var(h)
    def sample(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        return mu + std * torch.zeros_like(std)
    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.sample(mu, logvar)
        return self.decoder(z), mu, logvar
