"""Models as readers paste them into the designer: run in PyTorch, and answered by the page."""

import re
from typing import Any

import torch
from playwright.sync_api import Browser, Page
from torch import nn

from helpers import frontend

__all__ = ["ANSWERS", "agrees", "model", "open_designer", "ran"]

UNKNOWN = "\N{HORIZONTAL ELLIPSIS}"
IMPORTS = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
ANSWERS = """(cases) => cases.map(([code, length]) => {
  const { traced, working, incomplete } = bookModules["designer.js"].answer(code, length);
  const last = traced.steps.at(-1);
  return { incomplete, working, error: traced.error, after: last?.after?.length ?? null,
    names: traced.steps.map(({ layer }) => layer.name),
    ends: traced.ends?.map(({ layer, length }) => [layer?.name ?? null, length]) ?? null };
})"""


def open_designer(browser: Browser) -> Page:
    """Open a page that answers code and a length."""
    page = browser.new_page()
    scripts = map(frontend.classic, frontend.scripts("designer.js"))
    page.set_content("".join(f"<script>{script}</script>" for script in scripts))
    return page


def model(code: str) -> nn.Module:
    """Run the code of a class `Net` in Python and make one."""
    names: dict[str, Any] = {}
    exec(IMPORTS + code, names)
    net: nn.Module = names["Net"]()
    return net


def ran(net: nn.Module, length: int) -> tuple[int | None, str | None]:
    """Return the length that comes out in PyTorch, or the words with which it refuses."""
    try:
        with torch.no_grad():
            made = net(torch.zeros(1, 1, length))
    except (RuntimeError, ValueError, IndexError) as error:
        return None, str(error)
    return (made[0] if isinstance(made, tuple) else made).shape[-1], None


def agrees(found: dict[str, Any], net: nn.Module, length: int) -> bool:
    """Say whether the page found the length that PyTorch gives, or the very error it raises."""
    after, words = ran(net, length)
    if found["incomplete"] or found["after"] != after:
        return False
    error = found["error"]
    if words and error and UNKNOWN in error["words"]:  # Channels that the page cannot know.
        pattern = re.escape(error["words"]).replace(re.escape(UNKNOWN), r"\d+")
        return not error["pytorch"] and re.fullmatch(pattern, words) is not None
    return error == (words and {"words": words, "pytorch": True})
