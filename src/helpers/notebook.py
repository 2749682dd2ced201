"""What every chapter's first cell sets up, so that its outputs are the same on each run."""

from typing import Any

import torch
from IPython.core.display import Markdown
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.backend_inline import set_matplotlib_formats

from helpers import figures

__all__ = ["checked", "setup"]


def setup(seed: int = 0) -> None:
    """Prepare a chapter: the book's figure style, short tracebacks and a seeded torch.

    torch keeps to one thread. Figures become SVG, the same byte for byte on each run. Tracebacks
    are shortened to the exception's type and words. Outside IPython only torch and the style are
    set.

    Args:
        seed: What `torch.manual_seed` gets.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # The chapters' layers are tiny; several threads only wait.
    figures.use_style()
    shell = get_ipython()
    if shell is not None:
        set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})
        shell.InteractiveTB.set_mode(mode="Minimal")
        keep_semicolons_quiet(shell)


def checked() -> Markdown:
    """Return the sentence at a chapter's foot: the PyTorch that its outputs come from.

    What a build adds to the version, such as "+cpu", is left out: the chapter is the same there.
    """
    return Markdown(f"*Checked with PyTorch {torch.__version__.partition('+')[0]} on the CPU.*")


def keep_semicolons_quiet(shell: InteractiveShell) -> None:
    """Let a semicolon at a cell's end hide its value where cells leave no history, too.

    IPython looks for it in the history, and nbval runs cells without one.
    """
    hook: Any = shell.displayhook
    cells = [""]
    shell.events.register("pre_run_cell", lambda info: cells.append(info.raw_cell))
    hook.quiet = lambda: hook.semicolon_at_end_of_expression(cells[-1])
