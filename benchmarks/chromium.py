"""Chromium for the benchmarks, with the processor and the network slowed down on request."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium

SLOW_PROCESSOR = 4
SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}


@contextmanager
def launched() -> Iterator[Browser]:
    """Start Chromium and close it at the end."""
    path = chromium.find()
    if path is None:
        raise SystemExit("The benchmarks need Chromium: run `make test` once, which gets one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, *, slow_processor: bool, slow_network: bool) -> Iterator[Page]:
    """Open an empty page on an emulated phone, touched and not clicked, in a fresh context."""
    context = browser.new_context(
        viewport={"width": 412, "height": 823},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        if slow_processor:
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
        if slow_network:
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW_NETWORK)
        yield page
    finally:
        context.close()
