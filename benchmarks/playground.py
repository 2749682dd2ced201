"""Milliseconds from an input to the painted frame, in the playground as readers meet it."""

import itertools
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chromium import launched, opened
from benchmarks.pages import ANSWER, PLAYGROUND
from benchmarks.server import served

PAGES = ("index.html", "notebooks/01_basic_discrepancy.html")
LENGTHS = (64, 1024)
INPUTS = 200
# Each input comes at the start of a frame, and the message arrives once that frame is painted.
MEASURE = f"""
async (lengths) => {{
  const input = document.querySelector("{PLAYGROUND}");
  const times = [];
  for (const length of lengths) {{
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    input.value = String(length);
    input.dispatchEvent(new Event("input", {{ bubbles: true }}));
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


def frames(site: Path) -> list[Frames]:
    """Measure with the processor four times slower, the playground in view, after a warm-up."""
    found = []
    with launched() as browser, served(site) as url:
        for address, length in itertools.product(PAGES, LENGTHS):
            with opened(browser, slow_processor=True, slow_network=False) as page:
                page.goto(f"{url}/{address}", wait_until="networkidle")
                # A real key, as from a reader: with it the browser stops watching how a page loads.
                page.locator(PLAYGROUND).click()
                page.keyboard.press("ArrowUp")
                lengths = [length - turn % 2 for turn in range(INPUTS)]
                page.evaluate(MEASURE, lengths[:20])
                times = page.evaluate(MEASURE, lengths)
                assert page.locator(ANSWER).text_content() == str(
                    lengths[-1] // 2 + lengths[-1] % 2
                )
            cuts = statistics.quantiles(times, n=20)
            found.append(Frames(address, length, statistics.median(times), cuts[-1]))
    return found
