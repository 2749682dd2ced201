"""The built site in a real Chromium: every page, over HTTP and from disk, on a cut-off network."""

import doctest
import functools
import gzip
import html
import http.server
import importlib
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

import helpers
from helpers.palette import PALETTE
from tools import serve

ROOT = Path(__file__).resolve().parents[1]
EXTENSION = ROOT / "book" / "_ext"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
DOCUMENTS = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
PAGES = ["index.html", *(f"{name}.html" for name in DOCUMENTS), "search.html", "404.html"]
CHAPTERS = [f"{name}.html" for name in DOCUMENTS if name.startswith("notebooks/")]
LIVE = ["index.html"] + [
    name
    for name in CHAPTERS
    if "Playground(" in (ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8")
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
BUDGET = 150_000  # bytes over the wire for a page; fonts, figures and search index apart


@dataclass
class Visit:
    """A page and what went wrong while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def foreign(self) -> list[str]:
        """Return the requests that left this host."""
        here = urlsplit(self.page.url)
        return [
            address
            for address in self.requests
            if not address.startswith(("data:", "blob:")) and urlsplit(address)[:2] != here[:2]
        ]


def listened(context: BrowserContext) -> Visit:
    """Return a new page of a context, with everything it asks and says written down."""
    seen = Visit(context.new_page())
    seen.page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and seen.complaints.append(f"{message.type}: {message.text}")
        ),
    )
    seen.page.on("pageerror", lambda problem: seen.complaints.append(f"thrown: {problem}"))
    seen.page.on(
        "requestfailed", lambda sent: seen.complaints.append(f"failed: {sent.url} {sent.failure}")
    )
    seen.page.on("request", lambda sent: seen.requests.append(sent.url))
    return seen


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens an address in a context of its own."""
    contexts: list[BrowserContext] = []

    def open_page(address: str, **options: Any) -> Visit:
        contexts.append(browser.new_context(**{"viewport": WIDE, **options}))
        seen = listened(contexts[-1])
        seen.page.goto(address, wait_until="load")
        return seen

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(params=["http", "file"])
def base(request: pytest.FixtureRequest, site: Path, site_url: str) -> str:
    """Return the site's address, served and from disk."""
    return site_url if request.param == "http" else site.as_uri()


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, browser: Browser, site_url: str) -> Iterator[Visit]:
    """Open each page once, as a reader would, for all tests that look at every page."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    seen = listened(context)
    seen.page.goto(f"{site_url}/{request.param}", wait_until="load")
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    # Figures wait until they come into sight; here all of them are wanted, dark twins included.
    seen.page.evaluate("[...document.images].forEach(i => { i.loading = 'eager' })")
    until(seen.page, "[...document.images].every(i => i.complete && i.naturalWidth)")
    yield seen
    context.close()


def until(page: Page, expression: str, *, seconds: float = 10) -> None:
    """Wait until an expression is true: the pages' policy forbids Playwright's own way, eval."""
    for _ in range(round(seconds / 0.05)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"Not true within {seconds} s: {expression}")


# What a page asks for and says


def test_page_asks_no_other_host_and_says_no_error(opened: Visit) -> None:
    assert opened.requests
    assert opened.foreign() == []
    assert opened.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_from_disk(name: str, site: Path, visit: Callable[..., Visit]) -> None:
    seen = visit(f"{site.as_uri()}/{name}")
    assert seen.foreign() == []
    assert seen.complaints == []


def test_listener_hears_requests_errors_and_refusals(
    tmp_path: Path, visit: Callable[..., Visit]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<meta http-equiv="Content-Security-Policy" content="script-src \'unsafe-inline\'">'
        '<script>console.error("one"); setTimeout(() => { throw new Error("two"); })</script>'
        '<script src="https://example.invalid/three.js"></script><img src="https://x.invalid/4">',
        encoding="utf-8",
    )
    seen = visit(page.as_uri())
    assert seen.foreign() == ["https://example.invalid/three.js", "https://x.invalid/4"]
    said = "\n".join(seen.complaints)
    assert all(word in said for word in ("one", "two", "three.js csp", "x.invalid/4 net::"))


@pytest.mark.parametrize("name", PAGES)
def test_page_names_itself_and_its_policy(name: str, site: Path) -> None:
    page = (site / name).read_text(encoding="utf-8")
    title = re.search(r"<title>(.+?)</title>", page)
    description = re.search(r'<meta name="description" content="(.+?)">', page)
    assert title
    assert 20 < len(html.unescape(title[1])) <= 80
    assert description
    assert 50 <= len(html.unescape(description[1])) <= 160
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="(.+?)">', page)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(policy[1]).split(";"))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'sha256-[\w+/=]{44}'", rules["script-src"])
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert "http" not in policy[1]


def test_titles_and_descriptions_differ_from_page_to_page(site: Path) -> None:
    pages = [(site / name).read_text(encoding="utf-8") for name in PAGES]
    for pattern in (r"<title>(.+?)</title>", r'<meta name="description" content="(.+?)">'):
        found = [re.search(pattern, page)[1] for page in pages]
        assert len(set(found)) == len(found)


def test_policy_stops_what_is_not_the_books_own(site_url: str, visit: Callable[..., Visit]) -> None:
    seen = visit(f"{site_url}/index.html")
    seen.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1';"
        "document.head.append(s); const t = document.createElement('script');"
        "t.src = 'https://example.invalid/x.js'; document.head.append(t);"
        "document.body.insertAdjacentHTML('beforeend',"
        " '<img src=x onerror=\"window.pwned = 1\">') }"
    )
    seen.page.wait_for_timeout(200)
    assert seen.page.evaluate("window.pwned") is None
    assert "failed: https://example.invalid/x.js csp" in seen.complaints


# Whether a page can be read by everyone


def violations(page: Page) -> list[str]:
    """Return the WCAG 2 A and AA violations that axe finds.

    A page holds thousands of code tokens, and axe takes its time over each. Tokens of one class in
    one kind of box are alike to it: the first of each stays, the others become plain text.
    """
    page.evaluate(
        """() => {
          const seen = new Set();
          const tokens = ":is(.highlight pre, .sig) span:not(:has(*))";
          for (const token of document.querySelectorAll(tokens)) {
            const box = token.closest(".highlight, .sig");
            const kinds = [token, box, box.parentElement, box.parentElement.parentElement];
            const key = kinds.map((e) => `${e.className} ${e.getAttribute("style")}`).join("|");
            if (seen.has(key)) token.replaceWith(token.textContent);
            seen.add(key);
          }
        }"""
    )
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_has_no_accessibility_violation(scheme: str, opened: Visit) -> None:
    opened.page.set_viewport_size(WIDE if scheme == "light" else NARROW)
    opened.page.emulate_media(color_scheme=scheme)
    until(opened.page, f"document.documentElement.dataset.theme === '{scheme}'")
    background = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == rgb(PALETTE["paper"][scheme == "dark"])
    assert violations(opened.page) == []


def rgb(color: str) -> str:
    """Return a color as browsers compute it."""
    return "rgb({}, {}, {})".format(*bytes.fromhex(color[1:]))


def test_axe_finds_faint_text_and_a_field_without_a_label(
    tmp_path: Path, visit: Callable[..., Visit]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<html lang="en"><title>Faults</title><p style="color: #ccc">Faint.</p><input>'
        '<div><div class="highlight"><pre>'
        '<span>Plain</span><span style="color: #ddd">Faint</span></pre></div></div></html>',
        encoding="utf-8",
    )
    found = violations(visit(page.as_uri()).page)
    assert sorted(fault.split(":")[0] for fault in found) == [
        "color-contrast",
        "color-contrast",
        "label",
    ]


def test_page_fits_a_phone(opened: Visit) -> None:
    opened.page.set_viewport_size(NARROW)
    assert sticking_out(opened.page) == []
    small = opened.page.evaluate(
        "[...document.querySelectorAll('button, summary, .bar a, .turn a, .actions a')]"
        ".filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80),"
        " e.getBoundingClientRect()]).filter(([, box]) => box.width < 24 || box.height < 24)"
        ".map(([markup]) => markup)"
    )
    assert small == []


WIDE_EXAMPLES = """() => [...document.querySelectorAll("main pre")]
  .filter((pre) => pre.scrollWidth > pre.clientWidth).map((pre) => pre.textContent)"""


def test_examples_of_the_helpers_fit_their_column(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/book/api.html").page
    page.set_viewport_size({"width": 1200, "height": 900})
    assert page.locator("main pre").count() > 30
    assert page.evaluate(WIDE_EXAMPLES) == []
    page.set_viewport_size({"width": 360, "height": 900})
    assert page.evaluate(WIDE_EXAMPLES) != []  # So a wide one is noticed.


def sticking_out(page: Page) -> list[str]:
    """Return why a page would scroll sideways."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.body.querySelectorAll("*")]
            .filter((e) => e.getBoundingClientRect().right > width + 0.5)
            .map((e) => e.outerHTML.slice(0, 80));
        }"""
    )


def test_something_wide_is_noticed(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!DOCTYPE html><div style="width: 400px">Wide</div>', encoding="utf-8")
    assert sticking_out(visit(page.as_uri(), viewport=NARROW).page) != []


def test_frame_works_without_javascript(site: Path, visit: Callable[..., Visit]) -> None:
    address = f"{site.as_uri()}/{CHAPTERS[0]}"
    page = visit(address, java_script_enabled=False, color_scheme="dark", viewport=NARROW).page
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == rgb(PALETTE["paper"][1])
    assert page.locator("img.only-dark:visible").count() > 0
    assert page.locator("img.only-light:visible").count() == 0
    assert page.locator(".bar button:visible").count() == 1  # the contents, which need no script
    page.locator(".contents-button").click()
    assert page.locator("#contents [aria-current=page]").is_visible()
    page.keyboard.press("Escape")
    page.locator(".search-button").click()
    assert page.get_by_text("The search needs JavaScript").is_visible()


# Mathematics and fonts


def test_formulas_are_drawn(opened: Visit) -> None:
    page = opened.page
    raw = page.evaluate(
        "[...document.querySelectorAll('article p, article li, article td, article figcaption')]"
        ".filter(e => !e.querySelector('code')).map(e => e.textContent)"
        r".filter(t => /\$[^$]+\$|\\(frac|text|left|bmod|lfloor)/.test(t))"
    )
    assert raw == []
    empty = page.evaluate(
        "[...document.querySelectorAll('math')].filter(m => m.checkVisibility() &&"
        " m.getBoundingClientRect().height < 5).map(m => m.outerHTML)"
    )
    assert empty == []
    page.evaluate("document.fonts.ready")
    fonts = page.evaluate("[...document.fonts].filter(f => f.status !== 'unloaded').length")
    failed = page.evaluate("[...document.fonts].filter(f => f.status === 'error').length")
    assert (fonts > 0, failed) == (True, 0)


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


@pytest.fixture(scope="session")
def book_site() -> Iterator[str]:
    """Put the book's Sphinx extension on the path and return its package's name."""
    sys.path.insert(0, str(EXTENSION))
    yield "book_site"
    sys.path.remove(str(EXTENSION))


def test_math_font_has_every_character_of_every_formula(site: Path) -> None:
    from fontTools.ttLib import TTFont

    known = set(TTFont(site / "_static/fonts/math.woff2").getBestCmap())
    for name in PAGES:
        page = (site / name).read_text(encoding="utf-8")
        for formula in re.findall(r"<math.*?</math>", page, re.DOTALL):
            text = html.unescape(re.sub(r"<[^>]+>", "", formula))
            missing = {c for c in text if not c.isspace() and ord(c) not in known}
            assert not missing, (name, missing, text)


def test_extension_examples(book_site: str) -> None:
    counts = []
    for source in sorted((EXTENSION / book_site).glob("*.py")):
        module = importlib.import_module(f"{book_site}.{source.stem}".removesuffix(".__init__"))
        result = doctest.testmod(module)
        assert result.failed == 0
        counts.append(result.attempted)
    assert sum(counts) >= 5


@pytest.mark.parametrize(
    ("environment", "url", "branch"),
    [
        ({"BOOK_REPOSITORY": "a/b"}, "https://github.com/a/b", "main"),
        ({"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://github.example.org"},
         "https://github.example.org/a/b", "main"),
        ({"BOOK_REPOSITORY": "https://gitlab.com/a/b/c.git", "BOOK_BRANCH": "x/y"},
         "https://gitlab.com/a/b/c", "x/y"),
        ({"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "trunk",
          "GITHUB_REF": "refs/heads/trunk"}, "https://github.com/a/b", "trunk"),
        ({"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "7/merge",
          "GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "trunk"},
         "https://github.com/a/b", "trunk"),
        ({"BOOK_REPOSITORY": "/srv/git/book.git"}, None, None),
        ({}, None, None),
    ],
)  # fmt: skip
def test_repository_comes_from_the_environment(
    book_site: str, tmp_path: Path, environment: dict[str, str], url: str, branch: str
) -> None:
    repository = importlib.import_module(f"{book_site}.repository")
    found = repository.find(tmp_path, environment)
    assert (found and found.url, found and found.branch) == (url, branch)


def test_repository_comes_from_the_remote_without_its_token(book_site: str, tmp_path: Path) -> None:
    repository = importlib.import_module(f"{book_site}.repository")
    assert repository.find(tmp_path, {}) is None
    for words in (["init", "-b", "trunk"],
                  ["remote", "add", "origin", "https://me:secret@github.com/a/b.git"]):  # fmt: skip
        importlib.import_module("subprocess").run(
            ["git", *words], cwd=tmp_path, check=True, capture_output=True
        )
    found = repository.find(tmp_path, {})
    assert found.url == "https://github.com/a/b"
    notebook = "notebooks/01_basic_discrepancy.ipynb"
    assert found.colab(notebook) == (
        f"https://colab.research.google.com/github/a/b/blob/trunk/{notebook}"
    )
    assert found.binder(notebook) == (
        "https://mybinder.org/v2/gh/a/b/trunk"
        "?urlpath=lab%2Ftree%2Fnotebooks%2F01_basic_discrepancy.ipynb"
    )


# Links, downloads and figures


class Links(HTMLParser):
    """Collects where a page leads and what on it can be led to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for key, value in attributes:
            if key in ("href", "src") and value is not None:
                self.targets.append(value)
            if key == "id" and value:
                self.anchors.append(value)


