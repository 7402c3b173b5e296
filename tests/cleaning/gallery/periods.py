"""Periods in words, in file names and as dates, and a table that names none."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import AT20, AUG, PRO, PRO_VI, Q1, Y22, Exhibit, fig, pair, simple


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    forms = {
        "Quý I/2022": Q1, "quý 1 năm 2022": Q1, "Q1.2022": Q1, "T8/2022": AUG, "tháng 8/2022": AUG,
        "6 tháng đầu năm 2022": ("2022-06-30", "S"), "10 tháng năm 2022": ("2022-10-31", "X"), "năm 2022": Y22,
        "đến 20/8/2022": AT20, "Lũy kế đến 30/6/2022": ("2022-06-30", "X"), "05/10/2022": ("2022-10-05", "X"),
        "2022-10-05": ("2022-10-05", "X"), "Từ 15/12/2021 đến 14/6/2022": ("2022-06-14", "X"), "Quý IV năm 2022": ("2022-12-31", "Q"),
    }  # fmt: skip
    rows = [["Tỉnh", "Kỳ báo cáo", f"{PRO_VI} (%)"], *(["Thái Nguyên", form, "28"] for form in forms)]
    yearless = [["Tính đến ngày 20/8"], ["Tỉnh", f"{PRO_VI} (%)"], ["Thái Nguyên", 28], ["Yên Bái", 30]]
    dateless = simple(title="Báo cáo")

    def dated(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        import datetime as dt

        for row, day in ((2, dt.date(2022, 8, 20)), (3, dt.date(2022, 10, 5))):
            sheet.cell(row, 2).value = day
            sheet.cell(row, 2).number_format = "dd/mm/yyyy"

    real = [["Tỉnh", "Ngày", f"{PRO_VI} (%)"], ["Thái Nguyên", None, 28], ["Yên Bái", None, 30]]
    return [
        Exhibit("25-periods.csv", csv(rows), [fig("19", PRO, period, 28) for period in forms.values()]),
        Exhibit("26-year-in-name-2022.xlsx", xlsx(yearless), pair(period=AT20)),
        Exhibit(
            "27-no-period.xlsx",
            xlsx(dateless),
            [],
            [("B3", "period_unknown"), ("B4", "period_unknown")],
            refused="no period is said",
            layout='[[tables]]\nperiod = "Quý I/2022"\n',
            laid=pair(),
        ),
        Exhibit(
            "28-date-cells.xlsx",
            xlsx(real, touch=dated),
            [fig("19", PRO, AT20, 28), fig("15", PRO, ("2022-10-05", "X"), 30)],
        ),
    ]
