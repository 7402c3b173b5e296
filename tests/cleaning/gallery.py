"""Forty-odd spreadsheets as provinces and ministries send them, made here, each with what must come of it.

`python tests/cleaning/gallery.py DIR` writes the files, to look at them. The figures are invented and serve no
other purpose than to be read back.
"""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, html, ods, xls, xlsx

SVC = "share_services_with_online_dossiers"
PRO = "share_dossiers_processed_online"
SUB = "share_dossiers_submitted_online"
ALL = "n_dossiers_total"
ONL = "n_dossiers_online"
Q1, Q2, AUG, Y22 = ("2022-03-31", "Q"), ("2022-06-30", "Q"), ("2022-08-31", "M"), ("2022-12-31", "A")
AT20 = ("2022-08-20", "X")

SVC_VI = "Tỷ lệ DVCTT phát sinh hồ sơ trực tuyến"
PRO_VI = "Tỷ lệ hồ sơ xử lý trực tuyến"
SUB_VI = "Tỷ lệ hồ sơ nộp trực tuyến"

Figure = tuple[str, str, str, str, str, float]


@dataclass(frozen=True)
class Exhibit:
    """One file: its observations (code, map, indicator, last day, frequency, value) and quarantined cells."""

    file: str
    content: bytes
    figures: list[Figure]
    quarantine: list[tuple[str, str]] = field(default_factory=list)
    refused: str = ""
    notes: str = ""
    disagreements: int = 0


def fig(code: str, indicator: str, period: tuple[str, str], value: float, frame: str = "63") -> Figure:
    """Return one expected figure."""
    return (code, frame, indicator, *period, value)


def simple(
    value: Any = 28, other: Any = 30, head: str = f"{PRO_VI} (%)", title: str = "Quý I/2022"
) -> list[list[Any]]:
    """Return the plainest table: a title, a header, two provinces."""
    return [[title], ["Tỉnh", head], ["Thái Nguyên", value], ["Yên Bái", other]]


def pair(
    value: float = 28, other: float = 30, period: tuple[str, str] = Q1, indicator: str = PRO
) -> list[Figure]:
    """Return what `simple` must give."""
    return [fig("19", indicator, period, value), fig("15", indicator, period, other)]


def tcvn3(text: str) -> str:
    """Return text as a workbook in .VnTime holds it: TCVN3 codes shown as Latin letters."""
    from analysis.cleaning.encodings import TCVN3

    back = {letter: chr(code) for code, letter in TCVN3.items()}
    return "".join(back.get(c, c) for c in text)


def vni(text: str) -> str:
    """Return text in VNI code."""
    marks = {
        "\u0301": "ù",
        "\u0300": "ø",
        "\u0309": "û",
        "\u0303": "õ",
        "\u0323": "ï",
        "\u0302": "â",
        "\u0306": "ê",
    }
    both = {("\u0302", t): c for t, c in zip("\u0301\u0300\u0309\u0303\u0323", "áàåãä", strict=True)}
    both |= {("\u0306", t): c for t, c in zip("\u0301\u0300\u0309\u0303\u0323", "éèúüë", strict=True)}
    out = ""
    for char in text.replace("đ", "ñ").replace("Đ", "Ñ").replace("ơ", "ô").replace("ư", "ö"):
        base, *tones = unicodedata.normalize("NFD", char)
        shapes = [t for t in tones if t in "\u0302\u0306"]
        rest = [t for t in tones if t not in "\u0302\u0306\u031b"]
        base = {"o": "ô", "u": "ö"}.get(base, base) if "\u031b" in tones else base
        if shapes and rest:
            out += base + both[shapes[0], rest[0]]
        else:
            out += base + "".join(marks.get(t, "") for t in shapes + rest) if char not in "ñÑôö" else char
    return out


def exhibits() -> list[Exhibit]:
    """Return every exhibit, each time made anew."""
    return [
        *_layouts(),
        *_numbers(),
        *_periods(),
        *_names(),
        *_encodings(),
        *_formats(),
        *_honesty(),
        *_made_last(),
    ]


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


