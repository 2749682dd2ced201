"""The playground in JupyterLab, in real Chromium, with a live kernel."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.test_drawn_anew import evaluated

CELLS = (
    """\
import ipywidgets
from helpers.playground import Playground

playground = Playground(mode="round-trip", length=100, kernel_size=3, stride=2, padding=1)
seen = []
playground.observe(lambda change: seen.append((change.name, change.new)))
ipywidgets.VBox([ipywidgets.Label("in a VBox"), playground])""",
    """\
number = ipywidgets.BoundedIntText(100, min=1, max=200, description="linked")
ipywidgets.link((number, "value"), (playground, "length"))
number""",
)
EXECUTE = """
async (code) => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let printed = "";
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ content }) => { printed += content.text ?? content.evalue ?? ""; };
  await future.done;
  return printed.trim();
}"""


def notebook(cells: tuple[str, ...]) -> dict[str, Any]:
    """Return a notebook with these cells, not run yet."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": [{**cell, "id": f"cell-{i}", "source": text} for i, text in enumerate(cells)],
    }


@pytest.fixture(scope="module")
def lab_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab in an empty folder and yield its address."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("playground", "kept"):
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook(CELLS)), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"JUPYTER_CONFIG_DIR": folder / "config", "JUPYTERLAB_SETTINGS_DIR": folder / "settings"}
    options = {
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.expose_app_in_browser": True,
        "LabApp.news_url": None,
    }
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            env={**os.environ, **{name: str(path) for name, path in own.items()}},
            stdout=log,
            stderr=log,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, server, folder / "lab.log")
            yield url
        finally:
            server.terminate()
            server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once JupyterLab answers."""
    for _ in range(960):
        try:
            with urllib.request.urlopen(f"{url}/api/status", timeout=2):
                return
        except OSError:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.25)
    raise AssertionError(log.read_text(encoding="utf-8"))


class Lab:
    """A page of JupyterLab with the notebook open."""

    def __init__(self, page: Page, url: str, name: str = "playground") -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.address = f"{url}/lab/tree/{name}.ipynb?reset"
        page.goto(self.address)
        self.playground = page.locator(".playground")
        self.linked = page.get_by_label("linked")
        self.panel = page.locator(".jp-OutputArea-output pre", has_text="input:")

    def run_all(self) -> None:
        """Run all cells, once the kernel is there, in place of what an earlier run has left."""
        self.errors.clear()
        self.page.wait_for_function(
            "globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel",
            timeout=90_000,
        )
        self.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        expect(self.playground).to_have_count(0)
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        expect(self.playground).to_have_count(1, timeout=90_000)
        expect(self.linked).to_have_value("100", timeout=30_000)

    def saved_and_reopened(self) -> None:
        """Save the notebook, end its kernel and open it again, without running it."""
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.evaluate("jupyterapp.commands.execute('kernelmenu:shutdown')")
        self.page.goto(self.address)

    def python(self, code: str) -> str:
        """Run code in the kernel and return what it prints."""
        return str(self.page.evaluate(EXECUTE, code))

    def field(self, name: str) -> Any:
        """Return one of the playground's fields."""
        return self.playground.locator(f"input[name={name}]")

    def result(self, name: str) -> Any:
        """Return one of the playground's results."""
        return self.playground.locator(f"output[name={name}]")


@pytest.fixture(scope="module")
def opened(browser: Browser, lab_url: str) -> Iterator[Lab]:
    """Open the notebook in JupyterLab, once for all tests."""
    context = browser.new_context(viewport={"width": 1500, "height": 1400})
    yield Lab(context.new_page(), lab_url)
    context.close()


@pytest.fixture
def lab(opened: Lab) -> Lab:
    """Run the notebook anew."""
    opened.run_all()
    return opened


def test_the_widget_and_its_panel_show(lab: Lab) -> None:
    expect(lab.result("transposed_length")).to_have_text("99")
    expect(lab.panel).to_contain_text("ConvTranspose1d: torch.Size([1, 1, 99])")
    expect(lab.page.get_by_text("in a VBox", exact=True)).to_be_visible()
    assert lab.errors == []


def test_controls_move_python_and_the_panel(lab: Lab) -> None:
    lab.field("length").fill("52")
    lab.field("kernel_size").fill("5")
    expect(lab.panel).to_contain_text("Conv1d: torch.Size([1, 1, 25])")
    lab.playground.get_by_role("button", name="Set output_padding=1").click()
    expect(lab.panel).to_contain_text("ConvTranspose1d: torch.Size([1, 1, 52])")
    lab.playground.locator("input[value=transposed]").check()
    expect(lab.panel).to_contain_text("ConvTranspose1d: torch.Size([1, 1, 106])")
    assert lab.python("print(playground)") == (
        "Playground(mode='transposed', length=52, kernel_size=5, stride=2, padding=1, dilation=1, "
        "output_padding=1)"
    )
    seen = lab.python("print(seen)")
    for change in (("length", 52), ("kernel_size", 5), ("mode", "transposed")):
        assert repr(change) in seen
    lab.field("output_padding").fill("2")
    expect(lab.panel).to_contain_text("RuntimeError: output padding must be smaller")
    words = lab.playground.get_by_role("alert").inner_text()
    assert words in lab.panel.inner_text()


