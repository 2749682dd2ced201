"""Subsets of the fonts that installed packages bring: nothing is copied into the repository.

Source Serif and Source Sans carry the text, STIX Two Math the formulas, whose floors stretch in no
other font that a bare Linux has; all are under the SIL Open Font License. "Source" is a reserved
name, so the subsets are named after the book. book.css says what each file is for.
"""

import importlib.util
import logging
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TEXT = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + "šőŁłŞş–—‘’“”…′″€→←−≤≥≠≈√"  # noqa: RUF001
MATHS = (
    "".join(map(chr, [*range(0x20, 0x7F), *range(0x1D434, 0x1D468), *range(0x3B1, 0x3CA)]))
    + "ΔΣℎ·×÷…′←→↦⇒⇔∀∃∈∉∏∑−∓√∞∣∥≈≠≡≤≥⊆⊤⋅⋯⌈⌉⌊⌋⏞⏟⟨⟩𝖳"  # noqa: RUF001
    + "".join(map(chr, range(0x1D6FC, 0x1D716)))
)
SERIF = ("font_source_serif_pro", "files/SourceSerifPro-")
SANS = ("font_source_sans_pro", "files/SourceSansPro-")
FACES = {
    "serif": (*SERIF, "Regular", TEXT),
    "serif-italic": (*SERIF, "It", TEXT),
    "serif-bold": (*SERIF, "Semibold", TEXT),
    "sans": (*SANS, "Regular", TEXT),
    "sans-bold": (*SANS, "Semibold", TEXT),
    "math": ("ziamath", "fonts/STIXTwoMath-", "Regular", MATHS),
}
"""File name to package, path within it and what the subset holds."""


def write(target: Path) -> None:
    """Write every subset to a folder, unless it was written there after this file was changed."""
    target.mkdir(parents=True, exist_ok=True)
    notices = set()
    for name, (package, path, weight, characters) in FACES.items():
        spec = importlib.util.find_spec(package)
        assert spec, f"The package {package} has fonts of the site: run `make environment`."
        assert spec.origin
        source = Path(spec.origin).parent / f"{path}{weight}.ttf"
        font = TTFont(source, lazy=True)
        notices.add(str(font["name"].getDebugName(0)))
        made = target / f"{name}.woff2"
        newest = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
        if not made.exists() or made.stat().st_mtime < newest:
            subset(font, made, characters, f"Book {name.partition('-')[0].title()}")
        if package == SERIF[0]:
            given = (Path(spec.origin).parent / "files/LICENSE.txt").read_text(encoding="utf-8")
    license_text = given[given.index("This Font Software") :]
    text = "\n".join([*sorted(notices), "", license_text])
    (target / "LICENSE.txt").write_text(text, encoding="utf-8")


def subset(font: TTFont, target: Path, characters: str, family: str) -> None:
    """Write one font with only the characters that the book needs."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = Options(
        flavor="woff2",
        layout_features=["kern", "liga", "mark", "lnum", "pnum", "tnum"],
        name_IDs=[0, 1, 2, 3, 4, 6, 13, 14],
        notdef_outline=True,
        hinting=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6):
            record.string = family.replace(" ", "") if record.nameID == 6 else family
    font.flavor = "woff2"
    font.recalcTimestamp = False
    font.save(target)
