"""All periods that a file states (title, head, remark, hidden row, sheet, file) must agree, or its table is held."""

from pathlib import Path

import openpyxl
import pytest
from gallery.exhibit import PRO_VI
from openpyxl.worksheet.worksheet import Worksheet
from read_tables import Rows, figures, held, read

HEAD = f"{PRO_VI} (%)"
BODY: Rows = [["Hà Nội", 40.5], ["Sơn La", 50.5]]


def hide_first(_: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.row_dimensions[1].hidden = True


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ([["Kết quả tháng 8/2022"], ["Tỉnh", HEAD], *BODY], {"name": "bao cao thang 9-2022.xlsx"}),
        ([["Kết quả tháng 8/2022"], ["Tỉnh", HEAD], *BODY], {"title": "T9-2022"}),
        ([["Kết quả năm 2022"], ["Tỉnh", f"{HEAD} năm 2021"], *BODY], {}),
        (
            [
                ["Kết quả quý I năm 2022"],
                ["Tỉnh", "Kỳ", HEAD],
                ["Hà Nội", "5/2021", 4],
                ["Sơn La", "5/2021", 5],
            ],
            {},
        ),
        ([["Kết quả năm 2022"], ["Tỉnh", HEAD], *BODY, ["Ghi chú: số liệu năm 2021"]], {}),
        ([["Kết quả năm 2022"], ["Năm 2021"], ["Tỉnh", HEAD], *BODY], {"touch": hide_first}),
    ],
    ids=["file", "sheet", "head", "rows", "remark", "hidden row"],
)
def test_a_table_whose_periods_contradict_each_other_is_held(rows: Rows, keys: dict, tmp_path: Path) -> None:
    outcome = read(tmp_path, rows, **{"name": "a.xlsx", **keys})
    assert outcome.cleaned.observations.empty and set(held(outcome).values()) == {"periods_contradict"}
    (problem,) = outcome.problems
    assert problem.code == "periods_contradict" and "certain = true" in str(problem)
    period = "5/2021" if "Kỳ" in str(rows) else "2022"
    settled = f'[[tables]]\nperiod = "{period}"\ncertain = true\n'
    assert len(figures(read(tmp_path, rows, layout=settled, **{"name": "a.xlsx", **keys}))) == 2


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kết quả tháng 8/2022", "bao cao thang 8-2022.xlsx"),
        ("Kết quả tháng 8/2022", "bao cao quy III-2022.xlsx"),
        ("Kết quả tháng 8/2022", "2022.xlsx"),
        ("Kết quả tháng 8/2022", "2022-09-05.xlsx"),  # the day of sending
        ("Kết quả tháng 8/2022 (Kèm theo Công văn số 5 ngày 09/9/2023)", "a.xlsx"),
        ("Kết quả tháng 8/2022, giai đoạn 2021-2025", "a.xlsx"),
    ],
)
def test_periods_that_agree_are_read(title: str, name: str, tmp_path: Path) -> None:
    outcome = read(tmp_path, [[title], ["Tỉnh", HEAD], *BODY], name)
    assert not outcome.problems and {end for _, _, end, _ in figures(outcome)} == {"2022-08-31"}


def test_this_year_s_figures_may_stand_beside_last_year_s(tmp_path: Path) -> None:
    rows = [["Kết quả năm 2022"], ["Tỉnh", f"{HEAD} năm 2021", f"{HEAD} năm 2022"], ["Hà Nội", 40.5, 41.5]]
    outcome = read(tmp_path, rows)
    assert [end for _, _, end, _ in figures(outcome)] == ["2021-12-31", "2022-12-31"]
