"""The other way round: the settings between two lengths."""

import random

import pytest
import torch
from playwright.sync_api import Page, expect
from tests.designer.asking import MODULES, Open, built

from helpers.search import conv1d_settings, conv_transpose1d_settings


def test_the_other_way_round(engine: Page) -> None:
    draw = random.Random(7)
    find = "(bounds) => {" + MODULES + "return bounds.map((b) => search(b).rows); }"
    cases = []
    for i in range(60):
        ranges = {
            name: sorted(draw.randint(low, high) for _ in range(2))
            for name, low, high in (
                ("kernel_size", 0, 9),
                ("stride", 0, 6),
                ("padding", 0, 5),
                ("dilation", 0, 4),
            )
        }
        layer = ("Conv1d", "ConvTranspose1d")[i % 2]
        ends = {"from": draw.randint(0, 40), "to": draw.randint(0, 60)}
        cases.append({"layer": layer, **ends, **ranges})
    usual = {"kernel_size": [1, 7], "stride": [1, 4], "padding": [0, 3], "dilation": [1, 2]}
    cases += [
        {"layer": "Conv1d", "from": 100, "to": 50, **usual},
        {"layer": "ConvTranspose1d", "from": 50, "to": 100, **usual},
    ]
    total = 0
    for case, rows in zip(cases, engine.evaluate(find, cases), strict=True):
        helper = conv1d_settings if case["layer"] == "Conv1d" else conv_transpose1d_settings
        ranges = {name: range(case[name][0], case[name][1] + 1) for name in usual}
        every = list(helper(case["from"], case["to"], **ranges))
        assert rows == every, case
        total += len(rows)
        if case["layer"] == "ConvTranspose1d":
            within = engine.evaluate(find, [{**case, "output_padding": [1, 2]}])[0]
            assert within == [row for row in every if row["output_padding"] in (1, 2)]
    assert total > 100
    wide = {**cases[0], "kernel_size": [1, 10**15]}
    problem = engine.evaluate("(b) => {" + MODULES + "return search(b); }", wide)["problem"]
    assert "Narrow one of them" in problem


@pytest.mark.parametrize("far", ["from", "to", "kernel_size", "stride", "padding", "dilation"])
def test_a_search_beyond_what_a_browser_counts_says_so(show: Open, far: str) -> None:
    most = 2**53 - 1
    value = most if far in ("from", "to") else f"{10**15 - 1}-{10**15 - 1}"
    page = show(at=f"#designer-1&from={most}&dilation=90-90&{far}={value}")
    expect(page.locator(".ds-found")).not_to_be_empty()
    expect(page.locator(".ds-verdict")).not_to_be_empty()
    if far != "stride":
        expect(page.locator(".ds-found")).to_contain_text("2**53")


def test_the_search_is_sorted_by_keyboard(show: Open) -> None:
    page = show()
    table = page.locator(".ds-search table")
    column = table.locator("tbody td:nth-child(2)")
    head = table.get_by_role("button", name="stride", exact=True)
    head.focus()
    page.keyboard.press("Enter")
    values = [int(text) for text in column.all_text_contents()]
    assert values == sorted(values)
    expect(table.locator("th:has-text('stride')")).to_have_attribute("aria-sort", "ascending")
    expect(head).to_be_focused()
    page.keyboard.press("Space")
    values = [int(text) for text in column.all_text_contents()]
    assert values == sorted(values, reverse=True)
    expect(table.locator("th:has-text('stride')")).to_have_attribute("aria-sort", "descending")
    for code in table.locator("tbody code").all_text_contents():
        assert built([code])[0](torch.zeros(1, 16, 100)).shape == (1, 32, 50)
