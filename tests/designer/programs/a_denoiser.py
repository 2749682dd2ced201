# input: 100
# answer: complete

def exists(x):
    return x is not None
def Upsample(dim, dim_out=None):
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv1d(dim, dim_out or dim, 3, padding=1))
def Downsample(dim, dim_out=None):
    return nn.Conv1d(dim, dim_out or dim, 4, 2, 1)
class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn
    def forward(self, x, *args, **kwargs):
        return self.fn(x, *args, **kwargs) + x
class RMSNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.g = nn.Parameter(torch.ones(1, dim, 1))
    def forward(self, x):
        return F.normalize(x, dim=1) * self.g * (x.shape[1] ** 0.5)
class Block(nn.Module):
    def __init__(self, dim, dim_out):
        super().__init__()
        self.proj = nn.Conv1d(dim, dim_out, 3, padding=1)
        self.norm = RMSNorm(dim_out)
        self.act = nn.SiLU()
    def forward(self, x, scale_shift=None):
        x = self.norm(self.proj(x))
        if exists(scale_shift):
            scale, shift = scale_shift
            x = x * (scale + 1) + shift
        return self.act(x)
class ResnetBlock(nn.Module):
    def __init__(self, dim, dim_out):
        super().__init__()
        self.block1 = Block(dim, dim_out)
        self.block2 = Block(dim_out, dim_out)
        self.res_conv = nn.Conv1d(dim, dim_out, 1) if dim != dim_out else nn.Identity()
    def forward(self, x, time_emb=None):
        h = self.block2(self.block1(x))
        return h + self.res_conv(x)
class Net(nn.Module):
    def __init__(self, dim=4, dim_mults=(1, 2, 4), channels=1):
        super().__init__()
        self.init_conv = nn.Conv1d(channels, dim, 7, padding=3)
        dims = [dim, *map(lambda m: dim * m, dim_mults)]
        in_out = list(zip(dims[:-1], dims[1:]))
        self.downs = nn.ModuleList([])
        self.ups = nn.ModuleList([])
        for ind, (dim_in, dim_out) in enumerate(in_out):
            is_last = ind >= len(in_out) - 1
            self.downs.append(nn.ModuleList([
                ResnetBlock(dim_in, dim_in), Residual(nn.Conv1d(dim_in, dim_in, 1)),
                Downsample(dim_in, dim_out) if not is_last
                else nn.Conv1d(dim_in, dim_out, 3, padding=1)]))
        self.mid = ResnetBlock(dims[-1], dims[-1])
        for ind, (dim_in, dim_out) in enumerate(reversed(in_out)):
            is_last = ind == len(in_out) - 1
            self.ups.append(nn.ModuleList([
                ResnetBlock(dim_out + dim_in, dim_out),
                Upsample(dim_out, dim_in) if not is_last
                else nn.Conv1d(dim_out, dim_in, 3, padding=1)]))
        self.final = ResnetBlock(dim * 2, dim)
        self.final_conv = nn.Conv1d(dim, channels, 1)
    def forward(self, x, t=None):
        x = self.init_conv(x)
        r = x.clone()
        h = []
        for block, attn, downsample in self.downs:
            x = attn(block(x, t))
            h.append(x)
            x = downsample(x)
        x = self.mid(x, t)
        for block, upsample in self.ups:
            x = torch.cat((x, h.pop()), dim=1)
            x = upsample(block(x, t))
        x = torch.cat((x, r), dim=1)
        return self.final_conv(self.final(x, t))
