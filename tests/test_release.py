"""A release has the same bytes when it is built twice, and holds no lock, failure or hidden file."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import shutil
import zipfile


def test_two_bundles_of_the_same_files_are_the_same_bytes(tmp_path, root):
    spec = importlib.util.spec_from_file_location("release", root / ".ci" / "release.py")
    release = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(release)
    project = tmp_path / "project"
    shutil.copytree(root / "data" / "raw", project / "data" / "raw")
    for page in release.PAGES:
        shutil.copy(root / page, project / page)
    for name in ("yen-bai/brief.vi.html", "yen-bai/.brief.lock", "failed/02.ipynb", "release/old.zip"):
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
