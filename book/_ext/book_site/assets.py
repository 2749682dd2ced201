"""What pages load: the palette, the fonts, and the helpers' scripts and styles.

Source Serif and Source Sans carry the text, STIX Two Math the formulas, whose floors stretch in no
other font that a bare Linux has; all are under the SIL Open Font License. "Source" is a reserved
name, so the subsets have none but that of book.css, which says what each file is for.
"""

import hashlib
import shutil
from pathlib import Path

from fontTools import subset, ttLib
from sphinx.application import Sphinx
from sphinx.config import Config

from helpers import frontend
from helpers.palette import PALETTE

THEME = Path(__file__).resolve().parents[2] / "_theme"
TEXT = ("U+20-7E,U+A0-FF", "šőŁłŞş–—‘’“”…′″€→←−≤≥≠≈√")  # noqa: RUF001
MATHS = (
    "U+20-7E,U+3B1-3C9,U+1D434-1D467,U+1D6FC-1D715",
    "ΔΣℎ·×÷…′←→↦⇒⇔∀∃∈∉∏∑−∓√∞∣∥≈≠≡≤≥⊆⊤⋅⋯⌈⌉⌊⌋⏞⏟⟨⟩𝖳",  # noqa: RUF001
)
PACKAGES = Path(subset.__file__).parents[2]
SERIF, SANS = (PACKAGES / f"font_source_{kind}_pro" / "files" for kind in ("serif", "sans"))
FONTS = {
    "serif": (SERIF / "SourceSerifPro-Regular.ttf", TEXT),
    "serif-italic": (SERIF / "SourceSerifPro-It.ttf", TEXT),
    "serif-bold": (SERIF / "SourceSerifPro-Semibold.ttf", TEXT),
    "sans": (SANS / "SourceSansPro-Regular.ttf", TEXT),
    "sans-bold": (SANS / "SourceSansPro-Semibold.ttf", TEXT),
    "math": (PACKAGES / "ziamath" / "fonts" / "STIXTwoMath-Regular.ttf", MATHS),
}
"""File name to the whole font and the characters that the book needs."""
SUBSET = ["--layout-features=kern,liga,mark,lnum,pnum,tnum", "--name-IDs=0,13,14"]
SUBSET += ["--flavor=woff2", "--notdef-outline", "--no-hinting", "--no-recalc-timestamp"]


def write_fonts(target: Path) -> None:
    """Write every subset to a folder, and the license beside them."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(SERIF / "LICENSE.txt", target)
    for name, (font, (ranges, others)) in FONTS.items():
        kept = (f"--unicodes={ranges}", f"--text={others}")
        file = target / f"{name}.woff2"
        subset.main([str(font), f"--output-file={file}", *kept, *SUBSET])
        made = ttLib.TTFont(file, recalcTimestamp=False)
        for glyph in map(made["glyf"].__getitem__, made.getGlyphOrder()):
            for part in getattr(glyph, "components", ()):
                part.flags &= ~0x0200  # USE_MY_METRICS: else ” and … are as narrow as ’ and .  # noqa: RUF003
        made.save(file)


def configure(app: Sphinx, config: Config) -> None:
    """Give furo the palette and Sphinx the files; all pages are made anew when these change."""
    config.pygments_dark_style = "a11y-high-contrast-dark"  # furo adds this value after the others
    same = config.html_theme_options["light_css_variables"]
    for i, scheme in enumerate(("light", "dark")):
        colors = {f"book-{role}".replace("_", "-"): pair[i] for role, pair in PALETTE.items()}
        config.html_theme_options[f"{scheme}_css_variables"] = colors | same
    made = Path(app.doctreedir, "static")
    write_fonts(made / "fonts")
    for name in frontend.modules():
        (made / name).write_text(frontend.classic(name), encoding="utf-8")
    for sheet in Path(frontend.__file__).parent.rglob("*.css"):
        shutil.copy(sheet, made)
    config.html_static_path += [str(made)]
    shaping = [*made.glob("*.*s"), *THEME.rglob("*.*"), *Path(__file__).parent.glob("*.py")]
    known = [repr(config.html_context).encode(), *(file.read_bytes() for file in sorted(shaping))]
    config.book_digest = hashlib.sha256(b"".join(known)).hexdigest()
