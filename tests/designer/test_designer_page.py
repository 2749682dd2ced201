"""The designer's page in real Chromium, from disk: answers, stops, links, keyboard, looks."""

import json
import re
from typing import Any

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests import oracle
from tests.designer.asking import MODULES, Open, answers, built, fill, returns, site
from torch import nn

from book_site import drawing
from helpers import designer
from helpers.layers import trace

UNET = """nn.Sequential(
    nn.Conv1d(1, 16, 7, stride=2, padding=3),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Conv1d(16, 32, 5, stride=3, padding=2),
)"""
DASH = "\N{EN DASH}"


def test_it_is_alive_from_disk(show: Open) -> None:
    page = show()
    fill(page, UNET, 1000)
    layers = built([line.strip(" ,") for line in UNET.splitlines()[1:-1]])
    traced = trace(layers, 1000)
    expect(page.locator("output[name=length_after]")).to_have_text(str(traced.lengths[-1]))
    expect(page.locator("output[name=length_back]")).to_have_text("1000")
    shown = (
        page.locator(".ds-answer table").first.locator("tbody tr .ds-length").all_text_contents()
    )
    assert shown == [str(length) for length in traced.lengths]
    code = page.locator(".ds-listing code").text_content() or ""
    assert returns(code, 32, traced.lengths[-1]) == (1, 1, 1000)
    expect(page.locator(".pg-stage svg")).to_be_visible()
    page.get_by_role("button", name="one sample more").click()
    expect(page.locator("output[name=length_back]")).to_have_text("1001")
    page.locator(".ds-comings button").first.click()
    expect(page.locator("[name=length]")).not_to_have_value("1001")


