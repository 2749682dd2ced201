"""Any model: the length after each layer, and the lengths that come back.

One-dimensional layers of torch.nn are known, in nn.Sequential, nn.ModuleList and Python's lists,
nested as one likes: Conv1d, ConvTranspose1d, pooling, Upsample, padding, GLU, and whatever keeps
the length: activations, norms, dropouts, Identity; lazy layers too. They are counted. Anything
else is run by PyTorch, and so is a layer with a hook, or with a weight whose shape its settings do
not say.
"""

from helpers.layers.functions import LengthFunction, length_function
from helpers.layers.mirrors import mirror, transposed_like
from helpers.layers.refusals import RefusedError
from helpers.layers.repairs import Repair, Repairs, repairs
from helpers.layers.returning import ReturningLengths, returning_lengths
from helpers.layers.runs import Channels
from helpers.layers.stacks import Stack
from helpers.layers.traces import Step, Trace, trace

__all__ = [
    "Channels",
    "LengthFunction",
    "RefusedError",
    "Repair",
    "Repairs",
    "ReturningLengths",
    "Stack",
    "Step",
    "Trace",
    "length_function",
    "mirror",
    "repairs",
    "returning_lengths",
    "trace",
    "transposed_like",
]
