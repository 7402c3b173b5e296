"""Sheets made when the reader stood, unlike those it was made from."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import ALL, AUG, ONL, PRO, PRO_VI, Q1, Q2, SUB, SUB_VI, SVC, SVC_VI, Exhibit, beside, fig


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    nested = [
        ["Phụ lục 3. Kết quả của các tỉnh (quý I và quý II/2022)"],
        ["TT", "Nội dung", "Quý I/2022", "Quý II/2022"],
        ["1", "Thái Nguyên", None, None],
        ["", f"- {SVC_VI} (%)", 28, 60],
        ["", f"- {PRO_VI} (%)", "21,5", "33,2"],
        ["2", "Yên Bái", None, None],
        ["", f"- {SVC_VI} (%)", 40, 55],
    ]
    footnotes = [
        ["BIỂU 02/BC"],
        ["Số liệu tính từ ngày 15/12/2021 đến ngày 14/12/2022"],
        [
            "Vùng",
            "Mã",
            "Tỉnh/TP",
            "Tổng số hồ sơ tiếp nhận",
            "Trong đó: hồ sơ nộp trực tuyến",
            SUB_VI,
            "Ghi chú",
        ],
        ["Đồng bằng sông Hồng", "01", "Thủ đô Hà Nội", "34.530", "24.558", "71,12%(1)", "sơ bộ"],
        [None, "33", "Hưng Yên", "12 000", "6.000", "50,0%*", ""],
        ["(1) Bao gồm bưu chính công ích"],
    ]
    pairs = [
        [f"{PRO_VI} 6 tháng đầu năm 2022 (%)"],
        ["Tỉnh", "KQ", "Tỉnh", "KQ"],
        ["Hà Nội", "27,5", "Hải Phòng", "28,1"],
        ["An Giang", "17,5", "Cần Thơ", "18,1"],
    ]
    rival = [
        [f"{PRO_VI} quý I/2022 (%)"],
        ["Tỉnh", "KQ", "Tỉnh so sánh", "KQ"],
        ["Hà Nội", "27,5", "Hải Phòng", "28,1"],
        ["An Giang", "17,5", "Cần Thơ", "18,1"],
    ]
    districts = [
        ["Quý I/2022"],
        ["Tỉnh", "Đơn vị", f"{PRO_VI} (%)"],
        ["Thái Nguyên", "Huyện Đại Từ", "12"],
        ["Thái Nguyên", "Huyện Phú Bình", "14"],
        ["Thái Nguyên (1)", "", "28"],
    ]
    monthly = [["Tỉnh", None, None], ["Thái Nguyên", 28, 29]]

    def dates(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        import datetime as dt

        sheet.title = PRO_VI
        for column, month in ((2, 7), (3, 8)):
            sheet.cell(1, column).value = dt.date(2022, month, 1)
            sheet.cell(1, column).number_format = "mm/yyyy"

    span, half = ("2022-12-14", "X"), ("2022-06-30", "S")
    return [
        Exhibit(
            "54-nested.xlsx",
            xlsx(nested),
            [
                fig("19", SVC, Q1, 28), fig("15", SVC, Q1, 40), fig("19", SVC, Q2, 60), fig("15", SVC, Q2, 55),
                fig("19", PRO, Q1, 21.5), fig("19", PRO, Q2, 33.2),
            ],
        ),
        Exhibit(
            "55-footnotes.xlsx",
            xlsx(footnotes, merge=["A4:A5"]),
            [
                fig("01", ALL, span, 34530), fig("33", ALL, span, 12000), fig("01", ONL, span, 24558),
                fig("33", ONL, span, 6000), fig("01", SUB, span, 71.12), fig("33", SUB, span, 50),
            ],
        ),
        Exhibit(
            "56-pairs.csv",
            csv(pairs, ";"),
            [fig("01", PRO, half, 27.5), fig("89", PRO, half, 17.5)],
            [("D3:D4", "column_unknown")],
            layout=beside(3, ("A", "B"), ("C", "D")),
            laid=[fig("01", PRO, half, 27.5), fig("89", PRO, half, 17.5), fig("31", PRO, half, 28.1), fig("92", PRO, half, 18.1)],
        ),
        Exhibit(
            "57-second-provinces.csv",
            csv(rival, ";"),
            [fig("01", PRO, Q1, 27.5), fig("89", PRO, Q1, 17.5)],
            [("D3:D4", "column_unknown")],
        ),
        Exhibit(
            "58-districts-beside.csv",
            csv(districts),
            [fig("19", PRO, Q1, 28)],
            [("A3", "below_province"), ("A4", "below_province")],
        ),
        Exhibit(
            "59-month-dates.xlsx",
            xlsx(monthly, touch=dates),
            [fig("19", PRO, ("2022-07-31", "M"), 28), fig("19", PRO, AUG, 29)],
        ),
    ]  # fmt: skip
