"""One source for widget, site and still picture, and its arithmetic against Python's."""

import gzip
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from playwright.sync_api import Browser, Page

from book_site import drawing
from helpers import frontend
from helpers.lengths import (
    SizeError,
    conv1d_output_length,
    conv_transpose1d_output_length,
    input_lengths,
    required_output_padding,
    unread_samples,
)
from helpers.palette import PALETTE, ROLES
from helpers.pytorch_errors import conv1d_error, conv_transpose1d_error, output_size_error
from helpers.sizes import Refusal

Row = list[int | str]
STATE = {
    "mode": "round-trip",
    "length": 100,
    "kernel_size": 3,
    "stride": 2,
    "padding": 1,
    "dilation": 1,
    "output_padding": 0,
}

# --- Python and JavaScript count alike --------------------------------------------------------

JAVASCRIPT = """
(table) => {
  const lengths = { ...bookModules["pytorch_errors.js"], ...bookModules["lengths.js"] };
  const words = (count) => {
    try {
      return count();
    } catch (error) {
      if (error.name !== "SizeError") throw error;
      return [error.code, error.message];
    }
  };
  return JSON.stringify(JSON.parse(table).map(([length, wanted, ...sizes]) => {
    const [kernel_size, stride, padding, dilation, output_padding] = sizes;
    const settings = { kernel_size, stride, padding, dilation, output_padding };
    return [
      lengths.conv1dError(length, settings),
      lengths.convTranspose1dError(length, settings),
      words(() => lengths.conv1dOutputLength(length, settings)),
      typeof padding === "string" ? null
        : words(() => lengths.convTranspose1dOutputLength(length, settings)),
      words(() => lengths.requiredOutputPadding(length, settings)),
      words(() => Object.values(lengths.inputLengths(length, settings))),
      words(() => lengths.unreadSamples(length, settings)),
      typeof padding === "string" ? null : lengths.outputSizeError(length, wanted, settings),
    ];
  }));
}
"""


def table(rows: int) -> list[Row]:
    """Return settings of every kind, the odd and the refused ones included."""
    draw = random.Random(1)
    lengths = [*range(-1, 26), 64, 99, 100, 1000, 44_100, 2**31, 2**40]
    strides = [*range(-1, 7), 320, 2**31 - 1, 2**31, 2**32]
    paddings: list[int | str] = [*range(-1, 7), 160, "same", "valid", "full"]
    kernels, dilations = [*range(-1, 9), 641], [*range(-1, 6), 64, 2**31, 2**32]
    # Mostly small numbers, so that most settings work; now and then anything.
    small: list[list[Any]] = [[*range(1, 41)], [*range(1, 6)], [1, 2, 3, 4], [*range(4)], [1, 2, 3]]
    wild: list[list[Any]] = [lengths, kernels, strides, paddings, dilations]
    drawn: list[Row] = []
    while len(drawn) < rows:
        sizes = [draw.choice(pair[draw.random() < 0.3]) for pair in zip(small, wild, strict=True)]
        length, kernel_size, stride, _, dilation = sizes
        if abs(length * stride) + abs(kernel_size * dilation) < 2**52:
            output_padding = draw.choice([0, 0, 0, 1, 1, 2, -1, 3])
            drawn.append([length, draw.randrange(60), *sizes[1:], output_padding])
    return drawn


def words(count: Callable[[], int | range]) -> int | list[Any]:
    """Return what is counted, or code and words with which it is refused."""
    try:
        found = count()
    except SizeError as error:
        return [error.code, error.pytorch or str(error)]
    return [found.start, found.stop] if isinstance(found, range) else found


def python(row: Row) -> list[Any]:
    """Return what Python makes of a row of the table."""
    length, wanted, kernel_size, stride, padding, dilation, output_padding = row
    conv: dict[str, Any] = {
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
    }
    both = {**conv, "output_padding": output_padding}
    is_word = isinstance(padding, str)
    return [
        conv1d_error(length, **conv),
        conv_transpose1d_error(length, **both),
        words(lambda: conv1d_output_length(length, **conv)),
        None if is_word else words(lambda: conv_transpose1d_output_length(length, **both)),
        words(lambda: required_output_padding(length, **conv)),
        words(lambda: input_lengths(length, **conv)),
        words(lambda: unread_samples(length, **conv)),
        None if is_word else output_size_error(length, wanted, **conv),
    ]


