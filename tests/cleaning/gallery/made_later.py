"""Heads as ministries make them: months as dates below years, multiples of a year earlier, signs that a format adds."""

from __future__ import annotations

import datetime as dt

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import xlsx

from gallery.exhibit import PRO, PRO_VI, SUB, SUB_VI, Exhibit, fig


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_months_as_dates(), _added_signs()]


def _months_as_dates() -> Exhibit:
    months = [dt.date(year, month, 1) for year in (2021, 2022) for month in (11, 12)]
    rows = [
        ["SỐ LIỆU 2 THÁNG CUỐI NĂM 2021 VÀ 2022"],
        [],
        [f"Bảng 1. {PRO_VI} (%)"],
        [
            "Địa phương",
            "Năm 2021",
            None,
            "Năm 2022",
            None,
            "Tháng 12/2022 gấp bao nhiêu lần cùng kỳ năm trước",
        ],
        [None, *months],
        ["Hà Nam", "…", 16.8, 26.6, 27.9, 1.7],
        ["Nam Định", 15, 15.7, 29.7, 30.3, 1.9],
    ]

    def touch(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        for cell in sheet[5]:
            cell.number_format = '"T"m'
        for cell in sheet["F"]:
            cell.number_format = '0.0" lần"'

    ratio = f"{PRO}_ratio_vs_year_earlier"
    dates = [("2021-11-30", "M"), ("2021-12-31", "M"), ("2022-11-30", "M"), ("2022-12-31", "M")]
    figures = [
        *(fig("35", PRO, when, value) for when, value in zip(dates[1:], (16.8, 26.6, 27.9), strict=True)),
        *(fig("36", PRO, when, value) for when, value in zip(dates, (15, 15.7, 29.7, 30.3), strict=True)),
        fig("35", ratio, dates[3], 1.7),
        fig("36", ratio, dates[3], 1.9),
    ]
    content = xlsx(rows, merge=["A4:A5", "B4:C4", "D4:E4", "F4:F5"], touch=touch)
    return Exhibit("120-months-as-dates.xlsx", content, figures, [("B6", "missing")])


def _added_signs() -> Exhibit:
    def touch(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        for row in (3, 4):
            sheet.cell(row, 2).number_format = '0.00"%"'

    rows = [["Tháng 9/2022"], ["Tỉnh", SUB_VI], ["Hà Nam", 0.84], ["Nam Định", 63.5]]
    when = ("2022-09-30", "M")
    figures = [fig("35", SUB, when, 0.84), fig("36", SUB, when, 63.5)]
    return Exhibit("121-sign-added-by-the-format.xlsx", xlsx(rows, touch=touch), figures)
