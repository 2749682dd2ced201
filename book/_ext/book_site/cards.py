"""The picture that goes with a shared link, one for each page, and icons for old browsers."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import PIL
from PIL import Image, ImageDraw, ImageFont

from helpers import palette

from . import fonts

SIZE = (1200, 630)
LEFT, RIGHT, TOP = 80, 1120, 72
RECIPE = Path(__file__).read_bytes()


@dataclass(frozen=True)
class Card:
    """What a card says, as plain text."""

    title: str
    text: str
    kicker: str

    @property
    def words(self) -> str:
        """The card in words, for those who do not see it."""
        title = f"{self.kicker}: {self.title}".rstrip("?.")
        return f"{title}. Below it two rows of samples, the last one of the second row missing."


def write(card: Card, target: Path, kept: Path) -> None:
    """Write a card, from the folder of those that were drawn before if it is there."""
    key = hashlib.sha256(RECIPE + f"{card!r} {PIL.__version__} {palette.PALETTE}".encode())
    drawn = kept / f"{key.hexdigest()[:24]}.png"
    if not drawn.exists():
        kept.mkdir(parents=True, exist_ok=True)
        picture = draw(card).quantize(64, dither=Image.Dither.NONE)
        picture.save(drawn, optimize=True)
    renew(target, drawn.read_bytes())


def renew(target: Path, content: bytes) -> None:
    """Write a file, unless that is what it holds already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_bytes() != content:
        target.write_bytes(content)


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return one of the book's fonts at a size in pixels."""
    face = next(face for face in fonts.FACES if face.file == f"{name}.woff2")
    return ImageFont.truetype(str(fonts.folder(face.package) / face.path), size)


def draw(card: Card) -> Image.Image:
    """Draw a card: what it is about, and two rows of samples of which one is missing."""
    picture = Image.new("RGB", SIZE, palette.light("paper"))
    pen = ImageDraw.Draw(picture)
    ink, muted = palette.light("ink"), palette.light("muted")
    y = TOP
    if card.kicker:
        pen.text(
            (LEFT, y), card.kicker, palette.light("kernel"), font("sans-bold", 34), anchor="la"
        )
        y += 58
    for size in (68, 60, 52):
        large = font("serif-bold", size)
        lines = wrapped(card.title, large)
        if len(lines) <= 2:
            break
    for line in lines[:3]:
        pen.text((LEFT, y), line, ink, large, anchor="la")
        y += round(size * 1.18)
    y += 20
    small = font("sans", 33)
    room = max(1, (466 - y) // 44)
    lines = wrapped(card.text, small)
    if len(lines) > room:
        lines = [*lines[: room - 1], lines[room - 1].rstrip(",;:. ") + " …"]
    for line in lines:
        pen.text((LEFT, y), line, muted, small, anchor="la")
        y += 44
    samples(pen)
    return picture


def wrapped(text: str, with_font: ImageFont.FreeTypeFont) -> list[str]:
    """Break a text into lines that fit a card."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if with_font.getlength(longer) <= RIGHT - LEFT or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def samples(pen: ImageDraw.ImageDraw) -> None:
    """Draw the book's mark, stretched: a row of samples, and one that comes back a sample short."""
    step, side, count = 52, 36, 20
    for row, role in enumerate(("input", "output")):
        top = 484 + row * 58
        for place in range(count):
            box = (LEFT + place * step, top, LEFT + place * step + side, top + side)
            if row == 1 and place == count - 1:
                dashed(pen, box, palette.light("output_padding"))
            else:
                pen.rounded_rectangle(box, 5, fill=palette.light(role))


def dashed(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], color: str) -> None:
    """Draw the outline of the sample that is missing."""
    left, top, right, bottom = box
    dash = (right - left) // 5
    for start in range(0, right - left, 2 * dash):
        for y in (top, bottom - 3):
            pen.rectangle((left + start, y, left + start + dash, y + 3), fill=color)
        for x in (left, right - 3):
            pen.rectangle((x, top + start, x + 3, top + start + dash), fill=color)


def write_icons(folder: Path) -> None:
    """Write the book's mark for what cannot show an SVG: home screens and old browsers."""
    icon, favicon = io.BytesIO(), io.BytesIO()
    mark(180).save(icon, "png", optimize=True)
    mark(64).save(favicon, "ico", sizes=[(16, 16), (32, 32)])
    renew(folder / "_static" / "icon.png", icon.getvalue())
    renew(folder / "favicon.ico", favicon.getvalue())


def mark(side: int) -> Image.Image:
    """Draw the book's mark, as in logo.svg: six samples, the last one missing."""
    unit = 8  # drawn larger and made smaller, for smooth edges
    picture = Image.new("RGB", (32 * unit, 32 * unit), palette.light("paper"))
    pen = ImageDraw.Draw(picture)
    for top in (5, 21):
        for left in (3, 13, 23):
            box = [(left - 1) * unit, (top - 1) * unit, (left + 7) * unit, (top + 7) * unit]
            if (left, top) == (23, 21):
                pen.rounded_rectangle(box, unit, outline=palette.light("kernel"), width=2 * unit)
            else:
                pen.rounded_rectangle(box, unit, fill=palette.light("ink"))
    return picture.resize((side, side), Image.Resampling.LANCZOS)
