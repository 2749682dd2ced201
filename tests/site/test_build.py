"""The build where things are missing: git, a remote, the network, a home; and what it publishes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
import yaml
from PIL import Image
from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "notebooks/01_basic_discrepancy"
CALL = (
    'Playground(mode="round-trip", length=100, kernel_size=3, stride=2, padding=1,'
    " output_padding=0, dilation=1)"
)
LINKS = ("mybinder.org", "colab.research", "Source of this book</a>", 'rel="canonical"', "og:image")
LEFT_OUT = shutil.ignore_patterns(".*", "_build", "__pycache__", "benchmarks", "tests", "src")


def copied(target: Path) -> Path:
    """Copy the book without git, environment and earlier builds."""
    return Path(shutil.copytree(ROOT, target, ignore=LEFT_OUT))


def shortened(book: Path) -> Path:
    """Leave two pages, which is enough to see what each page gets."""
    for old in [*book.glob("notebooks/*.ipynb"), *book.glob("book/*.md"), book / "index.md"]:
        old.unlink()
    description = "Two pages that stand for all of them, so that many builds take little time."
    (book / "index.md").write_text(
        f"---\ndescription: {description}\n---\n\n# The question of the book\n\n"
        f"See [the chapter]({CHAPTER}.ipynb), {{cite}}`dumoulin2016guide`.\n\n"
        f"```live\n{CALL}\n```\n\n```{{bibliography}}\n```\n",
        encoding="utf-8",
    )
    cells = [
        nbformat.v4.new_markdown_cell("# A chapter\n\n" + "Words of a first paragraph. " * 5),
        nbformat.v4.new_code_cell("1 + 1"),
    ]
    language = {"language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=language)
    nbformat.write(notebook, book / f"{CHAPTER}.ipynb")
    toc = {"format": "jb-book", "root": "index"}
    toc["parts"] = [{"caption": "One", "chapters": [{"file": CHAPTER}]}]
    (book / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return book


def bare_environment(**more: str) -> dict[str, str]:
    """Return an environment that names no repository, whatever this one names."""
    kept = ("PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "USERPROFILE", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | more


def build(book: Path, environment: dict[str, str], *prefix: str) -> Path:
    """Build a copy of the book with warnings as errors and return the folder of its pages."""
    program = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    assert program
    done = subprocess.run(
        [*prefix, program, "build", ".", "-W", "-n", "--keep-going", "--quiet"],
        cwd=book,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "WARNING" not in said
    return book / "_build" / "html"


def pages(site: Path) -> dict[str, str]:
    """Return the text of each page by its address."""
    return {
        page.relative_to(site).as_posix(): page.read_text(encoding="utf-8")
        for page in sorted(site.rglob("*.html"))
    }


def without_network() -> list[str]:
    """Return the command that cuts a program off the network, where this machine permits it."""
    command = ["unshare", "--net", "--map-root-user"]
    if shutil.which(command[0]) is None:
        return []
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


def test_book_builds_with_no_git_no_network_and_no_home(tmp_path: Path) -> None:
    # Nothing can be written below a file: a home that is read-only even for root.
    (tmp_path / "file").touch()
    nowhere = {
        name: "http://127.0.0.1:9"
        for proxy in ("http_proxy", "https_proxy", "all_proxy")
        for name in (proxy, proxy.upper())
    }
    home = str(tmp_path / "file" / "home")
    environment = bare_environment(**nowhere) | {"HOME": home, "USERPROFILE": home}
    site = build(shortened(copied(tmp_path / "book")), environment, *without_network())
    found = pages(site)
    assert set(found) == {"index.html", "404.html", "search.html", f"{CHAPTER}.html"}
    assert [(name, link) for name, page in found.items() for link in LINKS if link in page] == []
    assert not (site / "sitemap.xml").exists()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two pages of a fork for a known address that is not the root of its host."""
    book = shortened(copied(tmp_path_factory.mktemp("published") / "book"))
    for words in (
        ["init", "--quiet", "-b", "my/trunk"],
        ["remote", "add", "origin", "git@github.com:Some-One/fork.of-book.git"],
    ):
        subprocess.run(["git", *words], cwd=book, check=True)
    return build(book, bare_environment(BOOK_URL="http://book.test/deep/book"))


