"""Draw the README's picture, the playground of the built site: `make picture`."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "_build" / "html" / "notebooks" / "01_basic_discrepancy.html"
TARGET = ROOT / "book" / "playground.png"


def write(page: Path = PAGE, target: Path = TARGET) -> None:
    """Open a built page in Chromium and keep its playground as a small PNG."""
    path = chromium.find()
    if path is None:
        raise SystemExit("No Chromium was found: `make picture` gets one, or says what to do.")
    with sync_playwright() as playwright:
        # Without hinting, letters stand where they were measured.
        browser = playwright.chromium.launch(
            executable_path=path, args=[*chromium.arguments(), "--font-render-hinting=none"]
        )
        tab = browser.new_page(
            viewport={"width": 900, "height": 1700}, device_scale_factor=1.25, color_scheme="light"
        )
        tab.goto(page.resolve().as_uri(), wait_until="load")
        tab.evaluate("document.fonts.ready")
        taken = tab.locator(".playground").first.screenshot()
        browser.close()
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture.quantize(96, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    write()
