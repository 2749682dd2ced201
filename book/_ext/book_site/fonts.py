"""Subsets of the fonts that installed packages bring: nothing is copied into the repository.

Source Serif and Source Sans carry the text, STIX Two Math the formulas; all three are under the
SIL Open Font License. "Source" is a reserved name, so the subsets are named after the book.
"""

import hashlib
import importlib.util
import logging
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

Ranges = tuple[tuple[int, int], ...]

# First and last character of each range.
TEXT = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin letters of Europe's languages
    (0x2010, 0x203A),  # dashes, quotation marks, dots, primes
    (0x2070, 0x2089),  # raised and lowered digits
    (0x20AC, 0x20AC),  # euro
    (0x2122, 0x2122),  # trade mark
    (0x2190, 0x2194),  # arrows
    (0x2202, 0x2265),  # minus, root, infinity, comparison
    (0xFB01, 0xFB02),  # fi, fl
)
MATHS = (
    (0x20, 0x7E),
    (0xA0, 0xB7),
    (0xD7, 0xD7),  # times
    (0xF7, 0xF7),  # divided by
    (0x2C6, 0x2DC),  # accents
    (0x302, 0x307),
    (0x391, 0x3C9),  # Greek
    (0x2026, 0x2033),
    (0x210E, 0x2115),  # the italic h, which stands apart from its alphabet, l and N
    (0x2190, 0x2194),
    (0x21A6, 0x21A6),  # maps to
    (0x21D0, 0x21D4),
    (0x2200, 0x2237),  # quantifiers, sets, sums, minus, root, infinity
    (0x223C, 0x2265),  # comparison
    (0x2282, 0x2299),
    (0x22A2, 0x22A5),  # the transpose's sign among them
    (0x22C5, 0x22F1),
    (0x2308, 0x230B),  # ceiling and floor
    (0x23DE, 0x23DF),
    (0x27E8, 0x27E9),  # angle brackets
    (0x1D400, 0x1D467),  # bold and italic letters
    (0x1D5A0, 0x1D5D3),  # sans-serif letters
    (0x1D6E2, 0x1D71B),  # italic Greek
)


@dataclass(frozen=True)
class Face:
    """One font file of an installed package, and how the stylesheet calls its subset."""

    file: str
    package: str
    path: str
    family: str
    weight: int = 400
    style: str = "normal"
    ranges: Ranges = TEXT

    @property
    def characters(self) -> set[int]:
        """All characters of the ranges."""
        return {code for first, last in self.ranges for code in range(first, last + 1)}


SERIF = ("font_source_serif_pro", "font-source-serif-pro")
SANS = ("font_source_sans_pro", "font-source-sans-pro")
FACES = (
    Face("serif.woff2", SERIF[0], "files/SourceSerifPro-Regular.ttf", "Book Serif"),
    Face(
        "serif-italic.woff2",
        SERIF[0],
        "files/SourceSerifPro-It.ttf",
        "Book Serif",
        style="italic",
    ),
    Face("serif-bold.woff2", SERIF[0], "files/SourceSerifPro-Semibold.ttf", "Book Serif", 600),
    Face("sans.woff2", SANS[0], "files/SourceSansPro-Regular.ttf", "Book Sans"),
    Face("sans-italic.woff2", SANS[0], "files/SourceSansPro-It.ttf", "Book Sans", style="italic"),
    Face("sans-bold.woff2", SANS[0], "files/SourceSansPro-Semibold.ttf", "Book Sans", 600),
    Face(
        "math.woff2",
        "ziamath",
        "fonts/STIXTwoMath-Regular.ttf",
        "Book Math",
        ranges=MATHS,
    ),
)
DISTRIBUTIONS = {SERIF[0]: SERIF[1], SANS[0]: SANS[1], "ziamath": "ziamath"}


def folder(package: str) -> Path:
    """Return where a package is installed, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            f"The site's fonts come from the package {DISTRIBUTIONS[package]}: "
            "install the book's requirements with `make environment`."
        )
    return Path(spec.origin).parent


def face_rules() -> str:
    """Return the @font-face rules of all subsets, for a stylesheet beside the folder fonts/."""
    return "".join(
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};'
        f"font-style:{face.style};font-display:swap;"
        f'src:url("fonts/{face.file}") format("woff2")}}\n'
        for face in FACES
    )


def write(target: Path, cache: Path) -> None:
    """Write every subset to a folder, from the cache if it was made before."""
    target.mkdir(parents=True, exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    recipe = Path(__file__).read_bytes()
    for face in FACES:
        key = hashlib.sha256(
            recipe + f"{face!r} {version(DISTRIBUTIONS[face.package])}".encode()
        ).hexdigest()[:16]
        kept = cache / f"{key}-{face.file}"
        if not kept.exists():
            subset(folder(face.package) / face.path, kept, face)
        (target / face.file).write_bytes(kept.read_bytes())
    (target / "LICENSE.txt").write_text(license_text(), encoding="utf-8")


def license_text() -> str:
    """Return the fonts' copyright notices and the license that all of them are under."""
    notices = {
        str(TTFont(folder(face.package) / face.path, lazy=True)["name"].getDebugName(0))
        for face in FACES
    }
    given = (folder(SERIF[0]) / "files" / "LICENSE.txt").read_text(encoding="utf-8")
    return "\n".join(sorted(notices)) + "\n\n" + given[given.index("This Font Software") :]


def subset(source: Path, target: Path, face: Face) -> None:
    """Write one font with only the characters that a book needs."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = Options(
        flavor="woff2",
        layout_features=["kern", "liga", "mark", "lnum", "pnum", "tnum", "math", "ssty"],
        name_IDs=[0, 1, 2, 3, 4, 6, 13, 14],
        notdef_outline=True,
        hinting=False,
    )
    font = TTFont(source, lazy=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=face.characters)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6):
            record.string = face.family.replace(" ", "") if record.nameID == 6 else face.family
    font.flavor = "woff2"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(target)
