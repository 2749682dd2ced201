"""What a page shows: formulas, figures, the notebook to take along, what is live, the answer."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from fontTools.ttLib import TTFont
from tests.site.visits import CHAPTERS, LIVE, PAGES, ROOT, TOC, WIDE, WRITTEN, Visit, violations

import helpers
from helpers.palette import PALETTE


def test_quotes_and_dots_are_as_wide_as_their_fonts_say(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/book/glossary.html").page
    widths = page.evaluate(
        """async (pairs) => {
          const pen = document.createElement("canvas").getContext("2d");
          const widths = [];
          for (const family of ["Book Serif", "Book Sans"])
            for (const style of ["", "italic ", "600 "]) {
              pen.font = `${style}100px "${family}"`;
              await document.fonts.load(pen.font);
              widths.push(pairs.map((text) => pen.measureText(text).width));
            }
          return widths;
        }""",
        ["\u2019", "\u201d", ".", "…"],
    )
    assert len(widths) == 6
    for single, double, dot, dots in widths:
        assert double > 1.5 * single
        assert dots > 2.5 * dot


def test_floor_stretches_and_mod_keeps_its_distance(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/index.html").page
    page.evaluate("document.fonts.ready")
    floor, fraction = (
        page.locator(f".math-block {tag}").first.bounding_box() for tag in ("mo[fence]", "mfrac")
    )
    assert floor
    assert fraction
    assert floor["height"] >= 0.9 * fraction["height"]


def test_math_font_has_every_character_of_every_formula(site: Path) -> None:
    known = set(TTFont(site / "_static/fonts/math.woff2").getBestCmap())
    for name in PAGES:
        page = (site / name).read_text(encoding="utf-8")
        for formula in re.findall(r"<math.*?</math>", page, re.DOTALL):
            text = html.unescape(re.sub(r"<[^>]+>", "", formula))
            missing = {c for c in text if not c.isspace() and ord(c) not in known}
            assert not missing, (name, missing, text)


@pytest.mark.parametrize("name", WRITTEN)
def test_page_has_a_twin_in_markdown(name: str, site: Path) -> None:
    page = (site / name).read_text(encoding="utf-8")
    [leads_to] = re.findall(r'<link rel="alternate" type="text/markdown" href="([^"]+)">', page)
    twin = (site / name).parent / leads_to
    assert twin.name == Path(name).with_suffix(".md").name
    text = twin.read_text(encoding="utf-8")
    title, *_ = re.findall(r"<h1>(?:<span.*?</span>)?(.*?)<a", page)
    heading = text.split("\n", 1)[0].removeprefix("# ").replace("`", "")
    assert heading == html.unescape(re.sub(r"<[^>]+>", "", title))
    assert "data-module" not in text
    for address in re.findall(r"\]\(([\w./-]+\.md)\b", text):
        assert (twin.parent / address).exists(), address
    if name in CHAPTERS:
        stored = nbformat.read((ROOT / name).with_suffix(".ipynb"), as_version=4)
        shown = [
            cell
            for cell in stored.cells
            if cell.cell_type == "code"
            and not {"remove-input", "remove-cell"} & {*cell.metadata.get("tags", ())}
        ]
        written = [cell.source for cell in stored.cells if cell.cell_type == "markdown"]
        fences = len(shown) + sum(cell.count("```python") for cell in written)
        assert text.count("```python\n") == fences
        printed = [
            out.text
            for cell in stored.cells
            for out in cell.get("outputs", ())
            if out.output_type == "stream"
        ]
        assert all(words.split("\n")[0].strip() in text for words in printed)


def test_llms_txt_lists_every_page(site: Path) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[.+\]\((.+)\.md\): .{50,}$", text, re.MULTILINE)
    assert [f"{name}.html" for name in listed] == WRITTEN
    assert re.findall("^## (.+)$", text, re.MULTILINE) == [part["caption"] for part in TOC["parts"]]


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_have_words_and_a_dark_twin(name: str, site: Path) -> None:
    page = (site / name).read_text(encoding="utf-8")
    images = re.findall(r"<img [^>]*>", page)
    for image in images:
        alt = re.search(r'alt="([^"]*)"', image)
        assert alt, image
        assert len(alt[1]) > 20, image
        assert 'loading="lazy"' in image
        assert re.search(r'width="\d+" height="\d+"', image), image  # or the text would jump
    light = re.findall(
        r'class="only-light[^>]*src="\.\./([^"]+)"|src="\.\./([^"]+)"[^>]*only-l', page
    )
    dark = [image for image in images if "only-dark" in image]
    assert len(dark) * 2 == len(images)
    for image in dark:
        file = site / re.search(r'src="\.\./([^"]+)"', image)[1]
        drawn = file.read_text(encoding="utf-8")
        assert PALETTE["paper"][1] in drawn
        assert PALETTE["ink"][0] not in drawn
    assert len(light) == len(dark)


def test_the_chapters_of_the_question_have_a_playground() -> None:
    assert set(CHAPTERS[:3]) < set(LIVE)


@pytest.mark.parametrize(
    ("name", "served"), [("index.html", True), *((name, False) for name in LIVE)]
)
def test_playground_is_alive(
    name: str, served: bool, site: Path, site_url: str, visit: Callable[..., Visit]
) -> None:
    """From disk, where less is allowed, and on one page as served."""
    seen = visit(f"{site_url if served else site.as_uri()}/{name}")
    playground = seen.page.locator(".playground").first
    playground.locator("input[name=length]").fill("57")
    settings = {
        field.get_attribute("name"): int(field.input_value())
        for field in playground.locator("input[type=number], input[inputmode=numeric]").all()
        if field.is_visible() and field.get_attribute("name") != "length"
    }
    mode = playground.locator("input[name=mode]:checked").input_value()
    expected = {}
    back = settings.pop("output_padding", 0)
    if mode != "transposed":
        expected["conv_length"] = helpers.conv1d_output_length(57, **settings)
    if mode != "conv":
        expected["transposed_length"] = helpers.conv_transpose1d_output_length(
            expected.get("conv_length", 57), output_padding=back, **settings
        )
    for result, length in expected.items():
        shown = playground.locator(f"output[name={result}]").first
        shown.filter(has_text=re.compile(rf"^{length}\b")).wait_for(timeout=5000)
    assert seen.complaints == []
    assert seen.foreign() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_playground_in_its_error_state_has_no_violation(
    scheme: str, site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/index.html", color_scheme=scheme).page
    page.locator(".playground input[name=kernel_size]").fill("500")
    page.locator(".playground [role=alert]").filter(has_text="Kernel size").wait_for()
    assert violations(page) == []


def test_landing_page_answers_on_its_first_screen(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/index.html", viewport=WIDE).page
    page.evaluate("document.fonts.ready")
    bottoms = page.evaluate(
        "['.answer', '.hero .math-block', '.playground .pg-drawing svg']"
        ".map(s => [...document.querySelectorAll(s)].at(-1)?.getBoundingClientRect().bottom)"
    )
    assert all(bottom is not None and bottom < 900 for bottom in bottoms), bottoms


def test_landing_page_says_what_is_so() -> None:
    page = (ROOT / "index.md").read_text(encoding="utf-8")
    settings = {"kernel_size": 3, "stride": 2, "padding": 1}
    down = helpers.conv1d_output_length(100, **settings)
    up = helpers.conv_transpose1d_output_length(down, **settings)
    shared = helpers.input_lengths(down, **settings)
    assert (down, up, list(shared)) == (50, 99, [99, 100])
    assert f"Send the {down} through" in page
    assert f"and you have {up}" in page
    assert f"{shared[0]} and {shared[-1]} share the output length {down}" in page
    assert helpers.required_output_padding(100, **settings) == 1
    assert helpers.conv_transpose1d_output_length(
        helpers.conv1d_output_length(99, **settings), output_padding=1, **settings
    ) == 100  # fmt: skip
    assert "first recording of 99 samples comes back as 100" in page
    code = re.search(r"```python\n(.+?)```", page, re.DOTALL)
    assert code
    exec(code[1], {})
    listed = re.findall(r"^\d+\. \[(.+?)\]\((.+?)\)", page, re.MULTILINE)
    numbered = [part["chapters"] for part in TOC["parts"] if part.get("numbered")]
    chapters = [f"{chapter['file']}.ipynb" for part in numbered for chapter in part]
    assert [link for _, link in listed] == chapters
    for title, link in listed:
        heading = json.loads((ROOT / link).read_text(encoding="utf-8"))["cells"][0]["source"]
        assert "".join(heading).startswith(f"# {title}\n")