def _layouts() -> list[Exhibit]:
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
    beside = [
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
        Exhibit("06-side-by-side.xlsx", xlsx(beside), [*pair(), fig("10", SUB, Q1, 44), fig("14", SUB, Q1, 45)]),
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


def _numbers() -> list[Exhibit]:
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
        Exhibit("16-ambiguous.csv", csv(alone), [fig("04", ALL, Y22, 27)], [("B3", "number_ambiguous")]),
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
        Exhibit("20-a-slip.xlsx", xlsx(slip), pair()[:1], [("B4", "scale_ambiguous")]),
        Exhibit(
            "21-small-and-percent.xlsx",
            xlsx(small),
            [],
            [("B3", "scale_ambiguous"), ("B4", "scale_ambiguous")],
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


def _periods() -> list[Exhibit]:
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
            "27-no-period.xlsx", xlsx(dateless), [], [("B3", "period_unknown"), ("B4", "period_unknown")]
        ),
        Exhibit(
            "28-date-cells.xlsx",
            xlsx(real, touch=dated),
            [fig("19", PRO, AT20, 28), fig("15", PRO, ("2022-10-05", "X"), 30)],
        ),
    ]


def _names() -> list[Exhibit]:
    spellings = {
        "Tỉnh Thái Nguyên": "19", "UBND tỉnh Yên Bái": "15", "TP. Hồ Chí Minh": "79", "Thành phố Hà Nội": "01", "Hoà Bình": "17",
        "Hòa  Bình ": "17", "TT-Huế": "46", "Ðắk Lắk": "66", "Đăk Nông": "67", "BR-VT": "77", "Bắc Cạn": "06", "Kontum": "62",
        "THANH HOÁ": "38", "Quang Ninh": "22", "3. Sơn La": "14", unicodedata.normalize("NFD", "Đồng Tháp"): "87",
        "VN-24": "44", "T.P Cần Thơ": "92", "Thua Thien Hue": "46", "Bà Rịa – Vũng Tàu": "77",
    }  # fmt: skip
    rows = [["Quý I/2022"], ["Địa phương", f"{PRO_VI} (%)"], *([name, 28] for name in spellings)]
    wrong = [*simple(), ["Thái Nguyn", 31]]
    below = [
        ["Quý I/2022"], ["Đơn vị", f"{PRO_VI} (%)"], ["Sở Tài chính", 50], ["UBND huyện Đại Từ", 40], ["Thành phố Sông Công", 30],
        ["TP. Thái Nguyên", 45], ["Toàn tỉnh", 41],
    ]  # fmt: skip
    merged = [
        ["8/2025"],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Bắc Ninh", 30],
        ["Thành phố Huế", 40],
        ["Tây Ninh", 50],
    ]
    old = [["8/2025"], ["Tỉnh", f"{PRO_VI} (%)"], ["Bắc Ninh", 30], ["Bắc Giang", 40]]
    nation = [
        ["Năm 2022"],
        ["Địa phương", "Tổng số hồ sơ"],
        ["Cả nước", 300],
        ["Hà Nội", 100],
        ["Hải Phòng", 200],
    ]
    gso = [["Quý I/2022"], ["Mã tỉnh", f"{PRO_VI} (%)"], ["19", 28], ["15", 30]]
    month = ("2025-08-31", "M")
    return [
        Exhibit("29-spellings.csv", csv(rows), [fig(code, PRO, Q1, 28) for code in spellings.values()]),
        Exhibit(
            "30-unknown-name.xlsx",
            xlsx(wrong),
            [],
            [("A5", "name_unknown"), ("A3", "table_stopped"), ("A4", "table_stopped")],
            refused="Thái Nguyên",
        ),
        Exhibit(
            "31-departments.xlsx",
            xlsx(below),
            [],
            [("A3", "below_province"), ("A4", "below_province"), ("A5", "below_province"), ("A6", "below_province"),
             ("A7", "total_row")],
        ),
        Exhibit(
            "32-thirty-four.xlsx",
            xlsx(merged),
            [fig("24", PRO, month, 30, "34"), fig("46", PRO, month, 40, "34"), fig("80", PRO, month, 50, "34")],
        ),
        Exhibit(
            "33-old-map-kept.xlsx",
            xlsx(old),
            [fig("27", PRO, month, 30), fig("24", PRO, month, 40)],
            notes="63-unit map after the merger",
        ),
        Exhibit(
            "34-nation-first.xlsx",
            xlsx(nation),
            [fig("VN", ALL, Y22, 300), fig("01", ALL, Y22, 100), fig("31", ALL, Y22, 200)],
        ),
        Exhibit("35-gso-codes.csv", csv(gso), pair()),
    ]  # fmt: skip


