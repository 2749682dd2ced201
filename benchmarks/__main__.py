"""Measure everything and write benchmarks/README.md: `make bench`."""

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import helpers, pages, playground, setup, untouched

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "benchmarks" / "README.md"
SITE = ROOT / "_build" / "html"
KINDS = ("page", "figures", "fonts", "search index")
TIMED = ("index.html", "notebooks/01_basic_discrepancy.html")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table whose first column is words and whose others are numbers."""
    rule = ["--", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, rule, *rows))


def kilobytes(count: int) -> str:
    """Return a count of bytes in kB, for a table."""
    return f"{count / 1000:,.1f}"


def milliseconds(value: float | None) -> str:
    """Return a time for a table; a word where nothing answered."""
    return "none" if value is None else f"{value:,.0f}"


def weight_table() -> str:
    """Compare what each page sends with what the untouched book sends for the same chapter."""
    theirs = {
        Path(weight.page).stem: weight.parts["page"] for weight in pages.weights(untouched.SITE)
    }
    rows = [
        [
            weight.page,
            *(kilobytes(weight.parts[kind]) for kind in KINDS),
            kilobytes(theirs[stem]) if (stem := Path(weight.page).stem)[:2].isdigit() else "none",
        ]
        for weight in pages.weights(SITE)
    ]
    return table(["page", *(f"{kind}, kB" for kind in KINDS), "untouched book, kB"], rows)


def speed_table() -> str:
    """Compare how soon pages show themselves and answer on the slow phone."""
    untouched_page = "01_basic_discrepancy.html"
    measured = [(f"this book, {page}", pages.speed(SITE, page)) for page in TIMED]
    measured.append(
        (f"untouched book, {untouched_page}", pages.speed(untouched.SITE, untouched_page))
    )
    rows = [
        [name, milliseconds(speed.largest_paint), milliseconds(speed.first_answer)]
        for name, speed in measured
    ]
    return table(["page", "largest contentful paint, ms", "first key press answered, ms"], rows)


def frame_table(*, slow_processor: bool) -> str:
    """Show how long the playground takes from an input to the painted frame."""
    rows = []
    bare, *others = playground.frames(SITE, slow_processor=slow_processor)
    for frames in (bare, *others):
        quiet = frames.quietest
        times = (
            statistics.median(quiet),
            playground.percentile95(quiet),
            frames.usual,
            frames.usual / bare.usual,
            frames.words,
        )
        rows.append([frames.page, frames.length, *(f"{time:.1f}" for time in times)])
    head = [
        "page",
        "length",
        "median, ms",
        "95th percentile, ms",
        "95th percentile of the middle round, ms",
        "times the bare page",
        "all shown, median, ms",
    ]
    return table(head, rows)


def time_table(head: str, unit: str, measured: Iterable[tuple[str, float]], digits: int = 0) -> str:
    """Show named numbers in two columns."""
    rows = [[name, f"{value:,.{digits}f}"] for name, value in measured]
    return table([head, unit], rows)


def share_table() -> str:
    """Show what torch brings on Linux, with CUDA and without."""
    if platform.system() != "Linux":
        return "Only Linux is asked: elsewhere PyPI's torch brings no CUDA."
    rows = [
        [
            share.name,
            share.wheels,
            "not asked" if share.packed is None else kilobytes(share.packed),
            kilobytes(share.unpacked),
        ]
        for share in setup.shares()
    ]
    return table(["what", "wheels", "to download, kB", "unpacked, kB"], rows)


def report() -> str:
    """Measure everything and return the page."""
    untouched.build()
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("torch", "jupyter-book")
    )
    micro = [(name, time / 1000) for name, time in helpers.traces()]
    sections = [
        "# Benchmarks",
        f"Written by `make bench` on {platform.system()} with {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, {versions}. The untouched book is the same"
        " notebooks in a Jupyter Book left as it comes, with ipywidgets' usual embedding and the"
        " scripts it fetches from other hosts served beside it.",
        "## Weight of each page over the wire (gzip)",
        weight_table(),
        "## On a slow phone",
        "A processor four times slower, 1.6 Mbit/s, 150 ms; the median of three loads. The"
        " untouched playground answers with its own arithmetic too: its Python panel stays still.",
        speed_table(),
        "## From an input to the painted frame",
        f"The playground in view: {playground.INPUTS} inputs, one in each frame, that change the"
        f" numbers and the picture. The pages take turns, {playground.VISITS} visits of"
        f" {playground.ROUNDS} such rounds each. The first two times are those of the quietest"
        " round, since other work on the machine only adds; the third is what the round in the"
        " middle came to. One frame at 60 Hz is 16.7 ms. Verdict, legend, story and formulas follow"
        " when the inputs rest; the last column counts from an input to the frame that shows them"
        " too. First with this machine's processor as it is:",
        frame_table(slow_processor=False),
        "And with a processor four times slower:",
        frame_table(slow_processor=True),
        "## One length",
        time_table("how", "ns", helpers.lengths()),
        "## The lengths through a stack of 1,000 layers",
        "16,000 samples, one channel, kernel_size=3, padding=1.",
        time_table("how", "µs", micro),
        "## Setting up and building",
        time_table("what", "s", setup.builds(), digits=1),
        "## nbval over each chapter",
        time_table("chapter", "s", setup.chapters(), digits=1),
        "## PyTorch on Linux, with CUDA and without",
        "From the directories of the wheels on PyPI, for Linux on x86-64; the wheel for the CPU is"
        " on PyTorch's own index, and of that one only the installed files are counted.",
        share_table(),
    ]
    return "\n\n".join(sections) + "\n"


if __name__ == "__main__":
    REPORT.write_text(report(), encoding="utf-8")
    print(f"wrote {REPORT.relative_to(ROOT)}")
