"""What the search box finds, and what it says that the book does not have."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser
from tests.site.visits import CHAPTERS, NARROW, Visit, until

Found = list[dict[str, Any]]
TENSOR_A = (
    "The size of tensor a (99) must match the size of tensor b (100) at non-singleton dimension 2"
)
QUESTION = "questions.html#why-does-convtranspose1d-return-one-sample-fewer"
INVERSE = "#is-convtranspose1d-also-called-deconvolution-the-inverse-of-conv1d"
RULE = "cheat_sheet.html#the-rule-for-output-padding"
ANSWERS = {
    "why is my output one sample short": QUESTION,
    "one sample missing": QUESTION,
    "my decoder output is 99 instead of 100": QUESTION,
    "ConvTranspose1d output off by one": QUESTION,
    "how do I compute output_padding": RULE,
    "how do I set output_padding": RULE,
    "how to choose output_padding": RULE,
    "upsample with checkerboard artifacts": "#keep-the-groups-equal",
    "interpolate vs transposed": "#keep-the-groups-equal",
    "how to invert Conv1d": INVERSE,
    "deconvolution": INVERSE,
    "trainable inverse of conv": INVERSE,
    "what is output_padding": "glossary.html#term-output_padding",
    "causal convolution": "glossary.html#term-causal-convolution",
    "Conv2d": "formulas.html#conv2d-and-conv3d",
    "calculate output size conv1d": "#output-length-of-conv1d",
    "how do I get the length of the output": "#output-length-of-conv1d",
    "convtranspose1d output shape": "#output-length-of-convtranspose1d",
    "what values are in the extra sample": "#look-into-the-added-samples",
    "make conv1d and convtranspose1d match": "how-do-i-make-conv1d-and-convtranspose1d-match",
    "which lengths work": "lengths-that-come-back",
    "least padding for a whole file": "#pad-the-input-to-a-valid-length",
    "doubling the length exactly": "#why-does-kernel-size-4-double",
    "information lost output_padding": "#does-output-padding-bring-back",
    "state of a streaming ConvTranspose1d": "#how-large-is-the-state",
    "stream strided Conv1d chunks of any size": "#how-do-i-stream-a-strided-conv1d",
    "overlap of chunks of a long file": "#how-much-overlap-do-chunks",
    "how short may the input be": "#how-short-may-the-input",
    "kernel size 4808": "#the-error-names-a-kernel-size",
    "u-net fails for powers of two": "#my-u-net-fails-for",
    "KarrasUnet1D fails for 2, 4 and 8 samples": "#my-u-net-fails-for",
    "one placeholder too many for an audio encoder": "#the-server-kept-69-places",
    "converter output_padding equals padding empty": "#my-converted-model-returns-nothing",
    TENSOR_A: "#the-size-of-tensor-a-must-match-the-size-of-tensor-b",
    "size of tensor a must match": "#the-size-of-tensor-a-must-match-the-size-of-tensor-b",
    "shape '[-1, 1, 32000]' is invalid for input of size 31992": "#shape-is-invalid-for-input",
}
"""What readers ask, and a part of the address of its answer, which is among the first three."""
FOREIGN = [
    "kubernetes ingress timeout",
    "how to bake bread",
    "docker compose volumes",
    "weather tomorrow",
    "adam optimizer weight decay",
    "postgres connection pool exhausted",
    "css grid center a div",
    "git rebase conflict",
    "pandas merge two dataframes on index",
    "xyzzy",
]


@pytest.fixture(scope="module")
def find(browser: Browser, site_url: str) -> Iterator[Callable[[str], Found]]:
    """Return the search itself: what it answers to a question, best first."""
    page = browser.new_page()
    page.goto(f"{site_url}/search.html?q=padding")
    page.locator(".results a").first.wait_for()
    yield lambda question: page.evaluate("question => bookIndex.find(question)", question)
    page.close()


@pytest.mark.parametrize("question", ANSWERS)
def test_search_answers_before_any_exercise(question: str, find: Callable[[str], Found]) -> None:
    found = [section["address"] for section in find(question)[:3]]
    assert any(ANSWERS[question] in address for address in found), found
    assert not any("#exercise" in address for address in found)


@pytest.mark.parametrize("question", FOREIGN)
def test_search_says_that_the_book_has_nothing(question: str, find: Callable[[str], Found]) -> None:
    assert find(question) == []


@pytest.mark.parametrize("question", ["output_padding", "output padding", "outputpadding"])
def test_search_gives_the_book_before_the_helpers(
    question: str, find: Callable[[str], Found]
) -> None:
    found = [section["address"] for section in find(question)]
    assert len(found) > 5
    assert not any("book/api.html" in address for address in found[:6])


@pytest.mark.parametrize("question", ["scaled_length", "Pool1dSizes"])
def test_search_gives_the_helpers_for_what_only_they_have(
    question: str, find: Callable[[str], Found]
) -> None:
    assert "book/api.html" in find(question)[0]["address"]


@pytest.mark.parametrize("sizes", [(99, 100), (100, 99), (24, 25), (91, 90), (4567, 4568)])
def test_search_gives_a_message_the_same_section_whatever_its_sizes(
    sizes: tuple[int, int], find: Callable[[str], Found]
) -> None:
    message = "The size of tensor a ({}) must match the size of tensor b ({})".format(*sizes)
    first = find(f"{message} at non-singleton dimension 2")[0]["address"]
    assert ANSWERS[TENSOR_A] in first


def test_search_still_finds_an_exercise_by_its_heading(find: Callable[[str], Found]) -> None:
    assert "tie-the-weights-yourself" in find("tie the weights yourself")[0]["address"]


def test_search_marks_the_words_that_say_something(find: Callable[[str], Found]) -> None:
    marked = {piece.lower() for piece, hit in find(TENSOR_A)[0]["excerpt"] if hit}
    assert "tensor" in marked
    assert not marked & {"the", "a", "of", "at"}
    assert ["output_padding", True] in find("outputpadding")[0]["excerpt"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("output padding must be smaller than either stride or dilation", "output padding"),
        ("Calculated padded input size per channel: (4). Kernel size: (5).", "kernel"),
    ],
)
def test_box_leads_from_a_pasted_message_to_its_section(
    question: str, answer: str, base: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{base}/{CHAPTERS[0]}")
    seen.page.keyboard.press("/")
    seen.page.get_by_role("searchbox").fill(question)
    first = seen.page.locator(".results a").first
    first.wait_for()
    assert answer in first.inner_text().lower()
    assert first.locator("mark").count() > 0
    target = first.evaluate("link => link.href")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(target)
    assert seen.complaints == []
    assert seen.foreign() == []


def test_what_is_typed_into_the_sidebar_goes_on_in_the_box(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}").page
    page.locator(".sidebar-search").focus()
    page.keyboard.type("dilation", delay=30)
    page.locator(".results a").first.wait_for()
    assert page.get_by_role("searchbox").input_value() == "dilation"
    page.keyboard.press("Escape")
    assert page.locator(".search-dialog").is_hidden()


def test_box_opens_on_a_phone(site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", viewport=NARROW).page
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("dilation")
    page.locator(".results a").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_search_page_takes_its_question_from_the_address(
    base: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{base}/search.html?q=dilation")
    seen.page.locator(".results a").first.wait_for()
    assert "found" in seen.page.get_by_role("status").inner_text()
    seen.page.get_by_role("searchbox").fill("xyzzy")
    seen.page.get_by_text("Nothing found").wait_for()
    assert seen.complaints == []


def test_pasted_message_shows_its_beginning(browser: Browser, site_url: str) -> None:
    context = browser.new_context(
        permissions=["clipboard-read", "clipboard-write"], viewport=NARROW
    )
    page = context.new_page()
    page.goto(f"{site_url}/search.html")
    page.evaluate("text => navigator.clipboard.writeText(text)", TENSOR_A)
    field = page.get_by_role("searchbox")
    field.press("ControlOrMeta+v")
    page.locator(".results a").first.wait_for()
    assert field.input_value() == TENSOR_A
    assert field.evaluate("field => field.scrollWidth > field.clientWidth")
    until(page, "document.activeElement.scrollLeft === 0")
    context.close()


def test_search_never_writes_markup(site_url: str, visit: Callable[..., Visit]) -> None:
    question = quote("padding <img src=x onerror=alert(1)> output_padding stride")
    seen = visit(f"{site_url}/search.html?q={question}")
    status = seen.page.get_by_role("status")
    status.filter(has_text="ound").wait_for()
    assert seen.page.locator("dialog img").count() == 0
    assert seen.complaints == []
