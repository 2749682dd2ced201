"""The translation of rules: real Chromium answers as Python does, or the build stops."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from helpers import frontend
from helpers.translation import UntranslatableError, camel_case, translate

BUILTINS = frontend.source("builtins.js")
RULE = '''
"""What rules are made of, each thing once."""

from dataclasses import dataclass, replace

LARGE = 2**62 - 1
TABLE = {"one": 1, "two": 2}


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """A base."""

    length: int
    stride: int = 2

    @property
    def windows(self) -> int:
        return self.length // self.stride

    @classmethod
    def of(cls, **settings: int):
        return cls(**settings)


@dataclass(frozen=True, kw_only=True)
class Wider(Sizes):
    """A class that adds to it."""

    more: int = 3

    @property
    def windows(self) -> int:
        return super().windows + self.more

    def twice(self, times: int = 2) -> int:
        return self.windows * times


@dataclass(frozen=True)
class Pair:
    """A class with places."""

    first: int
    second: int = 7


def divided(a, b):
    return [a // b, a % b, -a // b, a // b + a % b]


def chained(low, value, high):
    return [low <= value < high, not low <= value, value in (1, 2), value not in [3], low == high]


def walrus(value):
    if (half := value // 2) > 2 and (rest := value % 2) == 1:
        return [half, rest]
    return half


def loops(numbers):
    found = []
    for number in numbers:
        if number == 3:
            continue
        if number > 5:
            break
        found.append(number)
    while len(found) < 6:
        found.insert(0, len(found))
    total = 0
    for place, number in enumerate(found):
        total += place * number
    return [found, total, number]


def given(first, second=2, *, third, fourth=4, **others):
    return [first, second, third, fourth, others]


def gives():
    return [given(1, third=3), given(1, second=5, fourth=6, third=7, new=8)]


def objects(length):
    wide = Wider(length=length, more=1)
    other = replace(wide, stride=5)
    merged = vars(other) | {"stride": 9}
    pair = Pair(first=1)
    return [
        wide.windows, other.windows, other.twice(), Sizes.of(length=9).windows, merged["stride"],
        pair.second, Pair(2, second=3).second, isinstance(wide, Sizes), isinstance(pair, Sizes),
    ]


def texts(word, number, nothing, both):
    return f"{word!r}, {word}, {number}, {nothing}, {both}, `{{${number}}}` {[1, word]} {LARGE}"


def made(numbers):
    pairs = {name: value for name, value in TABLE.items() if value > 1}
    grid = [(a, b) for a in range(2) for b in numbers if a != b]
    some, every = any(n > 2 for n in numbers), all(n > 0 for n in numbers)
    return [pairs, grid, some, every, next((n for n in numbers if n > 1), 9), [*numbers, 4][-1]]


def sliced(numbers):
    part = range(10)[2:-3]
    return [numbers[1:], numbers[-2:], numbers[:-1], part.start, part.stop, 5 in part, 7 in part]


def chosen(value, other):
    first, *rest = [value, other, 3]
    a, b = (value, other) if value else (other, value)
    return [value or other, value and other, bool(value), rest, first, a, b, not value]


def counted(limit):
    number = 0
    while number < limit:
        yield number
        number += 2
    yield from (9, 8)


def steps(limit):
    return [number for number in counted(limit)]


def caught(number):
    try:
        return refused(number)
    except SizeError as error:
        return error.pytorch


def refused(number):
    if number > 2:
        raise SizeError("own words", f"PyTorch's {number}", code="large")
    if number < 0:
        raise ValueError(f"negative: {number}")
    return number


def floats(length, factor):
    return int(float(length) * factor)


def reserved(new, delete):
    this, let = new + 1, delete
    item, say = this, let
    return [this, let, item, say]


def called(function, number):
    scaled = lambda other, scale=2: other * scale
    return function(number, add=1) + scaled(number)


def calls(number):
    return called(plus, number)


def plus(number, *, add):
    return number + add


def large(number):
    return [number < LARGE, LARGE > number, number * 2]


class SizeError(ValueError):
    """The browser has its own."""

    def __init__(self, message, pytorch=None, *, code=None):
        super().__init__(message)
        self.pytorch, self.code = pytorch, code
'''
CALLS = [
    *(("divided", (a, b)) for a in (7, -7, 0, 2**53 - 1, 1 - 2**53) for b in (3, -3, 2**31, -1)),
    ("divided", (7, 0)),
    *(("chained", (low, value, 3)) for low in (0, 2, 3) for value in (1, 2, 3)),
    *(("walrus", (value,)) for value in (3, 5, 6, 7)),
    ("loops", ([1, 2, 3, 4, 6, 5],)),
    ("gives", ()),
    ("objects", (20,)),
    ("texts", ("it's", 3, None, True)),
    ("texts", ("plain", -1, False, [1, None])),
    ("made", ([1, 2, 3],)),
    ("made", ([0],)),
    ("sliced", ([1, 2, 3],)),
    *(("chosen", (value, 5)) for value in (0, 1, None, "", "a", True)),
    ("steps", (5,)),
    *(("caught", (number,)) for number in (1, 3, -1)),
    ("refused", (5,)),
    ("floats", (10, 1.7)),
    ("floats", (3, 1.3)),
    ("reserved", (1, 2)),
    ("calls", (4,)),
    ("large", (2**52 - 1,)),
]
RUN = """
async ([builtins, rules, name, given]) => {
  const url = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(url(rules.replace("./builtins.js", url(builtins))));
  try {
    return JSON.stringify({ value: module[name](...JSON.parse(given)) });
  } catch (error) {
    return JSON.stringify({ error: error.constructor.name || error.name, words: error.message });
  }
}
"""


def javascript(folder: Path, source: str, *names: str) -> str:
    """Translate a module that has these names."""
    (folder / "rule.py").write_text(source, encoding="utf-8")
    return translate(folder, [("rule.js", name) for name in names], BUILTINS)["rule.js"]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def run(page: Page, rules: str, name: str, given: tuple[Any, ...]) -> Any:
    """Call a function of translated rules in the browser."""
    return json.loads(page.evaluate(RUN, [BUILTINS, rules, name, json.dumps(given)]))


def test_both_languages_agree(page: Page, tmp_path: Path) -> None:
    rules = javascript(tmp_path, RULE, *dict.fromkeys(name for name, _ in CALLS))
    python: dict[str, Any] = {}
    exec(RULE, python)
    for name, given in CALLS:
        found = run(page, rules, name, given)
        try:
            value = python[name](*given)
        except (ValueError, ZeroDivisionError) as error:
            words = getattr(error, "pytorch", None) or str(error)
            if isinstance(error, ZeroDivisionError):
                words = "division by zero"
            assert found.get("words") == words, (name, given, found)
            continue
        assert found == {"value": json.loads(json.dumps(value))}, (name, given)


def test_the_comparison_can_fail(page: Page, tmp_path: Path) -> None:
    rules = javascript(tmp_path, RULE, "divided")
    wrong = rules.replace("floordiv(", "Math.trunc(1 / 2 +", 1)
    assert run(page, rules, "divided", (7, 3)) != run(page, wrong, "divided", (7, 3))


@pytest.mark.parametrize(
    ("body", "given", "words"),
    [
        ("return a + b", (2**53 - 1, 1), "2**53"),
        ("return a * b - a * b", (2**40, 2**40), "2**53"),
        ("return a - b", (-(2**52), 2**53 - 1), "2**53"),
        ("return a**b", (2, 60), "2**53"),
        ("return a + b", ("a", "b"), "Rules count with numbers"),
        ("return a or b", ([], 1), "not the truth"),
        ("return a == b", ({}, {}), "numbers, texts and lists only"),
        ("return a[b]", ([1, 2], 2), "nothing is there at 2"),
        ("return a[b]", ({"x": 1}, "toString"), "nothing is there at toString"),
    ],
)
def test_what_the_browser_would_count_otherwise_raises_there(
    body: str, given: tuple[Any, ...], words: str, page: Page, tmp_path: Path
) -> None:
    rules = javascript(tmp_path, f"def rule(a, b):\n    {body}\n", "rule")
    assert words in run(page, rules, "rule", given)["words"]


def test_own_words_stay_behind_where_pytorch_has_some(tmp_path: Path) -> None:
    rules = javascript(tmp_path, RULE, "refused")
    assert "own words" not in rules
    assert 'new SizeError(null, say`PyTorch\'s ${number}`, "large")' in rules


def test_only_what_is_wanted_is_translated(tmp_path: Path) -> None:
    source = (
        "def _one():\n    return 1\n\n\ndef two():\n    return _one() + 1\n\n\ndef three(): pass\n"
    )
    rules = javascript(tmp_path, source, "two")
    assert re.findall(r"function (\w+)", rules) == ["_one", "two"]
    assert re.findall(r"export function (\w+)", rules) == ["two"]


def test_a_short_cut_of_pythons_is_left_out(tmp_path: Path) -> None:
    source = "def rule(n):\n    if type(n) is int and 0 < n:\n        return 1\n    return n\n"
    assert "if" not in javascript(tmp_path, source, "rule").split("\n", 1)[1]
    with pytest.raises(UntranslatableError, match="this call of type"):
        javascript(
            tmp_path, source.replace("type(n) is int and 0 < n", "0 < n and type(n) is int"), "rule"
        )


def test_what_another_module_has_is_imported(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("def half_of(n):\n    return n // 2\n", encoding="utf-8")
    source = "from helpers.other import half_of as half\n\n\ndef rule(n):\n    return half(n)\n"
    (tmp_path / "rule.py").write_text(source, encoding="utf-8")
    made = translate(tmp_path, [("rule.js", "rule")], BUILTINS)
    assert set(made) == {"rule.js", "other.js"}
    assert 'import { halfOf } from "./other.js";' in made["rule.js"]
    assert "export function halfOf(n)" in made["other.js"]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("import math", "Import"),
        ("x = n / 2", "the operator Div"),
        ("x = 1 << n", "the operator LShift"),
        ("x = 'a' + n", "counting with 'a'"),
        ("x = [1] + n", "counting with a text or a list"),
        ("x = f'{n:,}'", "this format"),
        ("x = f'{n!s}'", "this format"),
        ("x = {1, 2}", "Set"),
        ("x = n[::2]", "a slice with a step"),
        ("x = unknown", "'unknown', which is no rule"),
        ("x = unknown(n)", "this call of unknown"),
        ("x = sorted(n)", "this call of sorted"),
        ("x = n.split()", "this call"),
        ("x = max(n, key=len)", "this call of max"),
        ("x = range(0, n, 2)", "this call of range"),
        ("x = b'bytes'", "b'bytes'"),
        ("x = 1 < abs(n) < 3", "this in the middle of a comparison"),
        ("x = [(y := m) for m in n]", ":= in a comprehension"),
        ("x = isinstance(n, float)", "this kind"),
        ("x = n is x", "the comparison Is"),
        ("assert n", "Assert"),
        ("del n", "Delete"),
        ("global n", "Global"),
        ("with n: pass", "With"),
        ("n.x = 1", "an assignment to this"),
        ("x = y = 1", "Assign"),
        ("for m in n: pass\n    else: pass", "For"),
        ("raise n", "Raise"),
        ("def inner(): pass", "FunctionDef"),
        ("try: pass\n    finally: pass", "Try"),
        ("try: pass\n    except ValueError: pass", "catching this error"),
        ("try: pass\n    except: pass", "an except without an error"),
        ("match n:\n        case 1: pass", "Match"),
        ("async def inner(): pass", "AsyncFunctionDef"),
        ("x = await n", "Await"),
    ],
)
def test_what_lies_outside_stops_with_file_and_line(
    statement: str, what: str, tmp_path: Path
) -> None:
    source = f"# The first line.\ndef rule(n):\n    {statement}\n    return n\n"
    said = f"{tmp_path / 'rule.py'}:3: {what}"
    if "except" in statement:  # The line is that of the error which is named.
        said = said.replace(":3:", ":4:")
    with pytest.raises(UntranslatableError, match=re.escape(said)):
        javascript(tmp_path, source, "rule")


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("def rule(*args): pass", ":1: *args or a positional-only parameter"),
        ("def rule(n, /): pass", ":1: *args or a positional-only parameter"),
        ("@cache\ndef rule(n): pass", "the decorator of rule"),
        ("class rule:\n    pass", "a class that is no dataclass"),
        ("@dataclass(frozen=True)\nclass rule:\n    x = 1", ":3: this part of class rule"),
        ("@dataclass()\nclass rule:\n    def __len__(self): pass", ":3: this part of class rule"),
        ("def other(): pass", "has nothing that rule could be made of"),
    ],
)
def test_other_definitions_stop(source: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(UntranslatableError, match=re.escape(what)):
        javascript(tmp_path, source, "rule")


def test_a_module_that_is_not_there_stops(tmp_path: Path) -> None:
    with pytest.raises(UntranslatableError, match=r"lengths\.py is not there"):
        translate(tmp_path, [("lengths.js", "unreadSamples")], BUILTINS)


def test_names() -> None:
    assert camel_case("conv1d_error") == "conv1dError"
    assert camel_case("_smallest_remainder") == "_smallestRemainder"
    assert camel_case("INT64") == "INT64"


def test_the_rules_load_nothing_heavy() -> None:
    rules = "helpers.translation, helpers.kinds, helpers.search, helpers.lengths"
    code = f"import sys, {rules}; sys.exit(bool({{'torch', 'matplotlib'}} & {{*sys.modules}}))"
    subprocess.run([sys.executable, "-c", code], check=True)
