"""Every page: what it asks for and says, who can read it, where its links lead, what it weighs."""

import gzip
import html
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.site.visits import (
    CHAPTERS,
    NARROW,
    PAGES,
    ROOT,
    WIDE,
    WRITTEN,
    Visit,
    background,
    paper,
    sticking_out,
    violations,
)

PAGE_BUDGET, WHOLE_BUDGET = 140_000, 250_000
"""Bytes over the wire for a page, and for it with all fonts; figures and search index apart."""
TITLE = r"<title>(.+?)</title>"
DESCRIPTION = r'<meta name="description" content="(.+?)">'


def test_page_asks_no_other_host_and_says_no_error(opened: Visit) -> None:
    assert opened.requests
    assert opened.foreign() == []
    assert opened.complaints == []


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


@pytest.mark.parametrize("opened", CHAPTERS, indirect=True)
def test_chapter_can_be_downloaded(opened: Visit) -> None:
    with opened.page.expect_download() as started:
        opened.page.get_by_role("link", name="Download notebook").click()
    file = Path(urlsplit(opened.page.url).path).with_suffix(".ipynb")
    stored = (ROOT / "notebooks" / file.name).read_text(encoding="utf-8")
    assert json.loads(Path(started.value.path()).read_text(encoding="utf-8")) == json.loads(stored)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "404.html"])
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
    title = re.search(TITLE, page)
    assert title
    assert 20 < len(html.unescape(title[1])) <= 80
    description = re.search(DESCRIPTION, page)
    assert (description is None) == (name not in WRITTEN)
    if description:
        assert 50 <= len(html.unescape(description[1])) <= 160
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="(.+?)">', page)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(policy[1]).split(";"))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'sha256-[\w+/=]{44}'", rules["script-src"])
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert "http" not in policy[1]
    sources = re.findall(r"<script[^>]* src=[^>]*>", page)
    assert len(sources) > 3
    assert all(" defer" in tag for tag in sources)  # all are fetched at once, none waits


def test_titles_and_descriptions_differ_from_page_to_page(site: Path) -> None:
    pages = [(site / name).read_text(encoding="utf-8") for name in WRITTEN]
    for pattern in (TITLE, DESCRIPTION):
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_has_no_accessibility_violation(scheme: str, opened: Visit) -> None:
    opened.page.set_viewport_size(WIDE if scheme == "light" else NARROW)
    opened.page.emulate_media(color_scheme=scheme)
    assert background(opened.page) == paper(dark=scheme == "dark")
    assert violations(opened.page) == []


def test_axe_finds_faint_text_and_a_field_without_a_label(
    tmp_path: Path, visit: Callable[..., Visit]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<html lang="en"><title>Faults</title><p>Plain.</p><p style="color: #ccc">Faint.</p>'
        '<p>Plain and <a style="color: #111; text-decoration: none" href="/">a link</a>.</p>'
        '<p>Plain.</p><div style="background: #555"><p>Faint.</p></div><input>'
        '<div><div class="highlight"><pre>'
        '<span>Plain</span><span style="color: #ddd">Faint</span></pre></div></div></html>',
        encoding="utf-8",
    )
    found = violations(visit(page.as_uri()).page)
    assert sorted(fault.split(":")[0] for fault in found) == [
        "color-contrast",
        "color-contrast",
        "color-contrast",
        "label",
        "link-in-text-block",
    ]


def test_page_fits_a_phone(opened: Visit) -> None:
    opened.page.set_viewport_size(NARROW)
    assert sticking_out(opened.page) == []
    small = opened.page.evaluate(
        "[...document.querySelectorAll('button, summary, .mobile-header :is(a, label),"
        " .related-pages a, .page-top li a')]"
        ".filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80),"
        " e.getBoundingClientRect()]).filter(([, box]) => box.width < 24 || box.height < 24)"
        ".map(([markup]) => markup)"
    )
    assert small == []


def test_something_wide_is_noticed(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!DOCTYPE html><div style="width: 400px">Wide</div>', encoding="utf-8")
    assert sticking_out(visit(page.as_uri(), viewport=NARROW).page) != []


WIDE_EXAMPLES = """() => [...document.querySelectorAll("article pre")]
  .filter((pre) => pre.scrollWidth > pre.clientWidth).map((pre) => pre.textContent)"""


def test_examples_of_the_helpers_fit_their_column(
    site_url: str, visit: Callable[..., Visit]
) -> None:
    page = visit(f"{site_url}/book/api.html").page
    page.set_viewport_size({"width": 1200, "height": 900})
    assert page.locator("article pre").count() > 30
    assert page.evaluate(WIDE_EXAMPLES) == []
    page.set_viewport_size({"width": 360, "height": 900})
    assert page.evaluate(WIDE_EXAMPLES) != []  # So a wide one is noticed.


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
            # The page for wrong addresses is shown at any depth: its links begin at the root.
            start = site if parts.path.startswith("/") else (site / name).parent
            file = start / unquote(parts.path).lstrip("/") if parts.path else site / name
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


def weight(site: Path, name: str) -> int:
    """Return the bytes of a page over the wire: itself, its stylesheets and its scripts."""
    page = (site / name).read_text(encoding="utf-8")
    files = {site / name}
    for target in re.findall(
        r'<(?:script|link rel="stylesheet")[^>]* (?:src|href)="([^"?]+)', page
    ):
        start = site if target.startswith("/") else (site / name).parent
        files.add((start / target.lstrip("/")).resolve())
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light(name: str, site: Path) -> None:
    page = weight(site, name)
    fonts = sum(font.stat().st_size for font in site.glob("_static/fonts/*.woff2"))
    assert 10_000 < page <= PAGE_BUDGET
    assert page + fonts <= WHOLE_BUDGET
