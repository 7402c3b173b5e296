"""The made-up files that docs/new-data.md walks through: `python tests/example_files.py FOLDER` writes them.

All figures and decisions in them are invented and drawn from a seed; add them to a copy of the project only.
"""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from analysis.periods import periods_between
from analysis.reference.provinces import provinces

SEED = 20220930
MONTHS = periods_between("2021-07", "2022-10")
EFFECT = 8.0  # percentage points, from the month of the decision on
# Province, number and day of the decision, targets on services and on dossiers in percent.
DECISIONS = (
    ("Lạng Sơn", "101/QĐ-UBND", "04/01/2022", 60, 50),
    ("TP. Cần Thơ", "114/QĐ-UBND", "10/01/2022", 80, 60),
    ("Cao Bằng", "131/QĐ-UBND", "09/02/2022", 50, 40),
    ("Yên Bái", "145/QĐ-UBND", "04/03/2022", 80, 60),
    ("Sơn La", "152/QĐ-UBND", "08/03/2022", 50, 40),
    ("Thái Nguyên", "737/QĐ-UBND", "05/04/2022", 60, 50),
    ("Bến Tre", "748/QĐ-UBND", "05/05/2022", 80, 60),
    ("Ninh Thuận", "803/QĐ-UBND", "09/05/2022", 60, 50),
)
HEADS = ["Tổng số DVCTT", "Số DVCTT phát sinh hồ sơ", "Tỷ lệ DVCTT phát sinh hồ sơ (%)"]
HEADS += ["Tổng số hồ sơ tiếp nhận", "Số hồ sơ trực tuyến", "Tỷ lệ hồ sơ xử lý trực tuyến (%)"]
_DECISION_HEADS = ("STT", "Tỉnh, thành phố", "Số, ký hiệu quyết định", "Ngày ban hành", "Chỉ tiêu giao (%)")
Row = list[Any]


