"""A column is judged as a column: its scale, its marks, its dates; where its cells contradict each other it is held."""

from pathlib import Path

import pytest
from gallery.exhibit import ALL, PRO, PRO_VI
from read_tables import figures, held, read

NAMES = ["Hà Nội", "Hải Phòng", "Thanh Hóa", "Thái Nguyên", "Lạng Sơn", "Bắc Giang"]
ALL_VI = "Tổng số hồ sơ tiếp nhận"


def column(folder: Path, head: str, cells: list[object], name: str = "a.csv"):
    rows = [["Báo cáo Quý III/2022"], ["Tỉnh", head], *map(list, zip(NAMES, cells, strict=False))]
    return read(folder, rows, name)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize(
    "cells",
    [["120.5", "30", "80.2", "41"], ["30", "41", "25", "18,3"], ["1.044", "31.5", "2.100"], [120.5, 30, 41]],
)
def test_counts_one_of_which_is_not_whole_are_all_held(
    tmp_path: Path, cells: list[object], name: str
) -> None:
    outcome = column(tmp_path, ALL_VI, cells, name)
    assert outcome.cleaned.observations.empty
    assert held(outcome) == {f"B{n}": "not_a_count" for n in range(3, 3 + len(cells))}
    assert "may be in thousands" in outcome.cleaned.quarantine["reason"].iloc[0]


def test_whole_counts_with_dots_between_thousands_are_read(tmp_path: Path) -> None:
    outcome = column(tmp_path, ALL_VI, ["1.044", "315", "12.100"])
    assert [value for *_, value in figures(outcome)] == [1044, 315, 12100]


def test_a_missing_code_and_a_per_cent_sign_are_held_as_cells(tmp_path: Path) -> None:
    outcome = column(tmp_path, ALL_VI, ["1044", "-99", "41%", "315"])
    assert held(outcome) == {"B4": "out_of_range", "B5": "not_a_count"} and len(figures(outcome)) == 2


@pytest.mark.parametrize(
    "cells",
    [
        ["0.415", "1.02", "1", "0.52", "0.9", "0.33"],
        ["0,2798", "27,98", "30,1", "41,2"],
        ["41", "38", "0.5", "52"],
        [0.415, 38.2, 52.1],
    ],
)
def test_shares_that_may_be_fractions_or_per_cent_are_all_held(tmp_path: Path, cells: list[object]) -> None:
    outcome = column(tmp_path, PRO_VI, cells, "a.xlsx")
    assert outcome.cleaned.observations.empty
    assert set(held(outcome).values()) == {"scale_ambiguous"} and len(held(outcome)) == len(cells)


@pytest.mark.parametrize(
    ("head", "cells", "read_as"),
    [
        (PRO_VI, ["41.5", "38.2", "0.5", "52.1"], [41.5, 38.2, 0.5, 52.1]),
        (PRO_VI, ["41,5", "1", "0,4", "52,1"], [41.5, 1, 0.4, 52.1]),
        (f"{PRO_VI} (%)", ["0.45", "38.2", "52.1"], [0.45, 38.2, 52.1]),
        (PRO_VI, ["0.415", "0.38", "1"], [41.5, 38, 100]),
        (PRO_VI, ["41.5", "0", "52.1"], [41.5, 0, 52.1]),
    ],
)
def test_a_scale_that_all_cells_agree_on_is_read(
    tmp_path: Path, head: str, cells: list[str], read_as: list[float]
) -> None:
    outcome = column(tmp_path, head, cells)
    by_code = {code: value for code, _, _, value in figures(outcome)}
    codes = dict(zip(NAMES, ["01", "31", "38", "19", "20", "24"], strict=True))
    assert [by_code[codes[name]] for name in NAMES[: len(cells)]] == read_as and not held(outcome)


def days(folder: Path, texts: list[str]):
    rows = [["Tỉnh", "Chỉ tiêu", "Ngày", "Giá trị"]]
    rows += [["Thái Nguyên", PRO_VI, text, f"30,{n}%"] for n, text in enumerate(texts)]
    return read(folder, rows)


def test_days_after_their_months_are_read_so_where_one_proves_it(tmp_path: Path) -> None:
    outcome = days(tmp_path, ["8/3/2022", "8/12/2022", "8/14/2022"])
    assert [end for _, _, end, _ in figures(outcome)] == ["2022-08-03", "2022-08-12", "2022-08-14"]


def test_days_stand_before_their_months_where_nothing_proves_the_other_way(tmp_path: Path) -> None:
    outcome = days(tmp_path, ["8/3/2022", "8/12/2022", "14/8/2022"])
    assert [end for _, _, end, _ in figures(outcome)] == ["2022-03-08", "2022-08-14", "2022-12-08"]


def test_dates_that_prove_both_orders_are_all_held(tmp_path: Path) -> None:
    outcome = days(tmp_path, ["8/3/2022", "14/8/2022", "8/15/2022"])
    assert outcome.cleaned.observations.empty and set(held(outcome).values()) == {"period_unknown"}


def test_the_decimal_mark_of_shares_holds_for_the_counts_of_the_same_column(tmp_path: Path) -> None:
    rows = [["Tỉnh", "Chỉ tiêu", "Kỳ", "Giá trị"]]
    rows += [["Hà Nội", PRO_VI, "8/2022", "31.5"], ["Sơn La", PRO_VI, "8/2022", "28.25"]]
    rows += [["Hà Nội", ALL_VI, "8/2022", "1.044"], ["Sơn La", ALL_VI, "8/2022", "2.5"]]
    outcome = read(tmp_path, rows)
    assert [(code, value) for _, code, _, value in figures(outcome)] == [(PRO, 31.5), (PRO, 28.25)]
    assert held(outcome) == {"D4": "not_a_count", "D5": "not_a_count"}


def test_counts_whose_unit_is_left_empty_beside_thousands_are_held(tmp_path: Path) -> None:
    rows = [["Quý III/2022"], ["Tỉnh", "Chỉ tiêu", "ĐVT", "Giá trị"]]
    rows += [
        ["Hà Nội", ALL_VI, "nghìn hồ sơ", "31,3"],
        ["Sơn La", ALL_VI, "", "7"],
        ["Lào Cai", ALL_VI, "hồ sơ", "70"],
    ]
    outcome = read(tmp_path, rows)
    assert [(code, value) for code, _, _, value in figures(outcome)] == [("01", 31300), ("10", 70)]
    assert held(outcome) == {"D4": "number_ambiguous"}


@pytest.mark.parametrize("place", ["title", "head", "remark"])
@pytest.mark.parametrize(("unit", "factor"), [("nghìn hồ sơ", 1000), ("triệu hồ sơ", 1_000_000)])
def test_a_unit_stated_anywhere_holds_for_the_counts_below(
    tmp_path: Path, place: str, unit: str, factor: int
) -> None:
    title = f"Quý III/2022 ({unit})" if place == "title" else "Quý III/2022"
    head = f"{ALL_VI} ({unit})" if place == "head" else ALL_VI
    remark = [[f"Đơn vị tính: {unit}"]] if place == "remark" else []
    outcome = read(tmp_path, [[title], ["Tỉnh", head], ["Hà Nội", "41,5"], ["Sơn La", "7"], *remark])
    assert [(code, value) for code, _, _, value in figures(outcome)] == [
        ("01", 41.5 * factor),
        ("14", 7 * factor),
    ]
    assert figures(outcome)[0][1] == ALL
