"""What report systems and shared folders give: moments of export, keys with values, deleted rows, sheets not to be used."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import ALL, ONL, PRO, PRO_VI, SUB, SUB_VI, Exhibit, fig

Q324 = ("2024-09-30", "Q")
MAY24, JUNE24 = ("2024-05-31", "M"), ("2024-06-30", "M")
END20, END21 = ("2020-12-31", "X"), ("2021-12-31", "X")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_keys(), _year_and_quarter(), _dump(), _disused(), _dated_year()]


def _keys() -> Exhibit:
    rows = [
        ["Tên báo cáo", "Hồ sơ trực tuyến theo địa phương"],
        ["Từ ngày", "01/07/2024"],
        ["Đến ngày", "30/09/2024"],
        ["Người xuất", "admin"],
        ["Thời điểm xuất", "02/10/2024 08:12:33"],
        [],
        ["STT", "Địa phương", "Tổng số hồ sơ", f"{SUB_VI} (%)"],
        [1, "UBND tỉnh Gia Lai", "268.501", "41,25"],
        [2, "UBND tỉnh Kon Tum", "91.330", "38,70"],
        ["Cập nhật lúc 08:12 ngày 02/10/2024"],
    ]
    figures = [
        fig("64", ALL, Q324, 268501), fig("62", ALL, Q324, 91330), fig("64", SUB, Q324, 41.25), fig("62", SUB, Q324, 38.7),
    ]  # fmt: skip
    return Exhibit("110-keys-and-values.csv", csv(rows, ";"), figures)


def _year_and_quarter() -> Exhibit:
    rows = [
        ["Quý", "III"],
        ["Năm", 2024],
        ["Ngày in", "15/10/2024"],
        [],
        ["Tỉnh", f"{SUB_VI} (%)"],
        ["Gia Lai", 41.25],
        ["Kon Tum", 38.7],
    ]
    return Exhibit(
        "111-year-below-quarter.xlsx", xlsx(rows), [fig("64", SUB, Q324, 41.25), fig("62", SUB, Q324, 38.7)]
    )


def _dump() -> Exhibit:
    rows = [
        ["id", "ma_tinh", "ten_tinh", "don_vi", "cap", "ky", "tong_so_ho_so", "so_ho_so_truc_tuyen", "da_xoa", "ngay_tao"],
        [71, "06", "TINH BAC KAN", "H06", "TOAN_TINH", "202405", "31467", "23484", 0, "2024-06-01 07:33:22"],
        [72, "06", "TINH BAC KAN", "H06.01 - SO TU PHAP", "SO", "202405", "811", "567", 0, "2024-06-01 07:33:22"],
        [73, "06", "TINH BAC KAN", "H06", "TOAN_TINH", "202406", "14701", "7836", 0, "2024-07-01 07:37:03"],
        [74, "11", "TINH DIEN BIEN", "H11", "TOAN_TINH", "202405", "20677", "10980", 1, "2024-06-01 07:31:09"],
        [75, "11", "TINH DIEN BIEN", "H11", "TOAN_TINH", "202405", "21588", "\\N", 0, "2024-06-01 07:40:29"],
    ]  # fmt: skip
    figures = [
        fig("06", ALL, MAY24, 31467), fig("06", ONL, MAY24, 23484), fig("06", ALL, JUNE24, 14701),
        fig("06", ONL, JUNE24, 7836),
    ]  # fmt: skip
    # Which of the two rows of Điện Biên stands, a mark says that nobody reads.
    held = [("C3", "below_province"), ("C5", "part_row"), ("C6", "part_row"), ("I2:I4", "column_unknown")]
    return Exhibit("112-dump-of-a-database.csv", csv(rows, ";"), figures, held)


def _disused() -> Exhibit:
    def touch(book: openpyxl.Workbook, _: Worksheet) -> None:
        for name, title, hidden in (
            ("cu", "SỐ LIỆU CŨ - KHÔNG SỬ DỤNG", True),
            ("Bản nháp", "Tháng 5/2024", False),
            ("Phụ", "Tháng 6/2024", True),
        ):
            sheet = book.create_sheet(name)
            sheet.sheet_state = "hidden" if hidden else "visible"
            for row in ([title], ["Tỉnh", "Tổng số hồ sơ"], ["Bình Dương", 55555]):
                sheet.append(row)

    rows = [["Tháng 5/2024"], ["Tỉnh", f"{PRO_VI} (%)"], ["Gia Lai", 41.25], ["Kon Tum", 38.7]]
    figures = [fig("64", PRO, MAY24, 41.25), fig("62", PRO, MAY24, 38.7), fig("74", ALL, JUNE24, 55555)]
    held = [(cell, "sheet_disused") for cell in ("A1", "A2", "A3")] * 2
    return Exhibit("113-sheets-not-to-be-used.xlsx", xlsx(rows, touch=touch), figures, held)


def _dated_year() -> Exhibit:
    rows = [
        ["Số liệu tính đến ngày 31/12/2021"],
        ["TT", "Tỉnh", f"{PRO_VI} (%)", f"{PRO_VI} năm 2020 (%)"],
        [1, "Gia Lai", 50.14, 19.91],
        [2, "Kon Tum", 57.38, 33.89],
        ["Ghi chú: số liệu năm 2020 tính đến ngày 31/12/2020."],
    ]
    figures = [
        fig("64", PRO, END21, 50.14), fig("64", PRO, END20, 19.91), fig("62", PRO, END21, 57.38), fig("62", PRO, END20, 33.89),
    ]  # fmt: skip
    return Exhibit("114-year-with-its-day.xlsx", xlsx(rows), figures)
