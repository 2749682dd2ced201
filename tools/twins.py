"""A Markdown twin of each page of the built site, and llms.txt, which lists them: `make html`.

Sphinx's Markdown builder has written the pages; here they are put beside the others.
"""

import argparse
import html
import re
from pathlib import Path

from tools import pdf

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
PAGES = ROOT / "_build" / "markdown"
FIGURE = re.compile(r"```myst-ansi\n<Figure size .*>\n```\n")
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


def twin(text: str) -> str:
    r"""Return a page as the builder wrote it, without what says nothing in a text.

    >>> twin("```myst-ansi\n99\n```\n\n```myst-ansi\n<Figure size 5x2 with 1 Axes>\n```\n")
    '```\n99\n```\n\n'
    """
    return FIGURE.sub("", text).replace("```myst-ansi\n", "```\n")


def entry(name: str, site: Path) -> str:
    """Return a page's line in llms.txt."""
    page = pdf.Page(name, (site / name).read_text(encoding="utf-8"))
    title = " ".join(f"{page.number} {pdf.text(page.title)}".split())
    described = DESCRIPTION.search(page.text)
    assert described, name
    address = Path(name).with_suffix(".md").as_posix()
    return f"- [{title}]({address}): {html.unescape(described[1])}"


def write(site: Path, pages: Path) -> None:
    """Write the twins and the list of them."""
    listed = []
    for caption, names in pdf.contents():
        listed += [f"\n## {caption}\n" if caption else ""]
        for name in names:
            target = Path(name).with_suffix(".md")
            made = twin((pages / target).read_text(encoding="utf-8"))
            (site / target).write_text(made, encoding="utf-8")
            listed.append(entry(name, site))
    landing = pdf.Page("index.html", (site / "index.html").read_text(encoding="utf-8"))
    heading = f"# The Missing Sample\n\n> {pdf.text(landing.title)}\n"
    (site / "llms.txt").write_text("\n".join([heading, *listed]) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--pages", type=Path, default=PAGES)
    options = parser.parse_args()
    write(options.site, options.pages)


if __name__ == "__main__":
    main()