def test_fork_has_links_to_itself(published: Path) -> None:
    """From its remote; what else names a fork is in test_address.py."""
    found = pages(published)
    page = found[f"{CHAPTER}.html"]
    branch, file = "my/trunk", f"{CHAPTER}.ipynb"
    repository = "github.com/Some-One/fork.of-book"
    for address in (
        f"https://mybinder.org/v2/gh/Some-One/fork.of-book/{quote(branch, safe='')}"
        f"?urlpath={quote(f'lab/tree/{file}', safe='')}",
        f"https://colab.research.google.com/github/Some-One/fork.of-book/blob/{branch}/{file}",
        f"https://{repository}/blob/{branch}/{file}",
    ):
        assert f'href="{address}"' in page
    assert all(f'href="https://{repository}"' in text for text in found.values())


def test_published_pages_have_cards_that_exist(published: Path) -> None:
    for name, page in pages(published).items():
        given = "og:image" in page
        assert given == (name not in ("404.html", "search.html"))
        if given:
            start = page.index('og:image" content="') + len('og:image" content="')
            address = page[start : page.index('"', start)]
            assert address.startswith("http://book.test/deep/book/_images/social_previews/")
            file = published / address.removeprefix("http://book.test/deep/book/")
            assert 4_000 < file.stat().st_size < 90_000
            with Image.open(file) as picture:
                assert picture.size == (1146, 600)
                assert len(picture.convert("RGB").getcolors(1_000_000) or []) > 8
            for words in ('og:image:width" content="1146"', 'og:image:height" content="600"'):
                assert words in page
            assert 'name="twitter:card" content="summary_large_image"' in page
            assert 'og:image:alt" content="' in page


def test_published_pages_say_where_they_are(published: Path) -> None:
    for name in ("index.html", f"{CHAPTER}.html"):
        page = (published / name).read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="http://book.test/deep/book/{name}">' in page


def test_sitemap_lists_the_pages(published: Path) -> None:
    listed = (published / "sitemap.xml").read_text(encoding="utf-8")
    addresses = [part.split("</loc>")[0] for part in listed.split("<loc>")[1:]]
    base = "http://book.test/deep/book/"
    assert sorted(addresses) == [f"{base}index.html", f"{base}{CHAPTER}.html"]


def test_wrong_address_gets_a_whole_page_at_any_depth(published: Path, browser: Browser) -> None:
    context = browser.new_context()
    complaints: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.split("?")[0].removeprefix("http://book.test/deep/book/")
        file = published / (path or "index.html")
        if file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(path=published / "404.html", status=404)
            complaints.append(path)

    context.route("http://book.test/**", answer)
    page = context.new_page()
    page.goto("http://book.test/deep/book/a/b/c/wrong.html")
    assert complaints == ["a/b/c/wrong.html"]  # its stylesheet and scripts are found
    assert page.locator(".theme-toggle:visible").count() == 1
    page.get_by_role("main").get_by_role("link", name="first page").click()
    assert page.url == "http://book.test/deep/book/index.html"
    assert page.locator("h1").inner_text().startswith("The question")
    context.close()


def test_warnings_stop_the_build(tmp_path: Path) -> None:
    """A link that leads nowhere and a live call that is misspelled: each is named."""
    book = shortened(copied(tmp_path / "book"))
    with (book / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n[nowhere](no_such_page.md)\n\n```live\nPlaygroud()\n```\n")
    with pytest.raises(AssertionError) as stopped:
        build(book, bare_environment())
    assert "no_such_page" in str(stopped.value)
    assert "'live'" in str(stopped.value)