def test_the_layer_that_fails_is_marked_with_pytorchs_words(show: Open) -> None:
    page = show()
    fill(page, "nn.Conv1d(1, 8, 3, stride=2)\nnn.Conv1d(8, 8, 9)", 12)
    words = oracle.conv1d(5, kernel_size=9)
    expect(page.get_by_role("alert")).to_have_text(f"PyTorch: {words}")
    expect(page.locator(".ds-failed td").nth(1)).to_contain_text("nn.Conv1d(8, 8, 9)")
    expect(page.locator(".ds-bar.ds-failed")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Use ")).click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("output[name=length_after]")).to_have_text("1")


SKIPS = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(1, 4, 4, stride=2, padding=1)
        self.up = nn.ConvTranspose1d(4, 4, 4, stride=2, padding=1)
        self.out = nn.Conv1d(5, 1, 3, padding=1)
    def forward(self, x):
        skip = x
        x = self.up(self.down(x))
        x = torch.cat([x, skip], dim=1)
        return self.out(x)
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_skip_whose_ends_differ_is_marked_with_pytorchs_words(show: Open, theme: str) -> None:
    page = show(theme=theme)
    fill(page, SKIPS, 91)
    names: dict[str, Any] = {"nn": nn, "torch": torch}
    exec(SKIPS, names)
    with pytest.raises(RuntimeError) as error:
        names["Net"]()(torch.zeros(1, 1, 91))
    expect(page.get_by_role("alert")).to_have_text(f"PyTorch: {error.value}")
    expect(page.locator(".ds-verdict")).to_contain_text(
        "In line 10, 90 samples of up (ConvTranspose1d, line 5) meet 91 of the input. "
        "The nearest input lengths that work are 90 and 92."
    )
    expect(page.locator("output[name=length_after]")).to_have_text("\N{EN DASH}")
    assert Axe().run(page).response["violations"] == []
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Use 92").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("output[name=length_after]")).to_have_text("92")
    expect(page.locator(".ds-answer")).not_to_contain_text("torch.cat")


def test_a_skip_that_never_fits_says_so(show: Open) -> None:
    page = show()
    fill(page, SKIPS.replace("self.up(self.down(x))", "self.down(x)"), 91)
    expect(page.locator(".ds-verdict")).to_contain_text("No input length near this one works.")


def test_channels_that_do_not_fit_are_no_matter_of_the_length(show: Open) -> None:
    page = show()
    fill(page, "nn.Sequential(\n    nn.Conv1d(1, 8, 4, 2, 1),\n    nn.Conv1d(4, 8, 3),\n)", 100)
    expect(page.locator(".ds-verdict")).to_have_text(
        "Conv1d in line 3 refuses it: 8 channels come in, and it takes 4."
    )
    expect(page.get_by_role("alert")).to_contain_text("to have 4 channels, but got 8 channels")
    expect(page.locator(".ds-answer")).not_to_contain_text("repairs")


def test_a_stop_quotes_the_text_as_it_is_pasted(show: Open) -> None:
    page = show()
    printed = "Net(\n  (conv): Conv1d(1, 8, kernel_size=(4,), stride=(2,))\n)"
    fill(page, printed, 100)
    expect(page.locator(".ds-stop code").first).to_have_text("Net(")


def test_what_is_not_python_is_not_said_to_be_known_to_pytorch(show: Open) -> None:
    page = show()
    fill(page, STOPPED.replace("def forward(self, x):", "def forward(self, x)"), 100)
    expect(page.locator(".ds-why-stopped")).to_contain_text("this is not Python that is read here")
    expect(page.locator(".ds-stop")).to_contain_text("If Python itself reads it, ask PyTorch")


def test_a_class_that_makes_itself_is_no_example_of_a_call(show: Open) -> None:
    page = show()
    fill(
        page,
        "class Net(nn.Module):\n    def __init__(self, depth):\n        super().__init__()\n"
        "        self.inner = Net(depth - 1) if depth > 1 else nn.Conv1d(1, 1, 3)\n"
        "    def forward(self, x):\n        return self.inner(x)",
        100,
    )
    expect(page.locator(".ds-why-stopped")).to_contain_text("add a line such as model = Net(depth=")


def test_a_fault_of_the_page_leaves_no_answer_of_the_code_before(engine: Page) -> None:
    """Each list of numbers fails here, as a fault in the page's own code would."""
    found = engine.evaluate(
        "() => {"
        + MODULES
        + """
        const kept = Array.prototype.with;
        Array.prototype.with = () => { throw new RangeError("a fault") };
        try { return answer("nn.Conv1d(1, 1, 3)", 101); } finally { Array.prototype.with = kept; }
        }"""
    )
    assert found["kind"] == "stopped"
    assert found["stop"]["why"] == "this is not evaluated here"


STOPPED = """from .blocks import Pool

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv1d(1, 4, 4, stride=2, padding=1)
        self.pool = Pool(3)
    def forward(self, x):
        return self.pool(self.down(x))
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_stop_names_its_statement_and_the_way_on(show: Open, theme: str) -> None:
    page = show(theme=theme)
    fill(page, STOPPED, 23_817)
    stop = page.locator(".designer .stopped")
    expect(stop).to_have_attribute("data-line", "7")
    expect(stop).to_contain_text("self.pool = Pool(3)")
    expect(stop).to_contain_text("Pool comes from .blocks, which is not seen here")
    expect(page.locator("output[name=length_after]")).to_have_text(DASH)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".pg-big")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Use "))).to_have_count(0)
    expect(page.locator(".ds-answer")).not_to_contain_text("decoder")
    expect(page.locator(".ds-answer table .ds-length")).to_have_text(["11908"])
    asked = stop.locator("pre code").text_content() or ""
    assert asked.splitlines() == [
        "from helpers.layers import trace",
        "model = Net()",
        "print(trace(model, 23_817))",
    ]
    expect(stop.get_by_role("link")).to_have_attribute("href", "../notebooks/your_model.html")
    stop.get_by_role("button", name="line 7").click()
    field = page.locator("[name=code]")
    chosen = field.evaluate("(f) => f.value.slice(f.selectionStart, f.selectionEnd)")
    assert chosen == "        self.pool = Pool(3)"
    expect(field).to_be_focused()
    assert Axe().run(page).response["violations"] == []
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_links_to_the_notebook_are_those_of_the_site(show: Open) -> None:
    ways = [
        {"words": "on Binder", "url": "https://b.example"},
        {"words": "in Colab", "url": "https://c.example"},
    ]
    page = show({"code": STOPPED, "length": 9, "ways": ways})
    expect(page.locator(".stopped").get_by_role("link")).to_have_text(["on Binder", "in Colab"])


MODELS = """class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 2, stride=2)
    def forward(self, x):
        return self.layer(x)

