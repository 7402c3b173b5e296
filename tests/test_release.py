"""A release has the same bytes when it is built twice, and holds no lock, failure or hidden file."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import shutil
import subprocess
import zipfile

import pytest


@pytest.fixture(scope="module")
def release(root):
    spec = importlib.util.spec_from_file_location("release", root / ".ci" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_not_committed_stops_a_release(tmp_path, release):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x"]
    (tmp_path / ".gitignore").write_text("/reports/\n")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "brief.vi.html").write_text("")
    assert release.find_uncommitted(tmp_path) == []
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "của tôi.ipynb").write_text("")
    (tmp_path / ".gitignore").write_text("/reports/\n*.tmp\n")
    assert release.find_uncommitted(tmp_path) == [" M .gitignore", '?? "notebooks/của tôi.ipynb"']


def test_two_bundles_of_the_same_files_are_the_same_bytes(tmp_path, root, release):
    project = tmp_path / "project"
    shutil.copytree(root / "data" / "raw", project / "data" / "raw")
    for page in release.PAGES:
        shutil.copy(root / page, project / page)
    for name in (
        "yen-bai/brief.vi.html",
        "yen-bai/.brief.lock",
        "failed/02.ipynb",
        "release/old.zip",
        "runs/own.ipynb",
    ):
        (project / "reports" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "reports" / name).write_text(name, "utf-8")
    release.bundle(project, tmp_path / "one.zip", dt.date(2026, 11, 30))
    for path in project.rglob("*"):
        os.utime(path, (0, 0))
    release.bundle(project, tmp_path / "two.zip", dt.date(2026, 11, 30))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    names = zipfile.ZipFile(tmp_path / "one.zip").namelist()
    assert {"CITATION.cff", "data/raw/datapackage.json", "reports/yen-bai/brief.vi.html"} <= set(names)
    assert [name for name in names if name.startswith("reports/")] == ["reports/yen-bai/brief.vi.html"]
