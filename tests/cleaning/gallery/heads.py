"""Heads of other kinds: levels of administration, comparisons, regions above provinces, two languages, years in tabs."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import xlsx

from gallery.exhibit import ALL, PRO, PRO_VI, Q1, Q2, SUB, SUB_VI, Exhibit, fig

Q323 = ("2023-09-30", "Q")
Y23 = ("2023-12-31", "A")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_levels(), _comparison(), _regions(), _two_languages(), _tabs()]


def _levels() -> Exhibit:
    rows = [
        ["Quý III/2023"],
        ["STT", "Tỉnh", f"{PRO_VI} (%)", None, None, None],
        [None, None, "Chung", "Cấp tỉnh", "Cấp huyện", "Cấp xã"],
        [1, "Hà Nam", 45.2, 60.1, 40.2, 38.5],
        [2, "Nam Định", 50.3, "62,2", 45.1, "-"],
    ]
    codes = (PRO, f"{PRO}_provincial_level", f"{PRO}_district_level", f"{PRO}_commune_level")
    values = {"35": (45.2, 60.1, 40.2, 38.5), "36": (50.3, 62.2, 45.1)}
    figures = [
        fig(code, ind, Q323, value)
        for code, row in values.items()
        for ind, value in zip(codes, row, strict=False)
    ]
    content = xlsx(rows, merge=["A2:A3", "B2:B3", "C2:F2"])
    return Exhibit("76-levels.xlsx", content, figures, [("F5", "missing")])


def _comparison() -> Exhibit:
    rows = [
        [f"So sánh {SUB_VI.lower()} giữa các quý"],
        ["Địa phương", "Quý II/2022 (%)", "Quý I/2022 (%)", "Tăng (+)/giảm (-) (điểm %)"],
        ["Phú Thọ", "45,2", "42,0", "+3,2"],
        ["Vĩnh Phúc", "50,1", "51,3", "-1,2"],
        ["Trung bình", "47,65", "46,65", "+1,0"],
    ]
    return Exhibit(
        "77-comparison.xlsx",
        xlsx(rows),
        [
            fig("25", SUB, Q2, 45.2),
            fig("26", SUB, Q2, 50.1),
            fig("25", SUB, Q1, 42),
            fig("26", SUB, Q1, 51.3),
        ],
        [("D3:D4", "column_unknown"), ("A5", "average_row")],
    )


def _regions() -> Exhibit:
    rows = [
        ["Bảng 5. Kết quả năm 2023"],
        ["Chỉ tiêu", "Đồng bằng sông Hồng", None, "Tây Nguyên", None],
        [None, "Hà Nội", "Hải Phòng", "Gia Lai", "Kon Tum"],
        [f"{SUB_VI} (%)", 60.5, 55.2, 40.1, 38.0],
        ["Tổng số hồ sơ", "1.200.300", "450.200", "120.000", "80.100"],
    ]
    values = {"01": (60.5, 1200300), "31": (55.2, 450200), "64": (40.1, 120000), "62": (38, 80100)}
    figures = [
        fig(code, ind, Y23, value)
        for code, pair in values.items()
        for ind, value in zip((SUB, ALL), pair, strict=True)
    ]
    return Exhibit("78-regions-above.xlsx", xlsx(rows, merge=["A2:A3", "B2:C2", "D2:E2"]), figures)


def _two_languages() -> Exhibit:
    rows = [
        ["STT\nNo.", "Tỉnh\nProvince", f"{SUB_VI}\nShare of dossiers submitted online\n(%)", "Tổng số hồ sơ\nDossiers received",
         "Kỳ\nPeriod", "Tổng số hồ sơ\ntrễ hạn"],
        [1, "Cà Mau", 41.5, 120345, "Q3/2023", 10],
        [2, "Bạc Liêu", 38.25, 65432, "Q3/2023", 12],
        ["", "Tổng\nTotal", 40, 185777, "", 22],
    ]  # fmt: skip
    share, count = (str(rows[0][n]).replace("\n", " ") for n in (2, 3))
    return Exhibit(
        "79-two-languages.xlsx",
        xlsx(rows),
        [],
        [(cell, "table_not_understood") for cell in ("A2", "A3", "B4")],
        refused="“Tổng số hồ sơ Dossiers received”",
        layout=f'[indicators]\n"{share}" = "{SUB}"\n"{count}" = "{ALL}"\n',
        laid=[
            fig("96", SUB, Q323, 41.5),
            fig("95", SUB, Q323, 38.25),
            fig("96", ALL, Q323, 120345),
            fig("95", ALL, Q323, 65432),
        ],
    )


def _tabs() -> Exhibit:
    def second(book: openpyxl.Workbook, _: Worksheet) -> None:
        other = book.create_sheet("2022")
        for row in _of_a_year(30, 32, 31):
            other.append(row)

    content = xlsx(_of_a_year(20, 22, 21), title="2021", touch=second)
    return Exhibit(
        "80-years-in-tabs.xlsx",
        content,
        [
            fig(code, SUB, period, value + shift + 10 * (year - 2021))
            for year in (2021, 2022)
            for code, shift in (("94", 0), ("84", -2))
            for period, value in (
                ((f"{year}-03-31", "Q"), 20),
                ((f"{year}-06-30", "Q"), 22),
                ((f"{year}-12-31", "A"), 21),
            )
        ],
    )


def _of_a_year(first: int, second: int, whole: int) -> list[list[object]]:
    return [
        [f"{SUB_VI} (%)"],
        ["Tỉnh", "Quý I", "Quý II", "Cả năm"],
        ["Sóc Trăng", first, second, whole],
        ["Trà Vinh", first - 2, second - 2, whole - 2],
    ]
