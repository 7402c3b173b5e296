"""Numbers with every mark and scale, and those that could be read in two ways."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import ALL, PRO, PRO_VI, Q1, Y22, Exhibit, fig, pair, simple


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    mixed = [["Quý I/2022"], ["Tỉnh", PRO_VI]]
    cells = [0.25, "27,98%", "27.98", 27.98, "-", "x", "…", "N/A", "chưa có số liệu"]
    names = [
        "Hà Giang",
        "Cao Bằng",
        "Bắc Kạn",
        "Tuyên Quang",
        "Lào Cai",
        "Điện Biên",
        "Lai Châu",
        "Sơn La",
        "Yên Bái",
    ]
    mixed += [[name, cell] for name, cell in zip(names, cells, strict=True)]
    counts = [
        ["Năm 2022"],
        ["Tỉnh", "Tổng số hồ sơ"],
        ["Hà Giang", "1.926"],
        ["Cao Bằng", "12.345"],
        ["Bắc Kạn", "1.000"],
    ]
    alone = [["Năm 2022"], ["Tỉnh", "Tổng số hồ sơ"], ["Hà Giang", "1.000"], ["Cao Bằng", "27"]]
    marks = [
        ["Năm 2022"], ["Tỉnh", "Tổng số hồ sơ"], ["Hà Giang", "1\u00a0926"], ["Cao Bằng", "２７"], ["Bắc Kạn", "1 234 567"],
        ["Lào Cai", "\u22125"],
    ]  # fmt: skip
    score = [
        ["Năm 2024"],
        ["Tỉnh", "Điểm Bộ chỉ số 766"],
        ["Hà Giang", "83,081"],
        ["Cao Bằng", "9.5"],
        ["Bắc Kạn", "1,200"],
    ]
    fractions = [["Quý I/2022"], ["Tỉnh", PRO_VI], ["Thái Nguyên", 0.2798], ["Yên Bái", 0.3]]
    slip = [["Quý I/2022"], ["Tỉnh", PRO_VI], ["Thái Nguyên", 28], ["Yên Bái", 0.3]]
    small = simple(0.28, 0.3)
    bounds = simple("trên 50%", ">=80")
    errors = simple("#REF!", 120)

    def formula(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["B3"] = "=1+27"

    return [
        Exhibit(
            "14-mixed-column.xlsx",
            xlsx(mixed, percent=["B3"]),
            [
                fig("02", PRO, Q1, 25),
                fig("04", PRO, Q1, 27.98),
                fig("06", PRO, Q1, 27.98),
                fig("08", PRO, Q1, 27.98),
            ],
            [(f"B{row}", "missing") for row in range(7, 12)],
        ),
        Exhibit(
            "15-thousands-dot.csv",
            csv(counts),
            [fig("02", ALL, Y22, 1926), fig("04", ALL, Y22, 12345), fig("06", ALL, Y22, 1000)],
        ),
        Exhibit(
            "16-ambiguous.csv",
            csv(alone),
            [fig("04", ALL, Y22, 27)],
            [("B3", "number_ambiguous")],
            layout='[[tables]]\n[[tables.columns]]\ncolumn = "B"\ndecimal = ","\n',
            laid=[fig("02", ALL, Y22, 1000), fig("04", ALL, Y22, 27)],
        ),
        Exhibit(
            "17-odd-marks.xlsx",
            xlsx(marks),
            [fig("02", ALL, Y22, 1926), fig("04", ALL, Y22, 27), fig("06", ALL, Y22, 1234567)],
            [("B6", "out_of_range")],
        ),
        Exhibit(
            "18-range-decides.csv",
            csv(score),
            [
                fig("02", "index766_score", ("2024-12-31", "A"), 83.081),
                fig("04", "index766_score", ("2024-12-31", "A"), 9.5),
                fig("06", "index766_score", ("2024-12-31", "A"), 1.2),
            ],
        ),
        Exhibit("19-fractions.xlsx", xlsx(fractions), pair(27.98, 30), notes="read as a fraction of one"),
        Exhibit(
            "20-a-slip.xlsx",
            xlsx(slip),
            [],
            [("B3", "scale_ambiguous"), ("B4", "scale_ambiguous")],
            layout='[[tables]]\n[[tables.columns]]\ncolumn = "B"\nfraction = false\n',
            laid=pair(28, 0.3),
        ),
        Exhibit(
            "21-small-and-percent.xlsx",
            xlsx(small),
            [],
            [("B3", "scale_ambiguous"), ("B4", "scale_ambiguous")],
            layout='[[tables]]\n[[tables.columns]]\ncolumn = "B"\nfraction = true\n',
            laid=pair(),
        ),
        Exhibit("22-qualified.xlsx", xlsx(bounds), pair(50, 80)),
        Exhibit("23-errors.xlsx", xlsx(errors), [], [("B3", "formula_error"), ("B4", "out_of_range")]),
        Exhibit(
            "24-formula-unsaved.xlsx",
            xlsx(simple(), touch=formula),
            pair()[1:],
            [("B3", "formula_without_value")],
        ),
    ]
