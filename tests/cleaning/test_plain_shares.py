"""A bare “Tỷ lệ (%)” is read where the counts beside it bear out what it is, and nowhere else."""

from pathlib import Path

from gallery.exhibit import PRO, SUB
from workbooks import xlsx

from analysis.cleaning.files import FileOutcome, clean_file

FULL = "share_dossiers_full_process_online"


def cleaned(folder: Path, rows: list[list[object]], merge: list[str] | None = None) -> FileOutcome:
    (folder / "a.xlsx").write_bytes(xlsx([["Quý III/2022"], *rows], title="B1", merge=merge or []))
    return clean_file(folder / "a.xlsx")


def shares(outcome: FileOutcome) -> set[tuple[str, float]]:
    rows = outcome.cleaned.observations.query("unit == 'percent'")
    return set(rows[["indicator", "value"]].itertuples(index=False, name=None))


def test_a_share_that_its_counts_bear_out_is_read(tmp_path: Path) -> None:
    head = ["Tỉnh", "Tổng số hồ sơ", "Hồ sơ trực tuyến", "Tỷ lệ (%)"]
    outcome = cleaned(tmp_path, [head, ["Hà Nội", 1000, 300, 30], ["Huế", 600, 100, 16.7]])
    assert shares(outcome) == {(PRO, 30), (PRO, 16.7)} and outcome.cleaned.quarantine.empty
    assert all(check.agrees for check in outcome.checks)


def test_each_of_several_shares_is_that_of_its_own_count(tmp_path: Path) -> None:
    head = [
        "Tỉnh",
        "Tổng số hồ sơ",
        "Hồ sơ nộp trực tuyến",
        "Tỷ lệ %",
        "Hồ sơ trực tuyến toàn trình",
        "Tỷ lệ %",
    ]
    rows = [["Hà Nội", 1000, 300, 30, 100, 10], ["Huế", 500, 100, 20, 50, 10]]
    assert shares(cleaned(tmp_path, [head, *rows])) == {(SUB, 30), (SUB, 20), (FULL, 10)}


def test_the_upper_head_may_name_what_is_counted(tmp_path: Path) -> None:
    head = [["Tỉnh", "Hồ sơ", None, None], [None, "Tổng số", "Trực tuyến", "Tỷ lệ"]]
    rows = [["Hà Nội", 1000, 300, 30], ["Huế", 500, 100, 20]]
    assert shares(cleaned(tmp_path, [*head, *rows], ["A2:A3", "B2:D2"])) == {(PRO, 30), (PRO, 20)}


def test_a_share_of_something_else_is_not_read(tmp_path: Path) -> None:
    head = ["Tỉnh", "Tổng số hồ sơ", "Hồ sơ trực tuyến", "Tỷ lệ (%)"]
    outcome = cleaned(tmp_path, [head, ["Hà Nội", 1000, 300, 31], ["Huế", 500, 100, 25]])
    assert shares(outcome) == set()
    assert outcome.cleaned.quarantine["rule"].tolist() == ["column_unknown"]
