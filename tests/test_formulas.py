"""The formula page shows only what Python has just reproduced."""

import doctest
from pathlib import Path

import pytest

PARSER = doctest.DocTestParser()


def failures(text: str, name: str) -> int:
    """Run the prompts in `text` and return how many of them gave something else."""
    test = PARSER.get_doctest(text.replace("```", "\n"), {}, name, name, 0)
    assert test.examples, f"{name} has no prompt to run."
    return doctest.DocTestRunner().run(test).failed


def test_every_prompt_gives_what_the_page_shows(root: Path) -> None:
    page = root / "book" / "formulas.md"
    assert failures(page.read_text(encoding="utf-8"), page.name) == 0


@pytest.mark.parametrize("text", ["```pycon\n>>> 99 + 1\n99\n```", "```pycon\n>>> 1 / 0\n1\n```"])
def test_a_wrong_output_is_found(text: str) -> None:
    assert failures(text, "a page that is wrong") == 1