def rules() -> str:
    """Return the rules of the two convolutions as one classic script."""
    return "".join(map(frontend.classic, frontend.scripts("lengths.js")))


def disagreements(
    page: Page, rows: list[Row], answers: list[Any], rules: str
) -> list[tuple[Row, Any, Any]]:
    """Return the rows for which a browser, with these rules, has other answers."""
    page.evaluate(rules)
    theirs = json.loads(page.evaluate(JAVASCRIPT, json.dumps(rows)))
    compared = zip(rows, theirs, answers, strict=True)
    return [(row, other, answer) for row, other, answer in compared if other != answer]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page without a network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def test_browser_and_python_agree_on_60000_settings(page: Page) -> None:
    rows = table(60_000)
    answers = [python(row) for row in rows]
    assert disagreements(page, rows, answers, rules()) == []
    errors = {error for answer in answers for error in answer[:2]}
    codes = {answer[at][0] for answer in answers for at in (2, 3) if isinstance(answer[at], list)}
    # output_size is asked for its words only, and so large a padding is beyond a browser.
    assert codes == {*get_args(Refusal)} - {"output-size", "padding-too-large"}
    accepted = sum(answer[:2] == [None, None] for answer in answers)
    assert len(errors) > 500, "The table holds too few different errors."
    assert accepted > 20_000, "The table holds too few settings that work."


def test_the_comparison_can_fail(page: Page) -> None:
    rows = table(500)
    answers = [python(row) for row in rows]
    for right, wrong in (
        ("this.stride) + 1)", "this.stride) + 2)"),
        ("Output size is too small", "Output size is too small."),
        ("count > 0", "count > 1"),
        ("kernel-too-long", "kernel-too-short"),
    ):
        source = rules()
        assert right in source
        assert disagreements(page, rows, answers, source.replace(right, wrong)) != []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("conv1dOutputLength(2.5, { kernel_size: 3 })", "length has to be an integer, got 2.5"),
        (
            "conv1dOutputLength(5, { kernel_size: '3' })",
            'kernel_size has to be an integer, got "3"',
        ),
        ("conv1dOutputLength(5, {})", "kernel_size has to be an integer, got undefined"),
        ("conv1dOutputLength(2 ** 53, { kernel_size: 3 })", "up to 2**53 only"),
        ("convTranspose1dOutputLength(2 ** 40, { kernel_size: 1, stride: 2 ** 30 })", "2**53"),
    ],
)
def test_what_a_browser_cannot_count_is_refused(page: Page, call: str, said: str) -> None:
    page.evaluate(rules())
    counted = f"bookModules['lengths.js'].{call}"
    run = f"() => {{ try {{ return {counted} }} catch (e) {{ return e.message }} }}"
    assert said in str(page.evaluate(run))


# --- One source, three forms ------------------------------------------------------------------


def test_comments_stay_at_home_and_texts_do_not() -> None:
    for name in frontend.modules():
        body = frontend.classic(name)
        assert not re.search(r"^\s*(?://|/\*\*|\*/)(?!.*\*/ \S)", body, re.MULTILINE), name
        # What is not a line of a comment is all there, addresses in texts included.
        kept = [line for line in frontend.source(name).splitlines() if "://" in line]
        assert all(line in body for line in kept if not line.lstrip().startswith(("//", "*"))), name


PLAYGROUND = frontend.scripts("playground.js")
STATES = [
    STATE | changed
    for changed in (
        {},
        {"output_padding": 1},
        {"length": 99},
        {"mode": "conv", "padding": 0},
        {"mode": "transposed", "length": 7},
        {"mode": "conv", "length": 1024, "kernel_size": 65, "dilation": 2},
        {"length": 13, "stride": 3, "dilation": 2},
        {"length": 5, "stride": 1, "dilation": 4, "output_padding": 3, "padding": 4},
        {"length": 2**40, "stride": 7},
        {"mode": "transposed", "length": 3, "kernel_size": 1, "stride": 4, "output_padding": 3},
        {"length": 0},
        {"kernel_size": 200},
        {"output_padding": 2},
        {"stride": 0},
    )
]


