"""A project of one's own starts from the package alone, wherever that is installed, and writes over nothing."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from click.testing import CliRunner

from analysis import starting
from analysis.cleaning.raw import check_raw
from analysis.cli import main
from analysis.door import called
from analysis.starting import PARTS

PROGRAM = "import sys; from analysis.cli import main; sys.exit(main(sys.argv[1:]))"


def test_a_new_project_holds_what_is_committed_and_nothing_that_was_added_since(tmp_path, root, monkeypatch):
    clone = tmp_path / "clone"
    for part in PARTS:
        copy = shutil.copytree if (root / part).is_dir() else shutil.copyfile
        (clone / part).parent.mkdir(parents=True, exist_ok=True)
        copy(root / part, clone / part)
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(clone), *words], check=True)
    shutil.copytree(clone, tmp_path / "as committed", ignore=shutil.ignore_patterns(".git"))
    (clone / "notebooks" / "my-own.ipynb").write_text("{}")
    (clone / "data/raw/datapackage.json").write_text("{}")
    monkeypatch.setattr(starting, "_source", lambda: clone)
    done = CliRunner().invoke(main, ["init", str(tmp_path / "dự án")])
    assert done.exit_code == 0 and "next: cd" in done.output
    names = [
        path.relative_to(tmp_path / "dự án") for path in (tmp_path / "dự án").rglob("*") if path.is_file()
    ]
    assert len(names) > 15 and len(check_raw(tmp_path / "dự án")) > 5
    assert filecmp.cmpfiles(tmp_path / "as committed", tmp_path / "dự án", names, shallow=False)[1:] == (
        [],
        [],
    )


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_written_where_part_of_a_project_lies(part, tmp_path):
    (tmp_path / part).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    done = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert done.exit_code == 2 and part in done.output and "Name a new folder" in done.output
    assert sorted(tmp_path.rglob("*")) == before


def test_no_project_is_started_inside_another(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "datapackage.json").write_text("{}", "utf-8")
    done = CliRunner().invoke(main, ["init", str(tmp_path / "notebooks" / "new")])
    assert done.exit_code == 2 and "lies inside the project" in done.output
    assert not (tmp_path / "notebooks").exists()


def test_the_command_is_printed_as_it_can_be_called(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "my env" / "dvctt")])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert called() == f'"{tmp_path / "my env" / "dvctt"}"'
    monkeypatch.setattr(sys, "argv", ["dvctt"])
    assert called() == "dvctt"


def test_the_wheel_carries_what_a_project_starts_with(tmp_path, root):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    for words in (["init", "new"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=tmp_path / ("new" if words == ["check"] else ""),
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert "each as described" in done.stdout