def write_examples(folder: Path) -> None:
    """Write the files of the walk into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    months = draw_months()
    earlier = [[_written(month), *row] for month in MONTHS[:-2] for row in months[month]]
    _write_csv(folder / "DVCTT 7-2021 den 8-2022.csv", ["Kỳ báo cáo", "Tỉnh, thành phố", *HEADS[:6]], earlier)
    august, september = months["2022-08"], months["2022-09"]
    write_month(folder / "Bao cao DVCTT thang 9-2022.xlsx", "2022-09", september)
    corrected = [
        [row[0], row[1], row[2] + 40, *row[3:]] if row[0] == "Thái Nguyên" else row for row in august
    ]
    write_month(folder / "Bao cao DVCTT thang 8-2022 (dinh chinh).xlsx", "2022-08", _with_shares(corrected))
    october = months["2022-10"]
    write_month(folder / "Bao cao DVCTT thang 10-2022.xlsx", "2022-10", october)
    shifted = [[one[0], *other[1:]] for one, other in zip(october, [[""], *october[:-1]], strict=True)]
    write_month(folder / "Bao cao DVCTT thang 10-2022 (lech dong).xlsx", "2022-10", shifted)
    write_decisions(folder / "QD giao chi tieu.xlsx")


def draw_months() -> dict[str, list[Row]]:
    """Return, by month, one row a province: name, then total, counted and share of services and of dossiers."""
    rng = np.random.default_rng(SEED)
    starts = {name.removeprefix("TP. "): _month(day) for name, _, day, *_ in DECISIONS}
    found: dict[str, list[Row]] = {month: [] for month in MONTHS}
    for place in provinces():
        for month in MONTHS:
            found[month].append([place.name_vi])
        for size in (1_400, 20_000):
            total = int(rng.integers(size // 2, size * 3 // 2))
            level, noise = rng.normal(-1.4, 0.5), rng.normal(0, 0.05, len(MONTHS))
            for number, month in enumerate(MONTHS):
                share = 1 / (1 + np.exp(-(level + 0.05 * number + noise[number])))
                share += EFFECT / 100 * (month >= starts.get(place.name_vi, "9"))
                found[month][-1] += [total, int(rng.binomial(total, min(share, 0.99))), 0]
    return {month: _with_shares(rows) for month, rows in found.items()}


def _with_shares(rows: list[Row]) -> list[Row]:
    """Return the rows with both shares computed from their counts, to two decimals."""
    return [
        [name, *one, round(100 * one[1] / one[0], 2), *two, round(100 * two[1] / two[0], 2)]
        for name, *rest in rows
        for one, two in [(rest[0:2], rest[3:5])]
    ]


def write_month(path: Path, month: str, rows: list[Row]) -> None:
    """Write a month as a ministry does: letterhead, grouped heads of two rows, signature."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"T{int(month[5:])}-{month[:4]}"
    groups = ["Dịch vụ công trực tuyến (DVCTT)", None, None, "Hồ sơ thủ tục hành chính (TTHC)", None, None]
    heads = ["Tổng số", "Có phát sinh hồ sơ trực tuyến", "Tỷ lệ (%)", "Tổng số tiếp nhận", "Xử lý trực tuyến"]
    lines = [
        ["BỘ THÔNG TIN VÀ TRUYỀN THÔNG (SỐ LIỆU GIẢ ĐỊNH)"],
        ["BẢNG TỔNG HỢP KẾT QUẢ CUNG CẤP, SỬ DỤNG DỊCH VỤ CÔNG TRỰC TUYẾN CỦA CÁC TỈNH, THÀNH PHỐ"],
        [f"Tháng {int(month[5:])} năm {month[:4]}"],
        [],
        ["STT", "Tỉnh, thành phố", *groups],
        [None, None, *heads, "Tỷ lệ (%)"],
        *([number, *row] for number, row in enumerate(rows, 1)),
        [],
        [None, "NGƯỜI LẬP BIỂU"],
    ]
    for line in lines:
        sheet.append(line)
    for merged in ("A5:A6", "B5:B6", "C5:E5", "F5:H5"):
        sheet.merge_cells(merged)
    _save(book, path)


def write_decisions(path: Path) -> None:
    """Write the decisions in the form of a ministry's list, one column of targets for each indicator."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Quyết định"
    lines: list[Row] = [
        ["BỘ THÔNG TIN VÀ TRUYỀN THÔNG (SỐ LIỆU GIẢ ĐỊNH)"],
        ["DANH SÁCH CÁC TỈNH, THÀNH PHỐ BAN HÀNH QUYẾT ĐỊNH GIAO CHỈ TIÊU DỊCH VỤ CÔNG TRỰC TUYẾN"],
        [],
        [*_DECISION_HEADS, None, "Thời hạn hoàn thành", "Đối tượng được giao"],
        [None, None, None, None, "Tỷ lệ DVCTT phát sinh hồ sơ", "Tỷ lệ hồ sơ xử lý trực tuyến"],
    ]
    whom = "Các sở, ban, ngành; UBND cấp huyện, cấp xã"
    for number, (name, document, day, services, dossiers) in enumerate(DECISIONS, 1):
        lines.append([number, name, document, day, f"≥ {services}%", f"≥ {dossiers}%", "31/12/2022", whom])
    for line in [*lines, [], [None, None, None, None, None, "Hà Nội, ngày 05 tháng 07 năm 2022"]]:
        sheet.append(line)
    sheet.merge_cells("E4:F4")
    _save(book, path)


def _save(book: openpyxl.Workbook, path: Path) -> None:
    book.properties.created = book.properties.modified = datetime(2022, 10, 5)
    book.save(path)


def _write_csv(path: Path, head: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])


def _written(month: str) -> str:
    return f"Tháng {int(month[5:])}/{month[:4]}"


def _month(day: str) -> str:
    return f"{day[6:]}-{day[3:5]}"


if __name__ == "__main__":
    write_examples(Path(sys.argv[1]))
