"""Milliseconds from an input to the painted frame, in the playground as readers meet it."""

import itertools
import statistics
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.chromium import launched, opened
from benchmarks.pages import ANSWER, PLAYGROUND
from benchmarks.server import served

PAGES = ("index.html", "notebooks/01_basic_discrepancy.html")
LENGTHS = (64, 1024)
INPUTS = 200
ROUNDS = 3
VISITS = 3
BARE = "a page of one input and one output"
BARE_PAGE = """
<!doctype html>
<meta name="viewport" content="width=device-width">
<div class="playground">
<input name="length"><output name="conv_length" class="pg-put-in"></output>
</div>
<script>
const [input, output] = document.querySelector("div").children;
input.addEventListener("input", () => { output.textContent = input.value; });
</script>
"""
# Each input comes at the start of a frame, and a message arrives once that frame is painted. The
# words follow the picture when the inputs rest, so they are waited for apart, one input at a time.
MEASURE = f"""
async ({{ lengths, words }}) => {{
  const input = document.querySelector("{PLAYGROUND}");
  const last = document.querySelector(".pg-put-in");
  const times = [];
  for (const length of lengths) {{
    await new Promise(requestAnimationFrame);
    const before = last.textContent;
    const start = performance.now();
    input.value = String(length);
    input.dispatchEvent(new Event("input", {{ bubbles: true }}));
    while (words && last.textContent === before) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => {{
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(null);
    }});
    times.push(performance.now() - start);
  }}
  return times;
}}
"""


@dataclass(frozen=True)
class Visit:
    """What one stay on a page measured, in milliseconds: every round, and the words apart."""

    rounds: list[list[float]]
    words: list[float]


@dataclass(frozen=True)
class Frames:
    """Milliseconds from input to painted frame on one page, at one length, over all visits."""

    page: str
    length: int
    visits: list[Visit]

    @property
    def quietest(self) -> list[float]:
        """The round whose 95th percentile is the lowest: other work on the machine only adds."""
        return min((times for visit in self.visits for times in visit.rounds), key=percentile95)

    @property
    def usual(self) -> float:
        """The 95th percentile of the round in the middle."""
        return statistics.median(
            percentile95(times) for visit in self.visits for times in visit.rounds
        )

    @property
    def words(self) -> float:
        """The median from an input to the frame in which the words have followed."""
        return statistics.median(time for visit in self.visits for time in visit.words)


def percentile95(times: list[float]) -> float:
    """Return the time that one in twenty exceeds."""
    return statistics.quantiles(times, n=20)[-1]


def frames(site: Path, *, slow_processor: bool) -> list[Frames]:
    """Measure the playground in view, after a warm-up; the bare page is the first of the list.

    The pages take turns, so that a slow minute of the machine is not one page's alone.
    """
    cases = [(BARE, 64), *itertools.product(PAGES, LENGTHS)]
    found = [Frames(page, length, []) for page, length in cases]
    with launched() as browser, served(site) as url:
        for _ in range(VISITS):
            for one in found:
                one.visits.append(
                    visit(browser, url, one.page, one.length, slow_processor=slow_processor)
                )
    return found


def visit(browser: Browser, url: str, name: str, length: int, *, slow_processor: bool) -> Visit:
    """Open a page and put in one length after the other."""
    lengths = [length - turn % 2 for turn in range(INPUTS)]
    with opened(browser, slow_processor=slow_processor, slow_network=False) as page:
        if name == BARE:
            page.set_content(BARE_PAGE)
        else:
            page.goto(f"{url}/{name}", wait_until="networkidle")
        # A real key, as from a reader: with it the browser stops watching how a page loads.
        page.locator(PLAYGROUND).tap()
        page.keyboard.press("ArrowUp")
        words = page.evaluate(MEASURE, {"lengths": lengths[:50], "words": True})
        rounds = [
            page.evaluate(MEASURE, {"lengths": lengths, "words": False}) for _ in range(ROUNDS)
        ]
        answer = page.locator(ANSWER).text_content()
        shown = lengths[-1] if name == BARE else lengths[-1] // 2 + lengths[-1] % 2
        assert answer == str(shown)
    return Visit(rounds, words)
