"""One stylesheet for every page, and the helpers' scripts only where a page needs them."""

import hashlib
import re
from functools import cache
from pathlib import Path

from pygments.formatters import HtmlFormatter
from sphinx.application import Sphinx
from sphinx.config import Config

from helpers import frontend, palette

from . import fonts

BROWSER = Path(frontend.__file__).parent / "browser"
HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "_theme" / "static"
STYLES = ("base.css", "frame.css", "prose.css", "code.css", "live.css", "print.css")
LIVE = re.compile(r'data-module="([\w.]+)"')
THEME_SCRIPT = (STATIC / "theme.js").read_text(encoding="utf-8").strip()


def code_rules() -> str:
    """Return the colors of code: two styles that were made to be readable by everyone."""
    light = HtmlFormatter(style="a11y-high-contrast-light").get_style_defs(".highlight")
    dark = HtmlFormatter(style="a11y-high-contrast-dark").get_style_defs(".highlight")
    rules = "\n".join(rule for rule in light.splitlines() if rule.startswith(".highlight ."))
    dark_rules = [rule for rule in dark.splitlines() if rule.startswith(".highlight .")]
    forced = "\n".join(f':root[data-theme="dark"] {rule}' for rule in dark_rules)
    wished = "\n".join(f":root:not([data-theme]) {rule}" for rule in dark_rules)
    return (
        f"{rules}\n@media screen{{\n{forced}\n}}\n"
        f"@media screen and (prefers-color-scheme:dark){{\n{wished}\n}}\n"
    )


def paper_rules() -> str:
    """Return the light palette for paper, whatever the screen shows."""
    colors = "".join(
        f"--book-{role.replace('_', '-')}:{pair[0]};" for role, pair in palette.PALETTE.items()
    )
    return f"@media print{{html[data-theme][data-theme],html:not([data-theme]) body{{{colors}}}}}\n"


def stylesheet() -> str:
    """Return the stylesheet of every page."""
    own = "".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    return shortened(
        fonts.face_rules() + frontend.palette_css() + paper_rules() + own + code_rules()
    )


def shortened(css: str) -> str:
    """Return a stylesheet without comments and indentation."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", css).strip() + "\n"


@cache
def files() -> dict[str, bytes]:
    """Return what goes into the folder _static, the fonts aside, by name."""
    made = {
        "site.css": stylesheet(),
        "site.js": (STATIC / "site.js").read_text(encoding="utf-8"),
        "logo.svg": (STATIC / "logo.svg").read_text(encoding="utf-8"),
    }
    for name in frontend.modules():
        made[name] = frontend.classic(name)
    for sheet in sorted(BROWSER.rglob("*.css")):
        made[sheet.name] = shortened(frontend.source(sheet.name))
    return {name: text.encode() for name, text in made.items()}


def version(name: str) -> str:
    """Return a short digest of a file in _static, for browsers that kept an older one."""
    content = files().get(name)
    return hashlib.sha256(content).hexdigest()[:8] if content is not None else ""


def needed(body: str) -> tuple[list[str], list[str]]:
    """Return the stylesheets and the scripts of a page, in the order in which they load."""
    modules = sorted(set(LIVE.findall(body)))
    modules += ["mount.js"] if modules else []
    sheets = dict.fromkeys(sheet for module in modules for sheet in frontend.sheets(module))
    scripts = [part for module in modules for part in frontend.scripts(module)]
    return ["site.css", *sheets], [*dict.fromkeys(scripts), "site.js"]


def write(folder: Path, kept: Path) -> None:
    """Write the folder _static."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        target = folder / name
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    fonts.write(folder / "fonts", kept)


def remember(app: Sphinx, config: Config) -> None:
    """Keep a digest of all that shapes a page, so that a change writes the pages anew."""
    digest = hashlib.sha256()
    for name, content in files().items():
        digest.update(name.encode() + content)
    for source in sorted([*HERE.glob("*.py"), *HERE.parents[1].glob("_theme/*.html")]):
        digest.update(source.read_bytes())
    config.book_assets = digest.hexdigest()


def setup(app: Sphinx) -> None:
    """Compare what shapes a page with what shaped it last time."""
    app.add_config_value("book_assets", "", "html", str)
    app.connect("config-inited", remember)
