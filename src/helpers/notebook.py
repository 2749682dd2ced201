"""What every chapter's first cell sets up, so that its outputs are the same on each run."""

import torch
from IPython.core.getipython import get_ipython
from matplotlib_inline.backend_inline import set_matplotlib_formats

from helpers import figures

__all__ = ["setup"]


def setup(seed: int = 0) -> None:
    """Prepare a chapter: the book's figure style, short tracebacks and a seeded torch.

    Figures become SVG, the same byte for byte on each run. Tracebacks are shortened to the
    exception's type and words. Outside IPython only the style and the seed are set.

    Args:
        seed: What `torch.manual_seed` gets.
    """
    torch.manual_seed(seed)
    figures.use_style()
    shell = get_ipython()
    if shell is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})
        shell.InteractiveTB.set_mode(mode="Minimal")
