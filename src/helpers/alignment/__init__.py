"""Where is sample i: which input samples an output sample depends on, and where they stand.

Stacks of the layers that `helpers.layers` knows are counted, without running them. Any other model
is run by PyTorch itself, and gradients tell what it reads; of such a model the last axis
of the input and of the output is time. All answers are those of the model in evaluation: dropout
passes everything, and BatchNorm1d takes its stored statistics.
"""

from helpers.alignment.field import ReceptiveField
from helpers.alignment.spans import input_span, receptive_field
from helpers.layers import Stack as Stack  # The signatures name it.

__all__ = ["ReceptiveField", "input_span", "receptive_field"]
