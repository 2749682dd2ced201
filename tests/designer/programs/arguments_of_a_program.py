# input: 100
# answer: stopped at line 11

import argparse
parser = argparse.ArgumentParser(description="trains")
parser.add_argument("-k", "--kernel-size", type=int, default=8)
parser.add_argument("--stride", type=int, default=3, help="of each layer")
parser.add_argument("--bias", action="store_true")
parser.add_argument("--rates", nargs="+", type=int, default=[2, 3], dest="factors")
args = parser.parse_args([])
model = nn.Sequential(
    nn.Conv1d(1, 1, args.kernel_size, stride=args.stride, bias=args.bias),
    *[nn.MaxPool1d(factor) for factor in args.factors],
)
