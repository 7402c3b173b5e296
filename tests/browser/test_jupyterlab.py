"""`dvctt explore` in a real JupyterLab: cells run, a widget is moved, the figure follows; another notebook runs too."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

PATIENCE_MS = 120_000  # a first kernel on a busy machine
FOLDERS = {
    "HOME": "home",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data-of-jupyter",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
}


@pytest.fixture(scope="module")
def address(chromium, root, tmp_path_factory):
    """Return the address that `dvctt explore` says; everything it writes stays in a temporary folder."""
    place = tmp_path_factory.mktemp("lab")
    project = place / "project"
    shutil.copytree(root / "notebooks", project / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(root / "studies", project / "studies")
    shutil.copytree(root / "data", project / "data")
    (place / "config").mkdir()
    (place / "config" / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n")
    environment = os.environ | {name: str(place / folder) for name, folder in FOLDERS.items()}
    environment |= {"DVCTT_ROOT": str(project)}
    program = [sys.executable, "-m", "analysis.cli", "explore", "--no-browser"]
    messages = place / "messages"
    with messages.open("w") as errors:
        server = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True)
    try:
        said = server.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/lab/tree/notebooks/explore\.ipynb\?token=\w+", said), (
            messages.read_text()
        )
        yield said
    finally:
        server.terminate()
        server.stdout.close()
        server.wait(30)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(said).port)) != 0, "the server outlived its command"


@pytest.fixture
def lab(chromium, address):
    """Return `lab(notebook)`: a page of JupyterLab with this notebook open and its kernel idle."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    strangers: list[str] = []
    context.on("request", lambda request: _note_stranger(request.url, strangers))

    def open_notebook(name: str):
        page = context.new_page()
        # A workspace each, so that no page opens the other's notebook beside its own.
        page.goto(
            address.replace("/lab/tree/notebooks/explore", f"/lab/workspaces/{name}/tree/notebooks/{name}")
        )
        page.wait_for_selector(".jp-StatusBar-Widget :text('| Idle')")
        return page

    yield open_notebook
    context.close()
    assert strangers == []


def _note_stranger(url: str, strangers: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
        strangers.append(url)


def _run_all(page) -> None:
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def _picture(page) -> str:
    return page.locator(".widget-html-content img").get_attribute("alt")


def test_explore_runs_and_a_moved_widget_changes_the_figure(lab):
    page = lab("explore")
    _run_all(page)
    page.wait_for_selector(".widget-html-content img")
    first = _picture(page)
    assert first.startswith("Two lines by period, the means of the groups")
    page.get_by_label("Method").select_option("synthetic control")
    page.wait_for_selector(
        ".widget-html-content img[alt^='Two lines by period, Thái Nguyên and its synthetic twin']"
    )
    page.get_by_label("Province").select_option("An Giang")
    page.wait_for_selector(".widget-html-content img[alt^='Two lines by period, An Giang']")
    assert "An Giang" in page.locator(".widget-html-content p[role=status]").inner_text()
    page.get_by_label("Method").select_option("before-after")
    page.wait_for_selector("text=no before and after can be compared")
    assert page.locator(".widget-html-content img").count() == 0
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0


def test_before_after_runs_to_its_end(lab):
    page = lab("02-before-after")
    _run_all(page)
    page.wait_for_selector("text=Thái Nguyên went from 28%")
    page.wait_for_selector(".jp-OutputArea img[alt^='Line chart. Thái Nguyên goes']")
    page.wait_for_selector(".jp-OutputArea th:has-text('the share never fell')")
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