def broken(site: Path, names: list[str]) -> list[str]:
    """Return the links of pages that lead to no file or no place on a page."""
    known = {name: Links((site / name).read_text(encoding="utf-8")) for name in names}
    faults = []
    for name, links in known.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (site / name).parent / unquote(parts.path) if parts.path else site / name
            file = file.resolve()
            if not file.is_file() or site not in file.parents:
                faults.append(f"{name}: {target}")
            elif parts.fragment and file.suffix == ".html":
                page = known.get(file.relative_to(site).as_posix())
                if page is None or unquote(parts.fragment) not in page.anchors:
                    faults.append(f"{name}: {target}")
    return faults


def test_links_lead_somewhere(site: Path) -> None:
    assert broken(site, PAGES) == []


def test_broken_links_are_noticed(tmp_path: Path) -> None:
    markup = '<p id="x"><a href="#x"><a href="#y"><img src="z.svg">'
    (tmp_path / "a.html").write_text(markup, encoding="utf-8")
    assert broken(tmp_path.resolve(), ["a.html"]) == ["a.html: #y", "a.html: z.svg"]


@pytest.mark.parametrize("name", PAGES)
def test_anchors_are_unique(name: str, site: Path) -> None:
    anchors = Links((site / name).read_text(encoding="utf-8")).anchors
    assert sorted(anchors) == sorted(set(anchors))


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_can_be_downloaded(name: str, site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{name}").page
    with page.expect_download() as started:
        page.get_by_role("link", name="Download notebook").click()
    stored = (ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8")
    assert json.loads(Path(started.value.path()).read_text(encoding="utf-8")) == json.loads(stored)


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


# Search


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("output padding must be smaller than either stride or dilation", "output padding"),
        ("Calculated padded input size per channel: (4). Kernel size: (5).", "kernel"),
    ],
)
def test_search_finds_what_a_reader_pastes(
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


def test_search_page_takes_its_question_from_the_address(
    base: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{base}/search.html?q=dilation")
    seen.page.locator(".results a").first.wait_for()
    assert "found" in seen.page.get_by_role("status").inner_text()
    seen.page.get_by_role("searchbox").fill("xyzzy")
    seen.page.get_by_text("Nothing found").wait_for()
    assert seen.complaints == []


TENSOR_A = (
    "The size of tensor a (99) must match the size of tensor b (100) at non-singleton dimension 2"
)


@pytest.mark.parametrize("question", [TENSOR_A, "size of tensor a must match"])
def test_search_puts_the_heading_that_holds_the_words_first(
    question: str, site_url: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{site_url}/search.html?q={quote(question)}")
    first = seen.page.locator(".results a").first
    target = "notebooks/errors.html#the-size-of-tensor-a-must-match-the-size-of-tensor-b"
    assert str(first.get_attribute("href")).endswith(target)
    marked = {mark.inner_text().lower() for mark in first.locator("mark").all()}
    assert "tensor" in marked
    assert not marked & {"the", "a", "of", "at"}


@pytest.mark.parametrize(
    ("question", "anchor"),
    [
        ("calculate output size conv1d", "output-length-of-conv1d"),
        ("how do I get the length of the output", "output-length-of-conv1d"),
        ("convtranspose1d output shape", "output-length-of-convtranspose1d"),
    ],
)
def test_search_knows_what_readers_call_a_length(
    question: str, anchor: str, site_url: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{site_url}/search.html?q={quote(question)}")
    seen.page.locator(".results a").first.wait_for()
    links = seen.page.locator(".results a").all()[:3]
    assert any(str(link.get_attribute("href")).endswith(f"#{anchor}") for link in links)


@pytest.mark.parametrize(
    ("question", "helpers_first"),
    [
        ("output_padding", False),
        ("output padding", False),
        ("outputpadding", False),
        ("ConvTranspose1d output size", False),
        ("scaled_length", True),
        ("Pool1dSizes", True),
    ],
)
def test_search_gives_the_book_before_the_helpers(
    question: str, helpers_first: bool, site_url: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{site_url}/search.html?q={quote(question)}")
    seen.page.locator(".results a").first.wait_for()
    links = seen.page.locator(".results a").all()
    found = [str(link.get_attribute("href")) for link in links]
    helpers_at = [place for place, link in enumerate(found) if "book/api.html" in link]
    assert (helpers_at[:1] == [0]) == helpers_first
    assert helpers_first or (len(found) > 5 and not set(helpers_at) & set(range(6)))


QUESTION = "book/questions.html#why-does-convtranspose1d-return-one-sample-fewer"
INVERSE = "#is-convtranspose1d-also-called-deconvolution-the-inverse-of-conv1d"
RULE = "book/cheat_sheet.html#the-rule-for-output-padding"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("why is my output one sample short", QUESTION),
        ("one sample missing", QUESTION),
        ("my decoder output is 99 instead of 100", QUESTION),
        ("how do I compute output_padding", RULE),
        ("how do I set output_padding", RULE),
        ("how to choose output_padding", RULE),
        ("upsample with checkerboard artifacts", "#keep-the-groups-equal"),
        ("interpolate vs transposed", "#keep-the-groups-equal"),
        ("ConvTranspose1d output off by one", QUESTION),
        ("how to invert Conv1d", INVERSE),
        ("deconvolution", INVERSE),
        ("what is output_padding", "book/glossary.html#term-output_padding"),
        ("causal convolution", "book/glossary.html#term-causal-convolution"),
        ("Conv2d", "book/formulas.html#conv2d-and-conv3d"),
        ("streaming state of ConvTranspose1d", "#how-large-is-the-state-of-a-streaming"),
        ("stream strided Conv1d chunks of any size", "#how-do-i-stream-a-strided-conv1d"),
        ("overlap of chunks long file not causal", "#how-much-overlap-do-chunks"),
        ("shortest input of a stack", "#how-short-may-the-input-of-a-stack-be"),
        ("kernel size 4808", "4808"),
        ("U-Net fails for powers of two", "#my-u-net-fails-for"),
        ("why does kernel_size=4 double exactly", "#why-does-kernel-size-4-double"),
    ],
)
def test_search_answers_the_main_questions_before_any_exercise(
    question: str, answer: str, site_url: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{site_url}/search.html?q={quote(question)}")
    seen.page.locator(".results a").first.wait_for()
    links = seen.page.locator(".results a").all()[:3]
    found = [str(link.get_attribute("href")) for link in links]
    assert any(answer in link for link in found), found
    assert not any("#exercise" in link for link in found)


def test_search_still_finds_an_exercise_by_its_heading(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(f"{site_url}/search.html?q=tie+the+weights+yourself")
    first = seen.page.locator(".results a").first
    assert "#exercise-4-tie-the-weights-yourself" in str(first.get_attribute("href"))


def test_search_finds_joined_words(site_url: str, visit: Callable[..., Visit]) -> None:
    seen = visit(f"{site_url}/search.html?q=outputpadding")
    first = seen.page.locator(".results a").first
    assert "output_padding" in first.inner_text()
    assert first.locator("mark").first.inner_text() == "output_padding"


def test_escape_closes_the_search_at_once(site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}").page
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("dilation")
    page.locator(".results a").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".search-dialog").is_hidden()


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
    seen = visit(f"{site_url}/search.html?q=%3Cimg%20src=x%20onerror=alert(1)%3E%20padding")
    seen.page.locator(".results a").first.wait_for()
    assert seen.page.locator(".results img").count() == 0
    assert seen.complaints == []


# Served by `make book`


@pytest.fixture
def served() -> Iterator[str]:
    """Serve the site as `make book` does."""
    handler = functools.partial(serve.Handler, directory=str(serve.SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["wrong.html", "a/b/c/wrong.html"])
def test_wrong_address_is_answered_with_the_books_own_page(
    path: str, served: str, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    statuses: dict[str, int] = {}
    page.on("response", lambda answer: statuses.update({answer.url: answer.status}))
    page.goto(f"{served}/{path}", wait_until="load")
    assert statuses.pop(f"{served}/{path}") == 404
    assert len(statuses) > 2
    assert set(statuses.values()) == {200}  # its stylesheet, scripts and fonts are found
    assert page.locator(".theme-button").is_visible()
    assert page.locator("a[href='#content']").count() == 1
    page.get_by_role("main").get_by_role("link", name="first page").click()
    page.wait_for_url(f"{served}/index.html")
    context.close()


# By hand, by keyboard, on paper


def test_keyboard_reaches_the_text_first_and_shows_where_it_is(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}").page
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the text"
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")[:200]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "place",
    [
        "notebooks/09_stacks.html#make-the-skips-of-a-u-net-meet",
        "notebooks/errors.html#exercises",
        "book/glossary.html#term-checkerboard",
        "book/api.html#helpers.layers.trace",
    ],
)
def test_link_into_a_page_leads_to_what_stands_below_the_bar(
    place: str, viewport: dict[str, int], site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{place}", viewport=viewport).page
    until(page, "document.fonts.status === 'loaded' && scrollY > 0")
    anchor = place.partition("#")[2]
    top = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", anchor)
    bar = page.locator(".bar").bounding_box()["height"]
    assert bar <= top <= bar + 24
    if page.locator(f'.on-page a[href="#{anchor}"]').count():
        here = f".on-page a[href='#{anchor}'][aria-current]"
        until(page, f'document.querySelector("{here}") !== null')
    if viewport is WIDE and page.locator(".on-page").count():
        assert page.locator(".on-page [aria-current]").bounding_box()["y"] < WIDE["height"]


def test_bar_hides_nothing_that_the_keyboard_goes_back_to(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", viewport=NARROW).page
    bar = page.locator(".bar").bounding_box()["height"]
    page.locator(".turn-next").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        page.evaluate("new Promise(requestAnimationFrame)")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert top >= bar, page.evaluate("document.activeElement.outerHTML")[:200]


def test_colors_follow_the_system_until_a_reader_chooses(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/index.html", color_scheme="dark").page
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.emulate_media(color_scheme="light")
    until(page, f"{theme} === 'light'")
    button = page.get_by_role("button", name="Dark colors")
    button.click()
    assert page.evaluate(theme) == "dark"
    assert button.get_attribute("aria-pressed") == "true"
    page.goto(f"{site_url}/{CHAPTERS[0]}")
    assert page.evaluate(theme) == "dark"


def test_contents_open_and_close_on_a_phone(site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", viewport=NARROW).page
    contents = page.locator("#contents")
    assert contents.is_hidden()
    page.get_by_role("button", name="Contents").click()
    assert contents.is_visible()
    current = page.locator("#contents [aria-current=page]")
    assert current.is_visible()
    page.keyboard.press("Escape")
    assert contents.is_hidden()


def test_code_is_copied(browser: Browser, site_url: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site_url}/{CHAPTERS[0]}")
    block = page.locator(".cell_input div.highlight").first
    block.hover()
    block.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == block.locator("pre").inner_text().rstrip("\n")
    assert "import" in text
    context.close()


def test_paper_shows_the_text_only(site_url: str, visit: Callable[..., Visit]) -> None:
    page = visit(f"{site_url}/{CHAPTERS[0]}", color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator(".bar, .contents, .on-page, .copy").filter(visible=True).count() == 0
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == rgb(PALETTE["paper"][0])
    assert page.locator("img.only-dark:visible").count() == 0


# What is live


def test_the_chapters_of_the_question_have_a_playground() -> None:
    assert set(CHAPTERS[:3]) < set(LIVE)


@pytest.mark.parametrize("name", LIVE)
def test_playground_is_alive(name: str, base: str, visit: Callable[..., Visit]) -> None:
    seen = visit(f"{base}/{name}")
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
    page = visit(f"{site_url}/index.html", viewport={"width": 1280, "height": 800}).page
    page.evaluate("document.fonts.ready")
    bottoms = page.evaluate(
        "['.answer', '.hero .math-block', '.playground output[name=conv_length]']"
        ".map(s => [...document.querySelectorAll(s)].at(-1)?.getBoundingClientRect().bottom)"
    )
    assert all(bottom is not None and bottom < 800 for bottom in bottoms), bottoms


def test_landing_page_says_what_is_so() -> None:
    page = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
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
    chapters = re.findall(r"^\d+\. \[(.+?)\]\((.+?)\)", page, re.MULTILINE)
    assert len(chapters) == 10
    assert "Ten chapters" in page
    for (title, link), name in zip(chapters, CHAPTERS, strict=True):
        assert link == f"../{name.removesuffix('.html')}.ipynb"
        heading = json.loads((ROOT / name).with_suffix(".ipynb").read_text(encoding="utf-8"))
        assert "".join(heading["cells"][0]["source"]).startswith(f"# {title}\n")


# Weight


def weight(site: Path, name: str) -> int:
    """Return the bytes of a page over the wire: itself, its stylesheets and its scripts."""
    page = (site / name).read_text(encoding="utf-8")
    files = {site / name}
    for target in re.findall(
        r'<(?:script|link rel="stylesheet")[^>]* (?:src|href)="([^"?]+)', page
    ):
        files.add(((site / name).parent / target).resolve())
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light(name: str, site: Path) -> None:
    assert 2_000 < weight(site, name) <= BUDGET
