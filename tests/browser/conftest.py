"""A headless Chromium for the tests of pages: Debian's or any other in the path; without one they skip."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analysis.reporting.site import publish_site
from analysis.site_evidence import read_site_data
from brief_worlds import NEW, OLD, site_in_worlds

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium():
    """Return a running browser, whose event loop ends with it: notebooks need this thread without one."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser found: none of {', '.join(NAMES)} is in the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Iterator:
    """Return `visit(path, **context)`: an open page; at the end no request has left the folder, no script failed."""
    contexts, strangers, faults = [], [], []

    def open_page(path: Path, hash_part: str = "", **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        context.on("request", lambda request: _note_stranger(request.url, strangers))
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(path.as_uri() + hash_part)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == []
    assert faults == []


def _note_stranger(url: str, strangers: list[str]) -> None:
    if urlsplit(url).scheme not in ("file", "data"):
        strangers.append(url)


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core, whose file the environment variable AXE_CORE names (see .ci/run)."""
    named = os.environ.get("AXE_CORE", "")
    if not Path(named).is_file():
        pytest.skip("AXE_CORE names no file; set it to axe.min.js of the npm package axe-core")
    return Path(named).read_text("utf-8")


@pytest.fixture(scope="session")
def site_of_world(made_site, root, tmp_path_factory) -> Path:
    """Return the English index of made-up worlds on both maps."""
    folder = tmp_path_factory.mktemp("world")
    publish_site(site_in_worlds(read_site_data(root), OLD, NEW), made_site, folder)
    return folder / "index.en.html"
