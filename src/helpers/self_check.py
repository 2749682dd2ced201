"""The questions at the end of each chapter, with numbers drawn anew on each try."""

import functools
import re
from collections.abc import Collection
from typing import Any, Final

import anywidget
import traitlets

from helpers import frontend

__all__ = ["SelfCheck", "kinds", "unasked"]

MODULE: Final = "self_check.js"
QUESTION: Final = re.compile(r'^  "?([a-z][a-z0-9-]*)"?: \{$', re.MULTILINE)


@functools.cache
def kinds() -> tuple[str, ...]:
    """Return the names of all questions, in the order of the chapters that ask them.

    >>> kinds()[:3]
    ('conv-length', 'transposed-length', 'sharing-lengths')
    """
    return tuple(kind for held in _files().values() for kind in held)


def unasked(asked: Collection[str]) -> set[str]:
    """Return the files of questions that hold none of those asked.

    >>> "01_basic_discrepancy.js" in unasked(["conv-length"])
    False
    >>> "02_output_padding.js" in unasked(["conv-length"])
    True

    Args:
        asked: Names of questions.
    """
    return {name for name, held in _files().items() if held and not set(held) & set(asked)}


@functools.cache
def _files() -> dict[str, list[str]]:
    """Return the questions of each file, in the order of the chapters."""
    names = frontend.imports("questions.js")
    return {name: QUESTION.findall(frontend.source(name)) for name in names}


class SelfCheck(anywidget.AnyWidget):
    """Questions with instant feedback, in a notebook and on a page without a kernel.

    Each question draws its numbers, works out the answer from them and says what went wrong in an
    answer that a usual slip gives. Nothing is counted beyond what is on the screen, and every
    question can be drawn again as often as one likes.

    Args:
        *kinds: The names of the questions, in order; `kinds()` lists them all.
        seed: Makes the numbers the same on each run, those of "Another one" included. Without it
            only the first numbers are the same.

    >>> SelfCheck("conv-length", "transposed-length")
    SelfCheck('conv-length', 'transposed-length')

    Raises:
        ValueError: for a name that no question has, or for no name at all.

    Used at the end of every chapter.
    """

    _esm = frontend.bundle(MODULE)
    _css = frontend.stylesheet(MODULE)

    kinds = traitlets.List(traitlets.Unicode()).tag(sync=True)
    seed = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, *kinds: str, seed: int | None = None) -> None:
        super().__init__(kinds=list(kinds), seed=seed)

    @traitlets.validate("kinds")
    def _known(self, proposal: dict[str, Any]) -> list[str]:
        asked: list[str] = proposal["value"]
        unknown = [kind for kind in asked if kind not in kinds()]
        if unknown or not asked:
            said = f"no question is called {unknown[0]!r}" if unknown else "no question is asked"
            raise ValueError(f"{said}; the questions are {', '.join(kinds())}")
        return asked

    @property
    def sentence(self) -> str:
        """What stands in place of the questions where nothing runs."""
        names = ", ".join(kind.replace("-", " ") for kind in self.kinds)
        many = "One question" if len(self.kinds) == 1 else f"{len(self.kinds)} questions"
        return (
            f"{many}, with new numbers on each try: {names}. They can be answered on this "
            "chapter's page, and here once the cell is run."
        )

    def __repr__(self) -> str:
        seed = "" if self.seed is None else f", seed={self.seed}"
        return f"SelfCheck({', '.join(map(repr, self.kinds))}{seed})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        from helpers.figures import playgrounds

        data, metadata = bundle
        drawn = playgrounds.svg(
            lambda: playgrounds.card("Check yourself", [self.sentence]), self.sentence
        )
        return {
            **data,
            "text/plain": f"{self!r}\n{self.sentence}",
            "image/svg+xml": drawn,
        }, metadata
