"""Subsets of the fonts that installed packages bring: nothing is copied into the repository.

Source Serif and Source Sans carry the text, STIX Two Math the formulas; all three are under the
SIL Open Font License. "Source" is a reserved name, so the subsets are named after the book.
"""

import hashlib
import importlib.util
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TEXT = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *map(ord, "–—‘’“”„†‡•…‰′″‹›€™−×÷≈≠≤≥→←↑↓↔∞√∑∏∂∆◊µπΩ·ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ﬁﬂ"),
)
MATHS = (
    *range(0x20, 0x7F),
    *map(ord, " ¬±·×÷…′″∀∂∃∅∆∇∈∉∋∏∑−∓∗∘∙√∝∞∠∣∥∧∨∩∪∫∼≃≅≈≔≠≡≢≤≥≪≫⊂⊃⊆⊇⊕⊗⊙⊢⊤⊥⋅⋆⋮⋯⋱⌈⌉⌊⌋⟨⟩⟵⟶⟷⟼"),
    *map(ord, "←↑→↓↔↦⇐⇒⇔ℎℓℕℝℤℂℚ⊺ˆ˜¯˙⏞⏟̂̃"),
    *range(0x391, 0x3CA),
    *map(ord, "ϑϕϵ"),
    *range(0x1D400, 0x1D468),  # bold and italic letters
    *range(0x1D6A4, 0x1D6E2),  # dotless i and j, bold Greek
    *range(0x1D6E2, 0x1D71C),  # italic Greek
    *range(0x1D7CE, 0x1D7D8),  # bold digits
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
    characters: Iterable[int] = TEXT


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
    Face("sans-bold.woff2", SANS[0], "files/SourceSansPro-Semibold.ttf", "Book Sans", 600),
    Face(
        "math.woff2",
        "ziamath",
        "fonts/STIXTwoMath-Regular.ttf",
        "Book Math",
        characters=MATHS,
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
        f'font-style:{face.style};font-display:swap;src:url("fonts/{face.file}") format("woff2")}}\n'
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
    licence = folder(SERIF[0]) / "files" / "LICENSE.txt"
    (target / "OFL.txt").write_bytes(licence.read_bytes())


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
