"""What the designer answers to a pasted program, and what PyTorch makes of the same program."""

import json
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import MagicMock, patch

import torch
from playwright.sync_api import Page
from torch import nn

from book_site import drawing
from helpers import designer, frontend

__all__ = ["MODULES", "Open", "agrees", "answers", "built", "fill", "ran", "returns", "site"]

Open = Callable[..., Page]
SCRIPTS = [*frontend.scripts("designer.js"), "mount.js"]
MODULES = (
    "const { answer, decoderCode } = bookModules['answer.js'];"
    "const { search } = bookModules['settings_panel.js'];"
    "const { readLink, writeLink } = bookModules['designer.js'];"
)
# As text, since Playwright takes long over each of a million values.
ANSWERS = (
    "(cases) => {"
    + MODULES
    + """
    const said = cases.map(([code, length]) => {
      const { way, decoder, traced, own, failed, ...found } = answer(code, length);
      return { ...found, lengths: way.map(({ after }) => after?.length ?? null),
        texts: way.map(({ layer }) => layer.text), names: way.map(({ name }) => name),
        decoder: decoder && decoderCode(decoder),
        whys: decoder ? decoder.map(({ text, why }) => [text, why ?? null]) : [],
        own: own && { near: own.near, texts: own.layers && own.layers.map(({ text }) => text) } };
    });
    return JSON.stringify(said, (name, value) => (name === "cls" ? null : value ?? null));
}"""
)
UNKNOWN = (
    "my_data",
    "pasted",
    *(f"pasted.{name}" for name in ("base", "blocks", "common", "config", "utils")),
)
NOTHING_IN_PARTICULAR = {name: MagicMock() for name in UNKNOWN}
USUAL = """
import argparse, collections, copy, functools, itertools, math
from collections import OrderedDict, namedtuple
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import chain, cycle
from types import SimpleNamespace
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.parametrizations import weight_norm
"""
"""What code is taken to mean that does not say where a name comes from."""


def site(state: dict[str, Any] | None = None, theme: str = "light", scripts: bool = True) -> str:
    """Return a page with the designer, as the site's pages have it."""
    body = drawing.static_html("designer.js", designer.opening() if state is None else state)
    code = "".join(f"<script>{frontend.classic(name)}</script>" for name in SCRIPTS)
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Designer</title>"
        f"<style>{frontend.stylesheet('designer.js')}"
        "body{margin:8px;background:var(--book-paper);color:var(--book-ink)}</style></head><body>"
        f"<main><h1>Designer</h1>{body}</main>{code if scripts else ''}</body></html>"
    )


def fill(page: Page, code: str, length: int) -> None:
    """Type code and length."""
    page.locator("[name=code]").fill(code)
    page.locator("[name=length]").fill(str(length))


def answers(page: Page, cases: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return what the page says of each code and length."""
    found: list[dict[str, Any]] = json.loads(page.evaluate(ANSWERS, list(cases)))
    return found


def space(code: str) -> dict[str, Any]:
    """Run a program; what it imports of modules that nobody has is nothing in particular."""
    names: dict[str, Any] = {"__name__": "pasted.model", "__package__": "pasted"}
    exec(USUAL, names)
    with patch.dict(sys.modules, NOTHING_IN_PARTICULAR):
        exec(code, names)
    return names


def ran(code: str, found: dict[str, Any], length: int) -> tuple[list[int], str]:
    """Return the shape that comes out first in PyTorch, or none and the words of its refusal.

    The input has the shape that the page says, for a batch of one.
    """
    names = space(code)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        model = eval(found["models"][found["chosen"]], names)
        for part in model.modules():
            if isinstance(part, nn.BatchNorm1d):  # Of one sample in a batch of one it wants more.
                part.eval()
        try:
            made = model(*given(found, length))
        except (RuntimeError, ValueError, IndexError, AssertionError, NotImplementedError) as error:
            return [], str(error)
    while not isinstance(made, torch.Tensor):
        made = next(iter(made.values())) if isinstance(made, dict) else made[0]
    return list(made.shape), ""


def given(found: dict[str, Any], length: int) -> list[object]:
    """Return an input of the shape that the page says, and a number for each one beside it."""
    words = found["input"].strip("()").split(", ")
    sizes = dict(
        zip(found["layout"], (int(word) if word.isdigit() else 1 for word in words), strict=True)
    )
    shape = [*(sizes | {"length": length}).values()]
    return [torch.zeros(shape), *(torch.zeros(1) for _ in found["others"])]


def agrees(found: dict[str, Any], code: str, length: int) -> bool:
    """Say whether an answer is what PyTorch makes of the program: the shape, or the very error."""
    shape, words = ran(code, found, length)
    if found["kind"] == "refused":
        return bool(words) and (words == found["error"]["words"] or words == "")
    if found["kind"] != "complete" or not shape:
        return False
    said = found["outputs"][0]["shape"].strip("()").rstrip(",").split(", ")
    sizes = [
        eval(re.sub("batch|channels", "1", size).replace("\N{MIDDLE DOT}", "*")) for size in said
    ]
    return sizes == shape and found["after"] in shape


def built(texts: list[str]) -> list[nn.Module]:
    """Run code that this test or the designer wrote."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Kernels of size 0.
        return [eval(text, {"nn": nn}) for text in texts]


def returns(code: str, channels: int | None, samples: int) -> torch.Size:
    """Run a decoder that the page wrote, on that many samples."""
    names: dict[str, Any] = {"nn": nn}
    exec(code, names)
    with torch.no_grad():
        return names["decoder"].eval()(torch.zeros(1, channels or 1, samples)).shape
