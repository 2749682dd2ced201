"""What each page weighs and how soon it answers, beside the untouched Jupyter Book."""

import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

from benchmarks.chromium import launched, opened
from benchmarks.server import over_the_wire, served

APART = {"font": "fonts", "image": "figures"}
RUNS = 3
PLAYGROUND = ".playground input[name=length]"
ANSWER = ".playground output[name=conv_length]"
OBSERVE = """
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
# A key is pressed every 100 ms from the first moment that there is something to press it on,
# until what the playground says is no longer what it said at first.
PRESS = f"""
() => new Promise((resolve) => {{
  const before = document.querySelector("{ANSWER}")?.textContent ?? null;
  let first = before;
  const tick = () => {{
    const input = document.querySelector("{PLAYGROUND}");
    const answer = document.querySelector("{ANSWER}")?.textContent ?? null;
    first ??= answer;
    if (first !== null && answer !== null && answer !== first) return resolve(performance.now());
    if (input) {{
      input.value = String(Number(input.value) + 2);
      input.dispatchEvent(new Event("input", {{ bubbles: true }}));
      input.dispatchEvent(new Event("change", {{ bubbles: true }}));
    }}
    if (performance.now() > 90000) return resolve(null);
    setTimeout(tick, 100);
  }};
  tick();
}})
"""


@dataclass(frozen=True)
class Weight:
    """Bytes over the wire that one page asks for, by what they are."""

    page: str
    parts: Counter[str]


def pages_of(site: Path) -> list[str]:
    """Return the addresses of a site's pages, below its root."""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [page for page in found if not page.startswith(("_", "cdn/", "genindex", "404"))]


def weigh(page: Page, url: str, address: str, site: Path) -> Weight:
    """Load one page until it is quiet and add up what it asked for."""
    parts: Counter[str] = Counter()

    def count(response: Response) -> None:
        request = response.request
        path = site / urlsplit(request.url).path.lstrip("/")
        if not path.is_file():
            return
        size = len(over_the_wire(path))
        searching = "search" in path.name and path.suffix == ".js" and "index" in path.name
        kind = "search index" if searching else APART.get(request.resource_type, "page")
        parts[kind] += size

    page.on("response", count)
    page.goto(f"{url}/{address}", wait_until="networkidle")
    page.remove_listener("response", count)
    return Weight(address, parts)


def weights(site: Path) -> list[Weight]:
    """Weigh every page of a site."""
    with launched() as browser, served(site) as url:
        found = []
        for address in pages_of(site):
            with opened(browser, slow_processor=False, slow_network=False) as page:
                found.append(weigh(page, url, address, site))
        return found


@dataclass(frozen=True)
class Speed:
    """Milliseconds on the slow phone, medians: largest paint, first answer (None: none came)."""

    largest_paint: float
    first_answer: float | None


def speed(site: Path, address: str) -> Speed:
    """Measure how soon one page shows itself and answers, on an emulated slow phone."""
    with launched() as browser, served(site) as url:
        runs = [one_run(browser, f"{url}/{address}") for _ in range(RUNS)]
    answers = [run.first_answer for run in runs if run.first_answer is not None]
    return Speed(
        statistics.median(run.largest_paint for run in runs),
        statistics.median(answers) if len(answers) == RUNS else None,
    )


def one_run(browser: Browser, url: str) -> Speed:
    """Load a page once on the slow phone."""
    with opened(browser, slow_processor=True, slow_network=True) as page:
        page.add_init_script(OBSERVE)
        page.goto(url, wait_until="commit")
        answer = page.evaluate(PRESS)
        page.wait_for_load_state("networkidle")
        return Speed(page.evaluate("window.largestPaint"), answer)
