"""The same chapters in a Jupyter Book left as it comes, with ipywidgets' usual embedding.

Its pages fetch MathJax, RequireJS, html-manager and anywidget from other hosts. Here those scripts
come from the registries' packages and are served beside the pages, so that they count.
"""

import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import anywidget
import nbformat
from nbclient import NotebookClient

from tools.notebooks import KERNEL

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "_build" / "untouched"
SITE = FOLDER / "_build" / "html"
PACKAGES = ["mathjax@3", "requirejs@2.3", "@jupyter-widgets/html-manager@1.0", "esbuild@0.25"]
CONFIG = "title: Untouched\nonly_build_toc_files: true\nexecute: {execute_notebooks: 'off'}\n"


def build() -> Path:
    """Build the untouched book under _build and return its folder of pages."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    names = [with_widget_state(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    (FOLDER / "_config.yml").write_text(CONFIG, encoding="utf-8")
    chapters = "".join(f"  - file: {name}\n" for name in names[1:])
    toc = f"format: jb-book\nroot: {names[0]}\nchapters:\n{chapters}"
    (FOLDER / "_toc.yml").write_text(toc, encoding="utf-8")
    run([str(Path(sys.executable).with_name("jupyter-book")), "build", str(FOLDER), "--quiet"])
    fetch_scripts()
    for page in SITE.glob("*.html"):
        page.write_text(local(page.read_text("utf-8")), encoding="utf-8")
    return SITE


def with_widget_state(path: Path) -> str:
    """Run a chapter, keep its widgets' state as ipywidgets embeds it, and return its name."""
    notebook = nbformat.read(path, as_version=4)
    with warnings.catch_warnings(action="ignore"):
        NotebookClient(
            notebook, store_widget_state=True, allow_errors=True, config=KERNEL
        ).execute()
    nbformat.write(notebook, FOLDER / path.name)
    return path.stem


def fetch_scripts() -> None:
    """Put what the pages ask other hosts for into the site's folder `cdn`."""
    packages = FOLDER / "packages"
    packages.mkdir()
    run(["npm", "install", "--silent", "--no-save", "--prefix", str(packages), *PACKAGES])
    modules = packages / "node_modules"
    cdn = SITE / "cdn"
    shutil.copytree(modules / "mathjax" / "es5", cdn / "mathjax")
    shutil.copytree(modules / "@jupyter-widgets" / "html-manager" / "dist", cdn / "html-manager")
    minified = [str(cdn / "require.min.js"), str(modules / "requirejs" / "require.js")]
    run([str(modules / ".bin" / "esbuild"), minified[1], "--minify", f"--outfile={minified[0]}"])
    # The widget's own package, under the version that html-manager will ask for.
    names = (anywidget.AnyWidget._model_module, anywidget.AnyWidget._model_module_version)
    widget = cdn / "npm" / "@".join(name.default_value for name in names) / "dist"
    widget.mkdir(parents=True)
    shutil.copy(Path(anywidget.__file__).parent / "nbextension" / "index.js", widget)


def local(page: str) -> str:
    """Return a page that asks its own host for what it asked other hosts for."""
    page = re.sub(r'https://[^/"]+/npm/mathjax@3/es5/', "cdn/mathjax/", page)
    page = re.sub(r'https://[^/"]+/[^"]*/require\.min\.js', "cdn/require.min.js", page)
    page = re.sub(
        r'https://[^/"]+/npm/@jupyter-widgets/html-manager@[^/]+/dist/', "cdn/html-manager/", page
    )
    # What is left is html-manager's prefix for the widgets' own packages.
    page = re.sub(r'https://[^/"]+/npm/', "cdn/npm/", page)
    return re.sub(r'\sintegrity="[^"]*"', "", page)


def run(command: list[str]) -> None:
    """Run a command quietly; let its failure stop the benchmark."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    print(build())