def test_sums_add_up_and_an_error_takes_the_room_that_it_needs(lab: Lab) -> None:
    sums = lab.playground.locator(".pg-put-in")
    lab.field("kernel_size").fill("5")
    expect(sums.first).to_contain_text("(5 \N{MINUS SIGN} 1)")
    for text in sums.all_inner_texts():
        left, right = text.split(" = ")
        assert evaluated(left) == int(right), text
    lab.field("stride").fill("0")
    expect(lab.playground.get_by_role("alert")).to_contain_text("non-positive stride")
    expect(sums.first).to_contain_text("/ 0\N{RIGHT FLOOR} + 1 = \N{EN DASH}")
    refusal = lab.playground.locator(".pg-refusal").bounding_box()
    assert refusal
    assert refusal["height"] < 140


def test_python_moves_the_controls(lab: Lab) -> None:
    lab.python("playground.mode = 'conv'; playground.length = 17; playground.dilation = 3")
    expect(lab.field("length")).to_have_value("17")
    expect(lab.field("dilation")).to_have_value("3")
    expect(lab.playground.locator("input[name=mode]:checked")).to_have_value("conv")
    expect(lab.result("conv_length")).to_have_text("7")
    expect(lab.linked).to_have_value("17")
    lab.linked.fill("31")
    lab.linked.press("Enter")
    expect(lab.field("length")).to_have_value("31")


def test_keys_in_the_playground_stay_there(lab: Lab) -> None:
    def active() -> Any:
        return lab.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex")

    lab.page.evaluate("jupyterapp.commands.execute('notebook:enter-command-mode')")
    lab.field("window").focus()
    before = active(), lab.page.locator(".jp-Cell").count()
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "b", "d", "d", "x"):
        lab.page.keyboard.press(key)
    expect(lab.field("window")).to_have_value("48")
    lab.playground.get_by_role("button", name="Play").focus()
    for key in ("ArrowDown", "a", "x"):
        lab.page.keyboard.press(key)
    assert (active(), lab.page.locator(".jp-Cell").count()) == before


def test_a_restarted_kernel_takes_over(lab: Lab) -> None:
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.field("length").fill("31")
    expect(lab.result("conv_length")).to_have_text("16")
    lab.run_all()
    expect(lab.field("length")).to_have_value("100")
    lab.field("length").fill("51")
    expect(lab.panel).to_contain_text("Conv1d: torch.Size([1, 1, 26])")
    assert lab.errors == []


def test_a_dead_kernel_leaves_it_drawing(lab: Lab) -> None:
    """The last test of all: the notebook has no kernel afterwards."""
    kernel = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    lab.page.evaluate(
        f"async () => fetch('/api/kernels/' + {kernel}.id, {{ method: 'DELETE', headers: {{"
        " 'X-XSRFToken': (document.cookie.match(/_xsrf=([^;]+)/) || [])[1] ?? '' } })"
    )
    lab.page.wait_for_timeout(1000)
    lab.field("length").fill("31")
    expect(lab.result("conv_length")).to_have_text("16")
    lab.field("length").fill("33")
    lab.playground.get_by_role("button", name="previous window").click()
    expect(lab.result("conv_length")).to_have_text("17")
    assert lab.errors == []


KEEP = """jupyterapp.serviceManager.settings.save(
  "@jupyter-widgets/jupyterlab-manager:plugin", JSON.stringify({ saveState: true }))"""


def test_what_a_reopened_notebook_shows(browser: Browser, lab_url: str) -> None:
    """As the page on running the book says: a note, or with JupyterLab's setting all of it."""
    context = browser.new_context(viewport={"width": 1500, "height": 1400})
    lab = Lab(context.new_page(), lab_url, "kept")
    lab.run_all()
    lab.saved_and_reopened()
    note = lab.page.get_by_text("Error displaying widget: model not found").first
    expect(note).to_be_visible(timeout=30_000)
    lab.page.evaluate(KEEP)
    lab.page.goto(lab.address)
    lab.run_all()
    lab.saved_and_reopened()
    expect(lab.result("transposed_length")).to_have_text("99", timeout=30_000)
    lab.field("length").fill("31")
    expect(lab.result("conv_length")).to_have_text("16")
    context.close()
