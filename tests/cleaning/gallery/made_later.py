"""Made later: months as dates below years, multiples, signs of a format, blanks that mean the same, -99 for missing."""

from __future__ import annotations

import datetime as dt

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import ALL, ONL, PRO, PRO_VI, SUB, SUB_VI, Exhibit, fig


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_months_as_dates(), _added_signs(), _written_once(), _codes_for_missing(), _codebook()]


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


def _written_once() -> Exhibit:
    rows = [
        ["Địa phương", "Kỳ số liệu", "Chỉ tiêu", "ĐVT", "Giá trị"],
        ["Đồng Tháp", "Quý III/2022", "Tổng HS tiếp nhận", "nghìn hồ sơ", "31,3"],
        ["", "Quý III/2022", "Số hồ sơ trực tuyến", "nghìn hồ sơ", "7,3"],
        ["", "Quý III/2022", "Tỷ lệ hồ sơ xử lý trực tuyến", "%", "23,32"],
        ["", "Tháng 10/2022", "Tổng HS tiếp nhận", "hồ sơ", "10.326"],
        ["", "Tháng 10/2022", "Tỷ lệ hồ sơ xử lý trực tuyến", "%", "…"],
        ["Cộng 6 tỉnh", "Quý III/2022", "Tổng HS tiếp nhận", "nghìn hồ sơ", "31,3"],
        ["", "Quý III/2022", "Số hồ sơ trực tuyến", "nghìn hồ sơ", "7,3"],
        [],
        ["", "Quý III/2022", "Số hồ sơ trực tuyến", "hồ sơ", "5"],
    ]
    quarter = ("2022-09-30", "Q")
    figures = [
        fig("87", ALL, quarter, 31300), fig("87", ONL, quarter, 7300), fig("87", PRO, quarter, 23.32),
        fig("87", ALL, ("2022-10-31", "M"), 10326),
    ]  # fmt: skip
    held = [("E6", "missing"), ("A7", "total_row"), ("A8", "total_row")]
    outside = [("B10", "row_outside")]
    return Exhibit("122-written-once.csv", csv(rows, "\t", "utf-16"), figures, [*held, *outside])


def _codes_for_missing() -> Exhibit:
    rows = [
        ["prov", "tq", "ty_le_ho_so_nop_truc_tuyen", "tong_so_ho_so"],
        ["Ha Nam", "2022q3", 0.3318, 35428],
        ["Nam Dinh", "2022q3", -99, 49400],
        ["Ninh Binh", "2022q3", 0.4829, -99],
    ]
    when = ("2022-09-30", "Q")
    figures = [fig("35", SUB, when, 33.18), fig("37", SUB, when, 48.29), fig("35", ALL, when, 35428)]
    held = [("C3", "out_of_range"), ("D4", "out_of_range")]
    return Exhibit("123-minus-99.xlsx", xlsx(rows), [*figures, fig("36", ALL, when, 49400)], held)


def _codebook() -> Exhibit:
    def touch(book: openpyxl.Workbook, _: Worksheet) -> None:
        sheet = book.create_sheet("codebook")
        for row in (
            ["variable", "label", "unit"],
            ["hs", "Tổng số hồ sơ tiếp nhận trong quý (total dossiers received)", "hồ sơ"],
            ["sh_tt", "Tỷ lệ hồ sơ nộp trực tuyến = hs_tt/hs", "0-1"],
            ["ln_hs", "ln(hs)", None],
        ):
            sheet.append(row)

    rows = [
        ["prov", "tq", "hs", "sh_tt", "ln_hs"],
        ["Ha Nam", "2022q3", 354, 0.3318, 5.9],
        ["Nam Dinh", "2022q3", 494, 0.25, 6.2],
    ]
    held = [("A2", "table_not_understood"), ("A3", "table_not_understood")]
    held += [(f"A{n}", "row_outside") for n in range(1, 5)]
    said = f'[indicators]\nhs = "{ALL}"\nsh_tt = "{SUB}"\nln_hs = "skip"\n'
    when = ("2022-09-30", "Q")
    laid = [
        fig("35", ALL, when, 354), fig("36", ALL, when, 494), fig("35", SUB, when, 33.18), fig("36", SUB, when, 25),
    ]  # fmt: skip
    refused = "“hs”; “sh_tt”; “ln_hs”"
    return Exhibit("124-codebook.xlsx", xlsx(rows, touch=touch), [], held, refused, layout=said, laid=laid)