def _encodings() -> list[Exhibit]:
    text = [["Quý I/2022"], ["Tỉnh", f"{PRO_VI} (%)"], ["Thái Nguyên", "28,5"], ["Yên Bái", "30,5"]]
    wanted = pair(28.5, 30.5)
    decomposed = [[unicodedata.normalize("NFD", cell) for cell in row] for row in text]
    old = "\r\n".join(";".join(row) for row in text)
    cp1258 = "".join(_windows_1258(char) for char in old)
    return [
        Exhibit("36-bom-semicolon.csv", b"\xef\xbb\xbf" + csv(text, ";"), wanted),
        Exhibit("37-utf16-tab.csv", csv(text, "\t", "utf-16"), wanted),
        Exhibit("38-bar.csv", csv(text, "|"), wanted),
        Exhibit("39-windows-1258.csv", cp1258.encode("cp1258"), wanted),
        Exhibit("40-decomposed.csv", csv(decomposed, ";"), wanted),
        Exhibit("41-tcvn3.csv", tcvn3(old).encode("latin-1"), wanted),
        Exhibit("42-tcvn3-workbook.xlsx", xlsx([[tcvn3(cell) for cell in row] for row in text]), wanted),
        Exhibit("43-vni.xlsx", xlsx([[vni(cell) for cell in row] for row in text]), [], refused="VNI"),
        Exhibit("44-sep-line.csv", b"sep=;\r\n" + csv(text, ";"), wanted),
    ]


def _windows_1258(char: str) -> str:
    """Return a letter as Windows-1258 writes it: base with hat or horn, then the tone."""
    parts = unicodedata.normalize("NFD", char)
    tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)) + tones


def _formats() -> list[Exhibit]:
    rows = [["Quý I/2022"], ["Tỉnh", PRO_VI], ["Thái Nguyên", 0.28], ["Yên Bái", 0.3]]
    page = [
        [("Tỉnh", 1, 2), ("Quý I/2022", 2, 1)], [PRO_VI + " (%)", SUB_VI + " (%)"], ["Thái Nguyên", "28", "40"],
        ["Yên Bái", "30", "41"],
    ]  # fmt: skip
    empty_million = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    return [
        Exhibit("45-old-excel.xls", xls(rows, percent=[(2, 1), (3, 1)]), pair()),
        Exhibit("46-open-document.ods", ods(rows, percent=[(2, 1), (3, 1)], extra=empty_million), pair()),
        Exhibit(
            "47-web-page.xls",
            html(page),
            [*pair(), fig("19", SUB, Q1, 40), fig("15", SUB, Q1, 41)],
        ),
        Exhibit("48-tabs.tsv", csv(simple("28", "30"), "\t"), pair()),
    ]


def _honesty() -> list[Exhibit]:
    totals = [
        ["Năm 2022"], ["Tỉnh", "Tổng số hồ sơ", "Số hồ sơ trực tuyến", f"{SUB_VI} (%)"], ["Cao Bằng", 100, 40, 40], ["Bắc Kạn", 200, 50, 30],
        ["Tổng cộng", 310, 90, 30],
    ]  # fmt: skip
    change = [
        ["Quý II/2022"],
        ["Tỉnh", f"{PRO_VI} (%)", "Tăng/giảm so với quý I"],
        ["Thái Nguyên", 60, 32],
        ["Yên Bái", 30, 2],
    ]
    twice = [*simple(), ["Thái Nguyên", 29]]
    blank = [*simple(), ["Lào Cai", None]]
    formula = [
        ["Quý I/2022"],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Thái Nguyên", "=cmd|' /C calc'!A0"],
        ["Yên Bái", 30],
    ]
    return [
        Exhibit(
            "49-totals.xlsx",
            xlsx(totals),
            [
                fig("04", ALL, Y22, 100), fig("06", ALL, Y22, 200), fig("04", ONL, Y22, 40), fig("06", ONL, Y22, 50),
                fig("04", SUB, Y22, 40), fig("06", SUB, Y22, 30),
            ],
            [("A5", "total_row")],
            disagreements=2,
        ),
        Exhibit("50-change-column.xlsx", xlsx(change), pair(60, 30, Q2), [("C3:C4", "column_unknown")]),
        Exhibit("51-twice.xlsx", xlsx(twice), [*pair(), fig("19", PRO, Q1, 29)]),
        Exhibit("52-blank.xlsx", xlsx(blank), pair(), [("A5", "no_figures")]),
        Exhibit("53-injection.csv", csv(formula), pair()[1:], [("B3", "formula_without_value")]),
    ]  # fmt: skip


def _made_last() -> list[Exhibit]:
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
            [fig("01", PRO, half, 27.5), fig("89", PRO, half, 17.5), fig("31", PRO, half, 28.1), fig("92", PRO, half, 18.1)],
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


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for exhibit in exhibits():
        (folder / exhibit.file).write_bytes(exhibit.content)
