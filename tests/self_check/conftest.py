"""A page that asks every question, and many draws of each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page
from tests.self_check.oracles import DRAWS
from tests.self_check.pages import put

from helpers.self_check import SelfCheck, kinds


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Keep tiny layers on one thread: handing them out costs more than running them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("self_check")


@pytest.fixture(scope="package")
def everything(browser: Browser, folder: Path) -> Iterator[Page]:
    """A page that asks every question; the numbers after the first are seeded."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    put(page, folder, SelfCheck(*kinds(), seed=1))
    yield page
    assert troubles == []
    context.close()


@pytest.fixture(scope="package")
def drawn(everything: Page) -> dict[str, list[dict[str, Any]]]:
    """Many draws of each question: the numbers, and all that the page makes of them."""
    # As text, since Playwright takes long over each of a million values.
    told = everything.evaluate(
        """([kinds, draws]) => {
            const questions = bookModules["questions.js"];
            const random = bookModules["question_words.js"].seeded(2026);
            return JSON.stringify(Object.fromEntries(kinds.map((kind) => {
                const recent = [];
                return [kind, Array.from({ length: draws }, () => {
                    const v = questions.draw(kind, random, recent.slice(-12));
                    recent.push(v);
                    return {
                        v,
                        answer: questions.answer(kind, v),
                        says: questions.saying(kind, v),
                        slips: questions.slips(kind, v),
                        ...questions.pose(kind, v),
                    };
                })];
            })));
        }""",
        [list(kinds()), DRAWS],
    )
    found: dict[str, list[dict[str, Any]]] = json.loads(told)
    return found
