"""A total is compared with the rows it stands for: those above it, or those of its own period."""

from pathlib import Path

import pytest
from gallery.exhibit import PRO_VI

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.reference.provinces import provinces

NAMES = [province.name_vi for province in provinces()]


def cleaned(tmp_path: Path, rows: list[list[str]]) -> FileOutcome:
    (tmp_path / "a.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return clean_file(tmp_path / "a.csv")


def long_table(nation: dict[str, int]) -> list[list[str]]:
    """Return a long table of two provinces in three months, with the national figure of each month."""
    rows = [["Tỉnh", "Kỳ", "Tổng số hồ sơ"]]
    for month, total in nation.items():
        rows += [["Hà Nội", month, "100"], ["Sơn La", month, "20"], ["Cả nước", month, str(total)]]
    return rows


def test_a_national_figure_is_that_of_its_own_period(tmp_path: Path) -> None:
    outcome = cleaned(tmp_path, long_table({"2022-01": 120, "2022-02": 120, "2022-03": 121}))
    assert [check.agrees for check in outcome.checks] == [True, True, False]
    assert outcome.checks[-1].computed == 120 and outcome.checks[-1].cell == "C10"


def test_a_national_figure_given_twice_is_not_taken_for_a_sum(tmp_path: Path) -> None:
    rows = long_table({"2022-01": 120})
    assert not cleaned(tmp_path, [*rows, *rows[1:]]).checks


def test_a_share_of_the_nation_lies_between_those_of_its_period(tmp_path: Path) -> None:
    rows = [["Tỉnh", "Năm", f"{PRO_VI} (%)"]]
    for year, low in (("2022", "10"), ("2023", "60")):
        rows += [["Hà Nội", year, low], ["Sơn La", year, "70"], ["Cả nước", year, "50"]]
    assert [check.agrees for check in cleaned(tmp_path, rows).checks] == [True, False]


@pytest.mark.parametrize("wrong", [0, 1])
def test_each_of_many_totals_is_compared_with_its_own_section(tmp_path: Path, wrong: int) -> None:
    rows = [["Tỉnh", "Kỳ", "Tổng số hồ sơ"]]
    for n in range(1500):
        month = f"{2000 + n // 12 % 25}-{n % 12 + 1:02d}"
        rows += [["Hà Nội", month, str(100 + n)], ["Sơn La", month, "20"]]
        rows.append(["Tổng cộng", month, str(120 + n + wrong * (n == 700))])
    outcome = cleaned(tmp_path, rows)
    assert len(outcome.checks) == 1500 and sum(not check.agrees for check in outcome.checks) == wrong


SHARE = f"{PRO_VI} (%)"
HEAD = ["TT", "Đơn vị", "Tổng số hồ sơ", SHARE]
MINISTRIES = [["1", "Bộ Y tế", "60", "90"], ["2", "Bộ Công an", "40", "95"]]
PROVINCES = [["1", "Hà Nội", "100", "30"], ["2", "Sơn La", "20", "40"]]
SECTIONS = [["A", "Bộ ngành", "100", "92"], *MINISTRIES, ["B", "ĐỊA PHƯƠNG", "120", "32"], *PROVINCES]


def of_both(tmp_path: Path, rows: list[list[str]], total: str, share: str = "50") -> FileOutcome:
    return cleaned(tmp_path, [["Năm 2022"], HEAD, *rows, ["", "Tổng cộng", total, share]])


@pytest.mark.parametrize("rows", [SECTIONS, [*MINISTRIES, *PROVINCES], [*PROVINCES, *MINISTRIES]])
def test_a_total_that_may_hold_units_beside_the_provinces_is_not_compared_and_that_is_said(
    rows: list[list[str]], tmp_path: Path
) -> None:
    outcome = of_both(tmp_path, rows, "220", "85")
    assert [notice.code for notice in outcome.notices] == ["total_not_compared"]
    last = len(rows) + 3
    assert not [check for check in outcome.checks if check.cell in (f"C{last}", f"D{last}")]
    assert all(check.agrees for check in outcome.checks)


def test_a_total_below_that_of_the_provinces_is_wrong_whatever_it_holds(tmp_path: Path) -> None:
    (wrong,) = [check for check in of_both(tmp_path, SECTIONS, "110").checks if not check.agrees]
    assert (wrong.printed, wrong.computed) == (110, 120)
