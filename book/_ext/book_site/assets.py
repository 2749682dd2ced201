"""The palette, the security policy, and the helpers' scripts only where a page needs them."""

import base64
import hashlib
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from helpers import frontend, palette, self_check

from . import fonts

THEME = Path(__file__).resolve().parents[2] / "_theme"
ASKED = re.compile(r'data-kind="([a-z0-9-]+)"')
LIVE = re.compile(r'data-module="([\w.]+)"')
FRAME = ("documentation_options.js", "furo.js", "clipboard.min.js", "copybutton.js", "site.js")
"""The scripts of every page; what else extensions add to each page, this book does not use."""


def policy() -> str:
    """Return the Content-Security-Policy: this host only, and furo's inline script by its hash."""
    base = files("furo").joinpath("theme/furo/base.html").read_text(encoding="utf-8")
    inline = [script.encode() for script in re.findall(r"<script>(.+?)</script>", base, re.DOTALL)]
    allowed = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in inline]
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in allowed)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; "
        "form-action 'self'"
    )


def configure(app: Sphinx, config: Config) -> None:
    """Give furo the palette, and write the scripts and styles of what is live."""
    light, dark = (
        {f"book-{role.replace('_', '-')}": pair[i] for role, pair in palette.PALETTE.items()}
        for i in range(2)
    )
    same = config.html_theme_options["light_css_variables"]
    config.html_theme_options |= {
        "light_css_variables": light | same,
        "dark_css_variables": dark | same,
    }
    config.pygments_dark_style = "a11y-high-contrast-dark"  # furo adds this value after the others
    made = Path(app.doctreedir, "static")
    fonts.write(made / "fonts")
    digest = hashlib.sha256(repr(palette.PALETTE).encode())
    browser = Path(frontend.__file__).parent / "browser"
    for name in [*frontend.modules(), *(sheet.name for sheet in sorted(browser.rglob("*.css")))]:
        text = (frontend.classic if name.endswith(".js") else frontend.source)(name)
        (made / name).write_text(text, encoding="utf-8")
        digest.update(text.encode())
    for source in sorted([*THEME.rglob("*.*"), *Path(__file__).parent.glob("*.py")]):
        digest.update(source.read_bytes())
    config.html_static_path += [str(made), str(THEME / "static")]
    config.book_digest = digest.hexdigest()


def complete(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Load the scripts of the frame and of what is live on a page, and forbid all others."""
    modules = sorted(set(LIVE.findall(context.get("body", ""))))
    modules += ["mount.js"] if modules else []
    needed = dict.fromkeys(part for module in modules for part in frontend.scripts(module))
    unasked = self_check.unasked(ASKED.findall(context.get("body", "")))
    parts = [part for part in needed if part not in unasked]
    for sheet in dict.fromkeys(sheet for module in modules for sheet in frontend.sheets(module)):
        app.add_css_file(sheet)
    for part in parts:
        app.add_js_file(part)
    wanted = {*FRAME, *parts}
    context["script_files"] = [
        script for script in context["script_files"] if Path(str(script.filename)).name in wanted
    ]
    context["css_files"] = [
        sheet for sheet in context["css_files"] if "mystnb" not in str(sheet.filename)
    ]
    contents = context["furo_navigation_tree"].replace(
        'role="heading"', 'role="heading" aria-level="2"'
    )
    contents = re.sub(r">(\d+) ", r'><span class="number">\1</span>', contents)
    context["furo_navigation_tree"] = contents
    rule = f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
    context["metatags"] = rule + context.get("metatags", "")


def setup(app: Sphinx) -> None:
    """Compare what shapes a page with what shaped it last time."""
    app.add_config_value("book_digest", "", "html", str)
    app.connect("config-inited", configure)
    app.connect("html-page-context", complete, priority=900)
    app.add_css_file("book.css", priority=700)
    app.add_js_file("site.js", priority=900)