class Third(Half):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 3, stride=3)
"""


def test_a_reader_chooses_among_several_models(show: Open) -> None:
    page = show()
    fill(page, MODELS, 60)
    choice = page.locator("select[name=model]")
    expect(choice).to_have_value("Third()")
    expect(page.locator("output[name=length_after]")).to_have_text("20")
    choice.select_option("Half()")
    expect(page.locator("output[name=length_after]")).to_have_text("30")
    page.wait_for_function("location.hash.includes('model=Half')")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(choice).to_have_value("Half()")
    expect(page.locator("output[name=length_after]")).to_have_text("30")
    fill(page, MODELS + "\n", 60)
    expect(choice).to_have_value("Third()")
    assert Axe().run(page).response["violations"] == []


def test_all_outputs_are_shown(show: Open) -> None:
    page = show()
    way = "    def forward(self, x):\n        y = self.layer(x)\n        return y, {'first': x}\n"
    fill(page, MODELS.split("\n\n")[0].rpartition("    def forward")[0] + way, 60)
    expect(page.locator("output[name=length_after]")).to_have_text("30")
    table = page.get_by_role("region", name="All outputs")
    expect(table.locator("tbody tr")).to_have_text(
        [re.compile(r"output\[0\]30"), re.compile(r'output\[1\]\["first"\]60')]
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "length is empty"),
        ("2.5", "length has to be an integer, got 2.5."),
        ("-3", "length counts samples"),
        ("9007199254740993", "beyond 2**53"),
    ],
)
def test_what_is_no_length_gets_a_calm_answer(show: Open, typed: str, said: str) -> None:
    page = show()
    page.locator("[name=length]").fill(typed)
    expect(page.get_by_role("alert")).to_contain_text(said)
    page.locator("[name=length]").fill("24001")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_every_preset_can_be_chosen(show: Open) -> None:
    page = show()
    for preset in designer.presets():
        page.locator("[name=preset]").select_option(preset["key"])
        assert page.locator("[name=code]").input_value() == preset["code"]
        expect(page.locator("output[name=length_back]")).to_have_text(str(preset["length"]))
        expect(page.locator(".ds-source a")).to_have_attribute("href", preset["url"])
    page.locator("[name=code]").press("End")
    page.locator("[name=code]").press_sequentially(" ")
    expect(page.locator("[name=preset]")).to_have_value("")


def test_the_state_is_in_the_link(show: Open) -> None:
    page = show()
    code = UNET + "\n# 100 % <b>&amp;</b> # ü 卷 \N{SNOWMAN} = & ?"
    fill(page, code, 777)
    page.locator("[name='search-layer'][value=ConvTranspose1d]").check()
    page.locator("[name='search-kernel_size-1']").fill("9")
    page.wait_for_function("location.hash.includes('kernel_size=1-9')")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert page.locator("[name=code]").input_value() == code
    expect(page.locator("[name=length]")).to_have_value("777")
    expect(page.locator("[name='search-layer'][value=ConvTranspose1d]")).to_be_checked()
    expect(page.locator("[name='search-kernel_size-1']")).to_have_value("9")
    expect(page.locator("output[name=length_back]")).to_have_text("777")


def test_links_to_other_places_are_left_alone(show: Open) -> None:
    page = show(at="#elsewhere&length=3")
    expect(page.locator("[name=length]")).to_have_value(str(designer.opening()["length"]))


def test_all_of_it_works_by_keyboard(show: Open) -> None:
    page = show()
    page.locator("[name=preset]").focus()
    reached = set()
    for _ in range(80):
        reached.add(
            page.evaluate("document.activeElement.name || document.activeElement.textContent")
        )
        page.keyboard.press("Tab")
    assert {"length", "code", "Copy link", "Copy decoder", "search-from", "search-to"} <= reached
    page.locator("[name='search-layer'][value=Conv1d]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".ds-found")).to_contain_text("with ConvTranspose1d")


def test_a_screen_reader_hears_the_answer(show: Open) -> None:
    page = show()
    fill(page, "nn.MaxPool1d(2)", 9)
    expect(page.locator("[role=status]")).to_contain_text("One layer takes 9 samples to 4.")


def test_code_and_link_can_be_copied_or_read(show: Open) -> None:
    page = show()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error('no')); }")
    page.get_by_role("button", name="Copy decoder").click()
    expect(page.locator(".pg-note input")).to_have_value(re.compile("decoder = nn.Sequential"))
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".pg-note input")).to_have_value(re.compile("#designer-1&length="))
    # On one line: into hundreds of lines Chromium types for half a minute.
    page.locator("[name=code]").fill("nn.ReLU(), " * 900)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".pg-note")).to_contain_text("A link holds 8000 characters")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation_of_wcag(show: Open, theme: str) -> None:
    page = show(theme=theme)
    for code, length in ((UNET, 1000), (UNET, 2), (UNET.replace("ReLU", "Block"), 1001), ("", 5)):
        fill(page, code, length)
        assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("width", [320, 360, 768])
def test_narrow_pages_do_not_scroll_sideways(show: Open, width: int) -> None:
    page = show()
    page.set_viewport_size({"width": width, "height": 740})
    for code, length in ((UNET, 1000), (UNET, 2), ("x" * 500, 5), (UNET, 2**52)):
        fill(page, code, length)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_it_reads_whole(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(site())
    opening = designer.opening()
    text = page.locator(".designer").inner_text()
    assert "A worked example" in text
    assert "decoder = nn.Sequential(" in text
    assert str(opening["length"]) in text
    assert page.locator(".pg-stage svg").is_visible()
    assert page.locator(".designer :is(button, input, select, textarea):enabled").count() == 0
    context.close()


def test_the_markup_holds_no_code_to_run() -> None:
    state = {"length": 5, "code": "</textarea><script>alert(1)</script>", "presets": []}
    drawn = drawing.static_html("designer.js", state)
    assert "<script" not in drawn
    assert not re.search(r"\son\w+=", drawn)
    assert json.dumps(designer.opening())


@pytest.mark.parametrize(
    "line",
    [
        "nn.Conv1d(4, 6, -3, groups=2)",
        "nn.ConvTranspose1d(4, 6, -3)",
        "nn.GroupNorm(2, 3)",
        "nn.Upsample(scale_factor=0)",
        "nn.Upsample(scale_factor=2, align_corners=True)",
        "nn.ChannelShuffle(0)",
        "nn.Softmax(3)",
        "nn.LogSoftmax(dim=-4)",
        "nn.RMSNorm((1, 1, 4, 50))",
    ],
)
def test_a_layer_that_takes_no_signal_is_refused_in_pytorchs_words(engine: Page, line: str) -> None:
    with pytest.raises((RuntimeError, ValueError, IndexError)) as error:
        eval(line, {"nn": nn})(torch.zeros(1, 4, 50))
    [found] = answers(engine, [(line, 50)])
    words = str(error.value) if oracle.MEASURED else found["error"]["words"]
    assert found["error"]["words"] == words
    assert found["error"]["pytorch"]


def test_the_page_says_what_an_autoencoder_does(show: Open) -> None:
    page = show()
    code = (
        "nn.Conv1d(1, 8, 4, stride=2, padding=1)\nnn.ConvTranspose1d(8, 1, 4, stride=2, padding=1)"
    )
    fill(page, code, 101)
    expect(page.locator(".ds-verdict")).to_contain_text("2 layers take 101 samples to 100.")
    expect(page.locator(".ds-own")).to_contain_text("101 samples come back as 100, 1 too few.")
    expect(page.locator(".ds-answer")).to_contain_text(
        "nn.ConvTranspose1d(8, 1, 4, stride=2, padding=1, output_padding=1)"
    )
    page.locator(".ds-near").get_by_role("button", name="102").click()
    expect(page.locator(".ds-own")).to_contain_text("102 samples come back as 102.")
    expect(page.locator(".ds-verdict")).to_contain_text("It comes back by itself.")
    fill(page, code.replace("8, 1, 4, stride=2, padding=1", "8, 1, 4, stride=2, padding=3"), 100)
    expect(page.locator(".ds-own")).to_contain_text("No output_padding")
    expect(page.locator(".pg-hero")).to_have_text(re.compile(r"^100\W*layers\W*96$"))
    assert Axe().run(page).response["violations"] == []


TWICE = """nn.Sequential(
    nn.Conv1d(1, 8, 3, stride=2, padding=1),
    nn.Conv1d(8, 8, 3, stride=2, padding=1),
    nn.ConvTranspose1d(8, 8, 3, stride=2, padding=1, output_padding=1),
    nn.ConvTranspose1d(8, 1, 3, stride=2, padding=1, output_padding=1),
)"""


def test_what_to_pad_or_crop_suits_the_autoencoder_as_it_is(show: Open) -> None:
    page = show()
    fill(page, TWICE, 99)
    expect(page.locator(".ds-own")).to_contain_text("99 samples come back as 100")
    advice = page.locator(".ds-reach").all()
    assert len(advice) == 1
    (model,) = built([TWICE])
    for code in advice[0].locator("code").all_text_contents():
        x = torch.zeros(1, 1, 99)
        names: dict[str, Any] = {"x": x, "F": nn.functional}
        exec(code, names)
        x = names["x"]
        assert x.shape[-1] != 99
        assert model(x).shape == x.shape
    # Undoing the autoencoder as a whole is something else, for those who ask for it.
    whole = page.locator(".ds-whole")
    expect(whole.locator(".ds-listing")).to_be_hidden()
    whole.get_by_text("The way back of all of it").click()
    expect(whole.locator(".ds-listing")).to_be_visible()


def test_reasons_are_true_of_strides_and_ceilings(show: Open) -> None:
    page = show()
    fill(page, "nn.ConvTranspose1d(1, 1, 16, stride=5, padding=5)", 20)
    expect(page.locator(".ds-answer")).not_to_contain_text("stride 1")
    fill(page, "nn.MaxPool1d(2, stride=3, ceil_mode=True)", 9)
    expect(page.locator(".ds-why")).to_contain_text(
        ["each sample becomes 3 again", "= 9 samples, brought to 9"]
    )
    expect(page.locator(".ds-answer")).not_to_contain_text("nothing to pad or to crop")


def test_code_of_keras_is_sent_to_its_chapter(show: Open) -> None:
    page = show()
    fill(page, 'model.add(Conv1D(32, 3, strides=2, padding="same"))', 100)
    expect(page.locator(".ds-verdict")).to_contain_text("This looks like Keras.")
    fill(page, "x = 1", 100)
    expect(page.locator(".ds-verdict")).not_to_contain_text("Keras")
    expect(page.locator(".ds-verdict")).to_contain_text("No model yet. Paste an nn.Sequential")
