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
ROUNDS = 9
BARE = "a page of one input and one output"
BARE_PAGE = """
<!doctype html>
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
class Frames:
    """Milliseconds from input to painted frame on one page, at one length."""

    page: str
    length: int
    median: float
    percentile95: float
    words: float


def frames(site: Path) -> list[Frames]:
    """Measure with the processor four times slower, the playground in view, after a warm-up."""
    with launched() as browser, served(site) as url:
        return [
            measured(browser, BARE, 64, "about:blank", BARE_PAGE),
            *(
                measured(browser, page, length, f"{url}/{page}")
                for page, length in itertools.product(PAGES, LENGTHS)
            ),
        ]


def measured(
    browser: Browser, name: str, length: int, address: str, content: str | None = None
) -> Frames:
    """Measure one page at one length: the quietest of several rounds, and the words apart."""
    lengths = [length - turn % 2 for turn in range(INPUTS)]
    with opened(browser, slow_processor=True, slow_network=False) as page:
        page.goto(address, wait_until="networkidle")
        if content:
            page.set_content(content)
        # A real key, as from a reader: with it the browser stops watching how a page loads.
        page.locator(PLAYGROUND).click()
        page.keyboard.press("ArrowUp")
        words = page.evaluate(MEASURE, {"lengths": lengths[:50], "words": True})
        rounds = [
            page.evaluate(MEASURE, {"lengths": lengths, "words": False}) for _ in range(ROUNDS)
        ]
        answer = page.locator(ANSWER).text_content()
        assert answer == str(lengths[-1] if content else lengths[-1] // 2 + lengths[-1] % 2)
    percentile95, times = min((statistics.quantiles(times, n=20)[-1], times) for times in rounds)
    return Frames(name, length, statistics.median(times), percentile95, statistics.median(words))
