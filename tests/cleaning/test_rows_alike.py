"""Rows of one province that only words tell apart, beyond what the gallery shows."""

from pathlib import Path

from workbooks import csv

from analysis.cleaning.files import clean_file


def _read(tmp_path: Path, head: str, *rows: tuple[str, str, int]) -> list[tuple[str, float]]:
    path = tmp_path / "bang.csv"
    body = [[name, "2022-01", word, value] for name, word, value in rows]
    path.write_bytes(csv([["province", "period", head, "n_dossiers_total"], *body]))
    outcome = clean_file(path)
    assert len(outcome.cleaned.observations) + len(outcome.cleaned.quarantine) == len(rows)
    read = outcome.cleaned.observations
    return list(zip(read["province_code"], read["value"], strict=True))


def test_a_part_is_one_where_a_province_has_no_other_row_too(tmp_path: Path) -> None:
    rows = [("Lào Cai", "Một phần", 10), ("Lào Cai", "Toàn trình", 20), ("Sơn La", "Một phần", 30)]
    assert _read(tmp_path, "Loại", *rows) == []


def test_a_result_beside_plans_is_read(tmp_path: Path) -> None:
    for result in ("Thực hiện", "Số đạt được", "Trực tuyến"):
        rows = [("Lào Cai", "Kế hoạch", 10), ("Lào Cai", result, 20), ("Sơn La", result, 30)]
        assert _read(tmp_path, "Nội dung", *rows) == [("10", 20), ("14", 30)]


def test_figures_of_two_sources_stay_side_by_side(tmp_path: Path) -> None:
    rows = [("Lào Cai", "Báo cáo A", 10), ("Lào Cai", "Báo cáo B", 20)]
    assert _read(tmp_path, "Nguồn", *rows) == [("10", 10), ("10", 20)]
