"""What no figure may depend on: the order in which files are added, the publisher's name, the day of adding."""

from __future__ import annotations

import csv
import json
import shutil
from itertools import groupby
from pathlib import Path

import pandas as pd
from click.testing import CliRunner

from analysis.answers.study_answer import StudyAnswer, answer_study
from analysis.cleaning.describing import Description, add_file
from analysis.cli import main
from analysis.panels.study_panel import StudyPanel, assemble_panel
from analysis.project import find_root
from analysis.study import read_study
from made_world import make_project

Sent = list[tuple[Path, str]]  # files with their titles


def sent_files(folder: Path) -> Sent:
    """Write a made-up panel as one table a month, one month once more as a correction, and the decisions."""
    make_project(folder / "made", n_months=13)
    panel, decisions = (
        next((folder / "made/data/raw" / name).rglob("*.csv"))
        for name in ("made-up-panel", "made-up-decisions")
    )
    head, *rows = csv.reader(panel.read_text("utf-8").splitlines())
    months = {period: list(own) for period, own in groupby(rows, key=lambda row: row[0])}
    files = [
        (write(folder, f"made-up-{n}.csv", head, own), "Monthly table")
        for n, own in enumerate(months.values())
    ]
    corrected = [[*row[:3], str(int(row[3]) + 9), f"{100 * (int(row[3]) + 9) / int(row[2]):.2f}", *row[5:]]
                 for row in months["Tháng 3/2022"][:3]]  # fmt: skip
    files.append((write(folder, "made-up-corrected.csv", head, corrected), "Monthly table (đính chính)"))
    columns = {"province": "province", "indicator": "indicator", "date_known": "announced", "deadline": "deadline",
               "target_value": "target_value", "scope": "scope", "decision_or_announcement": "document"}  # fmt: skip
    decided = [
        [line[name] for name in columns] for line in csv.DictReader(decisions.read_text("utf-8").splitlines())
    ]
    return [*files, (write(folder, "made-up-decisions.csv", list(columns.values()), decided), "Decisions")]


def write(folder: Path, name: str, head: list[str], rows: list[list[str]]) -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])
    return path


def answered(
    root: Path, files: Sent, publisher: str, day: str, monkeypatch
) -> tuple[StudyPanel, StudyAnswer]:
    """Add files to an empty project in their order, clean, and answer the study."""
    shutil.copytree(find_root() / "studies", root / "studies")
    (root / "data/raw").mkdir(parents=True)
    package = {"name": "made-up", "title": "Made-up figures of the tests", "resources": []}
    (root / "data/raw/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for number, (file, title) in enumerate(files):
        who = Description(f"{publisher} {number}", title, accessed=day)
        assert add_file(root, file, who).is_whole
    monkeypatch.setenv("DVCTT_ROOT", str(root))
    result = CliRunner().invoke(main, ["clean"])
    assert result.exit_code == 0, result.output
    panel = assemble_panel(read_study("services"), root=root)
    return panel, answer_study(panel, draws=99)


def test_order_of_files_publishers_and_day_of_adding_change_no_figure(tmp_path: Path, monkeypatch) -> None:
    files = sent_files(tmp_path)
    once = answered(tmp_path / "một", files, "Cục A", "2026-11-02", monkeypatch)
    again = answered(tmp_path / "hai lần", files[::-1], "Zổ", "2026-12-24", monkeypatch)
    kept = ["province_code", "period", "outcome", "treated_from", "numerator", "denominator", "dose"]
    pd.testing.assert_frame_equal(once[0].rows[kept], again[0].rows[kept])
    pd.testing.assert_frame_equal(once[0].nation[["period", "value"]], again[0].nation[["period", "value"]])
    replaced = once[0].left_out
    assert replaced["why"].tolist() == ["a correction replaces it"] * 3 and len(once[0].treated) > 5
    for one, other in zip(once[1].estimates.values(), again[1].estimates.values(), strict=True):
        assert (one.estimate, one.conf_low, one.conf_high, one.p_value) == (
            other.estimate, other.conf_low, other.conf_high, other.p_value
        )  # fmt: skip
    assert once[1].own == again[1].own and once[1].checks == again[1].checks and once[1].rung == again[1].rung
