"""A raw file is taken out with its description; files that are added at the same time are all described."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cleaning.describing import Description, add_file
from analysis.cleaning.raw import PACKAGE, read_package
from analysis.cli import main

TABLE = "Tỉnh,Tỷ lệ hồ sơ xử lý trực tuyến tháng {month}/2022 (%)\nYên Bái,39.2\nSơn La,58.1\n"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / PACKAGE).parent.mkdir(parents=True)
    (tmp_path / PACKAGE).write_text('{"resources": []}', "utf-8")
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    return tmp_path


def remove(*words: str):
    return CliRunner().invoke(main, ["remove", *words])


def add(project: Path, month: int) -> str:
    file = project / f"thang-{month}.csv"
    file.write_text(TABLE.format(month=month), "utf-8")
    return add_file(project, file, Description("Bộ", "Báo cáo")).path


def test_a_removed_file_leaves_with_its_description_and_the_others_stay(project):
    first, second = add(project, 3), add(project, 4)
    asked = CliRunner().invoke(main, ["remove", "thang-3.csv"], input="n\n")
    assert asked.exit_code == 1 and (project / first).is_file(), "it asks, and no is no"
    silent = remove("thang-3.csv")
    assert silent.exit_code == 2 and "--yes" in silent.output and (project / first).is_file()
    done = remove("thang-3.csv", "--yes")
    assert done.exit_code == 0 and f"removed {first}" in done.output
    assert not (project / first).exists()
    assert [raw.path for raw in read_package(project)] == [second]


def test_a_layout_goes_with_the_last_file_that_uses_it(project):
    places = [add(project, month) for month in (3, 4)]
    layout = Path(places[0]).parent / "month.layout.toml"
    (project / layout).write_text("", "utf-8")
    package = json.loads((project / PACKAGE).read_text("utf-8"))
    for resource in package["resources"]:
        resource["layout"] = layout.relative_to(PACKAGE.parent).as_posix()
    (project / PACKAGE).write_text(json.dumps(package), "utf-8")
    assert remove("thang-3.csv", "--yes").exit_code == 0 and (project / layout).is_file()
    assert remove(str(project / places[1]), "--yes").exit_code == 0 and not (project / layout).exists()


def test_a_file_that_is_not_described_is_refused_with_those_that_are(project):
    place = add(project, 3)
    (project / "data" / "raw" / "stray.csv").write_text("x", "utf-8")
    for name in ("stray.csv", str(project / "data" / "raw" / "stray.csv"), "../stray.csv"):
        done = remove(name, "--yes")
        assert done.exit_code == 2 and "is not described" in done.output and place in done.output
    assert (project / "data" / "raw" / "stray.csv").is_file()


def test_a_name_that_several_files_have_needs_a_path(project):
    place = project / add(project, 3)
    other = place.parents[1] / "2022-04-08" / place.name
    other.parent.mkdir()
    other.write_text(TABLE.format(month=5), "utf-8")
    add_file(project, other, Description("Bộ", "Báo cáo"))
    done = remove("thang-3.csv", "--yes")
    assert done.exit_code == 2 and "several raw files are called" in done.output
    assert remove(str(other), "--yes").exit_code == 0 and place.is_file() and not other.exists()


def test_files_added_at_the_same_time_are_all_described(project):
    for month in range(1, 5):
        (project / f"thang-{month}.csv").write_text(TABLE.format(month=month), "utf-8")
    words = ["--publisher", "Bộ", "--title", "Báo cáo", "--url", ""]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "analysis.cli", "add", f"thang-{month}.csv", *words],
            cwd=project,
            stdout=subprocess.DEVNULL,
        )
        for month in range(1, 5)
    ]
    assert [process.wait() for process in started] == [0] * 4
    assert len(read_package(project)) == 4
