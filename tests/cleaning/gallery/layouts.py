"""Tables laid out in every way: long and wide, several to a sheet, heads of two and three rows, hidden parts."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import (
    ALL,
    AT20,
    AUG,
    ONL,
    PRO,
    PRO_VI,
    Q1,
    Q2,
    SUB,
    SUB_VI,
    SVC,
    SVC_VI,
    Y22,
    Exhibit,
    beside,
    fig,
    pair,
    simple,
)


def _official(touch: Any = None) -> bytes:
    rows = [
        ["BỘ THÔNG TIN VÀ TRUYỀN THÔNG", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [None, None, None, "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["KẾT QUẢ CUNG CẤP DỊCH VỤ CÔNG TRỰC TUYẾN CỦA CÁC TỈNH NĂM 2022"],
        ["(Đơn vị tính: %)"],
        ["STT", "Tỉnh, thành phố", SVC_VI, None, PRO_VI, None, "Xếp hạng"],
        [None, None, "Quý I", "Quý II", "Quý I", "Quý II", None],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        ["I", "Trung du và miền núi phía Bắc"],
        [1, "Thái Nguyên", 28, 60, "27,98", "40,5", 1],
        [2, "Yên Bái", "x", 55.5, 12, "-", 2],
        ["II", "Đồng bằng sông Hồng"],
        [3, "Hà Nội", 31, 33, 10, 12, 3],
        [None, "Tổng cộng", 29, 50, 20, 30, None],
        [],
        ["Ghi chú: số liệu sơ bộ"],
        [None, None, None, None, "NGƯỜI LẬP BIỂU"],
        [None, None, None, None, "Nguyễn Văn A"],
    ]
    merge = ["A4:G4", "A6:A7", "B6:B7", "C6:D6", "E6:F6", "G6:G7"]
    return xlsx(rows, merge=merge, touch=touch)


_OFFICIAL_FIGURES = [
    fig("19", SVC, Q1, 28), fig("01", SVC, Q1, 31),
    fig("19", SVC, Q2, 60), fig("15", SVC, Q2, 55.5), fig("01", SVC, Q2, 33),
    fig("19", PRO, Q1, 27.98), fig("15", PRO, Q1, 12), fig("01", PRO, Q1, 10),
    fig("19", PRO, Q2, 40.5), fig("01", PRO, Q2, 12),
]  # fmt: skip


_OFFICIAL_HELD = [("C11", "missing"), ("F11", "missing"), ("B14", "total_row")]


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""

    def hide(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[11].hidden = True
        sheet.column_dimensions["D"].hidden = True

    def second(book: openpyxl.Workbook, _: Worksheet) -> None:
        other = book.create_sheet("Quý II")
        for row in simple(33, 34, title="Quý II/2022"):
            other.append(row)
        hidden = book.create_sheet("Ẩn")
        for row in simple(1.5, 2.5, head=f"{SUB_VI} (%)", title="Tháng 8/2022"):
            hidden.append(row)
        hidden.sheet_state = "hidden"
        book.create_sheet("Trống")

    months = [["Năm 2022"], ["Địa phương", *[f"T{m}" for m in (1, 2, 3)]], ["Hà Giang", 1.5, 2.5, 3.5]]
    two = [
        *simple(28, 30),
        [],
        ["Bảng 2. Tháng 8/2022"],
        ["Tỉnh", f"{SUB_VI} (%)"],
        ["Lào Cai", 44],
        ["Sơn La", 45],
    ]
    sides = [
        ["Quý I/2022"],
        ["Tỉnh", f"{PRO_VI} (%)", None, "Tỉnh", f"{SUB_VI} (%)"],
        ["Thái Nguyên", 28, None, "Lào Cai", 44],
        ["Yên Bái", 30, None, "Sơn La", 45],
    ]
    page = [
        ["Quý I/2022"],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Thái Nguyên", 28],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Yên Bái", 30],
    ]
    across = [["Chỉ tiêu", "Kỳ", "Thái Nguyên", "Yên Bái"], [PRO_VI + " (%)", "Quý I/2022", 28, 30]]
    tall = [
        ["Tỉnh", "Chỉ tiêu", "Quý I/2022", "Quý II/2022"],
        ["Thái Nguyên", PRO_VI, "28,5", "30,5"],
        [None, "Tổng số hồ sơ", 1000, 1200],
        ["Yên Bái", PRO_VI, "11,5", "12,5"],
    ]
    three = [
        ["Năm 2022"],
        ["Tỉnh", "Hồ sơ", None, None],
        [None, "Tiếp nhận", None, "Tỷ lệ"],
        [None, "Tổng số hồ sơ", "Hồ sơ trực tuyến", f"{SUB_VI} (%)"],
        ["Cao Bằng", 34530, 24558, 71.12],
        ["Bắc Kạn", 200, 50, 25],
    ]
    long = [
        ["province", "period", "indicator", "value", "unit"],
        ["Thái Nguyên", "Q1/2022", PRO, "28.0", "percent"],
        ["Yên Bái", "2022-08", SVC, "30.25", "percent"],
    ]
    parts = [
        ["Tỉnh", "Năm", "Tháng", f"{PRO_VI} (%)"],
        ["Thái Nguyên", 2022, 8, 28],
        ["Yên Bái", 2022, 8, 30],
    ]
    ends = [
        ["province_code", "period_start", "period_end", SUB],
        ["19", "2022-01-01", "2022-03-31", "28.5"],
        ["15", "", "2022-08-20", "30.5"],
    ]
    return [
        Exhibit("01-ministry.xlsx", _official(), _OFFICIAL_FIGURES, _OFFICIAL_HELD),
        Exhibit("02-hidden.xlsx", _official(hide), _OFFICIAL_FIGURES, _OFFICIAL_HELD, notes="hidden row"),
        Exhibit(
            "03-sheets.xlsx",
            xlsx(simple(), touch=second),
            [*pair(), *pair(33, 34, Q2), *pair(1.5, 2.5, AUG, SUB)],
            notes="hidden sheet",
        ),
        Exhibit(
            "04-months-wide.xlsx",
            xlsx(months, title=PRO_VI),
            [fig("02", PRO, (f"2022-0{m}-{d}", "M"), m + 0.5) for m, d in ((1, 31), (2, 28), (3, 31))],
        ),
        Exhibit("05-two-tables.xlsx", xlsx(two), [*pair(), fig("10", SUB, AUG, 44), fig("14", SUB, AUG, 45)]),
        Exhibit(
            "06-side-by-side.xlsx",
            xlsx(sides),
            pair(),
            [("E3:E4", "column_unknown")],
            layout=beside(3, ("A", "B"), ("D", "E")),
            laid=[*pair(), fig("10", SUB, Q1, 44), fig("14", SUB, Q1, 45)],
        ),
        Exhibit("07-header-repeated.xlsx", xlsx(page), pair()),
        Exhibit("08-provinces-across.csv", csv(across, ";"), pair()),
        Exhibit(
            "09-indicators-down.xlsx",
            xlsx(tall, merge=["A2:A3"]),
            [
                fig("19", PRO, Q1, 28.5), fig("19", PRO, Q2, 30.5), fig("19", ALL, Q1, 1000), fig("19", ALL, Q2, 1200),
                fig("15", PRO, Q1, 11.5), fig("15", PRO, Q2, 12.5),
            ],
        ),
        Exhibit(
            "10-three-header-rows.xlsx",
            xlsx(three, merge=["A2:A4", "B2:D2", "B3:C3"]),
            [
                fig("04", ALL, Y22, 34530), fig("06", ALL, Y22, 200), fig("04", ONL, Y22, 24558), fig("06", ONL, Y22, 50),
                fig("04", SUB, Y22, 71.12), fig("06", SUB, Y22, 25),
            ],
        ),
        Exhibit("11-long.csv", csv(long), [fig("19", PRO, Q1, 28), fig("15", SVC, AUG, 30.25)]),
        Exhibit("12-year-and-month.xlsx", xlsx(parts), pair(period=AUG)),
        Exhibit("13-codes-and-days.csv", csv(ends), [fig("19", SUB, Q1, 28.5), fig("15", SUB, AT20, 30.5)]),
    ]  # fmt: skip