def test_a_bundle_is_one_module(page: Page) -> None:
    load = """
    async (source) => {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const loaded = await import(url);
      return [Object.keys(loaded), typeof loaded.default.render];
    }"""
    assert page.evaluate(load, frontend.bundle("playground.js")) == [["default"], "function"]


def test_classic_scripts_register_their_exports(page: Page) -> None:
    for name in PLAYGROUND:
        page.evaluate(frontend.classic(name))
    names = page.evaluate("Object.keys(bookModules)")
    assert names == PLAYGROUND
    exports = page.evaluate("Object.keys(bookModules['lengths.js'])")
    assert {"conv1dOutputLength", "requiredOutputPadding"} <= set(exports)
    assert page.evaluate("Object.keys(globalThis).filter((name) => /conv1d/i.test(name))") == []


@pytest.mark.parametrize(
    "line",
    [
        'import lengths from "./lengths.js";',
        'import * as lengths from "./lengths.js";',
        'import { a as b } from "./lengths.js";',
        'import { a } from "https://example.org/lengths.js";',
        'import"./lengths.js";',
        "export class A {}",
        "export { a };",
        "export*from './lengths.js';",
        "export default function () {}",
    ],
)
def test_other_imports_and_exports_are_refused(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "source", lambda name: f"// {name}\n{line}\n")
    with pytest.raises(ValueError, match="only simple imports and exports"):
        frontend.classic("some.js")


@pytest.mark.parametrize("state", STATES, ids=lambda state: json.dumps(state)[1:-1])
def test_the_drawn_state_is_what_the_module_draws(page: Page, state: dict[str, Any]) -> None:
    page.set_content('<body style="margin:0"><div id="live" style="width:640px"></div>')
    for name in [*PLAYGROUND, "mount.js"]:
        page.evaluate(frontend.classic(name))
    live, still = page.evaluate(
        """([state, markup]) => {
          const el = document.querySelector("#live");
          const model = bookModules["mount.js"].pageModel(state);
          bookModules["playground.js"].default.render({ model, el });
          const still = document.createElement("div");
          still.innerHTML = markup;
          const waiting = "fieldset, button, [type=range], .pg-drawing";
          for (const idle of still.querySelectorAll(waiting)) {
            idle.removeAttribute("disabled");
            idle.removeAttribute("hidden");
          }
          return [el.innerHTML, still.innerHTML];
        }""",
        [state, drawing.markup("playground.js", state)],
    )
    assert live == still


def test_the_drawn_state_waits_for_its_script() -> None:
    drawn = drawing.static_html("playground.js", STATE)
    assert drawn.startswith('<div class="playground" data-module="playground.js" data-state="{')
    assert '<fieldset class="pg-controls" disabled>' in drawn
    assert re.findall(r"<(?:button|input type=.range.)(?![^>]* disabled)[^>]*>", after(drawn)) == []


def after(drawn: str) -> str:
    """Return what follows the controls that their fieldset disables."""
    return drawn.partition("</fieldset>")[2]


def test_markup_escapes_what_it_is_given() -> None:
    drawn = drawing.static_html("playground.js", STATE | {"length": "<img src=x>"})
    assert "<img" not in drawn
    assert "&lt;img src=x&gt;" in drawn


def test_every_role_has_its_color_in_both_themes() -> None:
    css = frontend.palette_css()
    for role in ROLES:
        for color in PALETTE[role]:
            assert f"--book-{role.replace('_', '-')}:{color};" in css


def test_weight() -> None:
    sources = [frontend.source(name) for name in [*PLAYGROUND, *frontend.sheets("playground.js")]]
    assert len(gzip.compress("".join(sources).encode())) < 24_500


def test_frontend_loads_no_torch() -> None:
    code = "import sys, helpers.playground; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
