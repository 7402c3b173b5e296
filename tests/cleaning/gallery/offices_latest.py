"""Five more from offices: quarters with their sum, a cluster's months, one office's form, the map of 34, sheets a month."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, html, ods, xlsx

from gallery.exhibit import ALL, ONL, PRO, SUB, SUB_VI, Exhibit, Figure, fig

PAY = "share_online_payment"
PAY_VI = "Tỷ lệ thanh toán trực tuyến"
RATE_VI = "Tỷ lệ hồ sơ trực tuyến"


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_quarters(), _months(), _one_office(), _merged_map(), _sheets(), _two_spans()]


def _quarters() -> Exhibit:
    spans = {"Quý I/2024": ("2024-03-31", "Q"), "Quý II/2024": ("2024-06-30", "Q"), "Lũy kế 6 tháng đầu năm 2024": ("2024-06-30", "S")}  # fmt: skip
    heads = ["Tổng số hồ sơ tiếp nhận", "Trong đó: hồ sơ trực tuyến", f"{RATE_VI} (%)"]
    ministry = ["Bộ Y tế", 100, 90, 90.0, 110, 99, 90.0, 210, 189, 90.0]
    places = {
        "01": ["Hà Nội", 1000, 450, 45.0, 1200, 600, 50.0, 2200, 1050, 47.73],
        "27": ["Bắc Ninh", 400, 300, 75.0, 500, 400, 80.0, 900, 700, 77.78],
        "66": ["Đắk Lắk", 200, 60, 30.0, 300, 120, 40.0, 500, 180, 36.0],
    }
    provinces = ["ĐỊA PHƯƠNG", 1600, 810, 50.63, 2000, 1120, 56.0, 3600, 1930, 53.61]
    rows = [
        ["VĂN PHÒNG CHÍNH PHỦ", None, None, None, None, None, None, "Phụ lục II"],
        ["TÌNH HÌNH TIẾP NHẬN HỒ SƠ CỦA CÁC BỘ, NGÀNH, ĐỊA PHƯƠNG 6 THÁNG ĐẦU NĂM 2024"],
        ["(Kèm theo Báo cáo số 215/BC-VPCP ngày 15 tháng 7 năm 2024)"],
        [],
        ["STT", "Bộ, ngành, địa phương", *(cell for span in spans for cell in (span, None, None))],
        [None, None, *heads * 3],
        [f"({k})" for k in range(1, 12)],
        ["A", "BỘ, NGÀNH", *ministry[1:]],
        [1, *ministry],
        ["B", *provinces],
        ["I", "Vùng Đồng bằng sông Hồng"],
        [1, *places["01"]],
        [2, *places["27"]],
        ["II", "Vùng Tây Nguyên"],
        [3, *places["66"]],
        [None, "Tổng cộng", 1700, 900, 52.94, 2110, 1219, 57.77, 3810, 2119, 55.62],
    ]
    figures: list[Figure] = [
        fig(code, indicator, when, row[1 + 3 * block + k])
        for code, row in places.items()
        for block, when in enumerate(spans.values())
        for k, indicator in enumerate((ALL, ONL, SUB))
    ]
    held = [("B8", "below_province"), ("B9", "below_province"), ("B10", "total_row"), ("B16", "total_row")]
    merge = ["A2:K2", "A3:K3", "A5:A6", "B5:B6", "C5:E5", "F5:H5", "I5:K5"]
    # “Tổng cộng” holds the ministries too, and is more than the provinces: it is compared with both.
    return Exhibit("82-quarters-and-their-sum.xlsx", xlsx(rows, merge=merge, title="Phụ lục II"), figures, held)  # fmt: skip


def _months() -> Exhibit:
    codes = ("10", "15", "25")
    values = [[12.5, 8.8, 15.1], [13.1, "-", 16.6], [15.0, 10.1, 17.0]]
    rows = [
        [f"{PAY_VI.upper()} CÁC TỈNH TRUNG DU VÀ MIỀN NÚI PHÍA BẮC NĂM 2023"],
        [None, None, None, "Đơn vị tính: %"],
        ["Tháng", "Lào Cai", "Yên Bái", "Phú Thọ"],
        *([f"Tháng {month}", *row] for month, row in enumerate(values, 1)),
        ["Bình quân 3 tháng", 13.5, 9.5, 16.2],
        [],
        [None, "Nguồn: Hệ thống EMC"],
    ]
    ends = ("2023-01-31", "2023-02-28", "2023-03-31")
    figures: list[Figure] = [
        fig(code, PAY, (end, "M"), value)
        for end, row in zip(ends, values, strict=True)
        for code, value in zip(codes, row, strict=True)
        if isinstance(value, float)
    ]
    return Exhibit("83-months-and-their-mean.ods", ods(rows), figures, [("B7:D7", "average_row"), ("C5", "missing")])  # fmt: skip


def _one_office() -> Exhibit:
    rows = [
        ["UBND TỈNH BẮC GIANG", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["VĂN PHÒNG", "", "", "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["BIỂU TỔNG HỢP KẾT QUẢ CUNG CẤP DỊCH VỤ CÔNG TRỰC TUYẾN THÁNG 9 NĂM 2023"],
        ["STT", "Chỉ tiêu", "ĐVT", "Thực hiện tháng 8/2023", "Thực hiện tháng 9/2023", "So với tháng trước (+/-)", "Lũy kế 9 tháng năm 2023"],
        ["1", "Tổng số hồ sơ tiếp nhận", "Hồ sơ", "61.204", "64.870", "3.666", "538.112"],
        ["2", SUB_VI, "%", "67,1", "69,7", "2,6", "61,6"],
        ["3", "Tỷ lệ hồ sơ giải quyết đúng hạn", "%", "99,4", "99,6", "0,2", "99,1"],
        [],
        ["", "", "", "", "Bắc Giang, ngày 28 tháng 9 năm 2023"],
        ["", "NGƯỜI LẬP BIỂU", "", "", "CHÁNH VĂN PHÒNG"],
    ]  # fmt: skip
    whens = [("2023-08-31", "M"), ("2023-09-30", "M"), ("2023-09-30", "X")]
    values = {ALL: (61204, 64870, 538112), SUB: (67.1, 69.7, 61.6)}
    figures: list[Figure] = [
        fig("24", indicator, when, value)
        for indicator, row in values.items()
        for when, value in zip(whens, row, strict=True)
    ]
    held = [(cell, "indicator_unknown") for cell in ("D8", "E8", "G8")]
    return Exhibit("84-one-office.csv", b"\xef\xbb\xbf" + csv(rows, ";"), figures, [*held, ("F6:F8", "column_unknown")])  # fmt: skip


def _merged_map() -> Exhibit:
    tables = {
        "24": ("Bắc Ninh (Bắc Giang, Bắc Ninh)", ("98.112", "121.540"), ("71,4", "74,9")),
        "79": ("TP. Hồ Chí Minh (TP. Hồ Chí Minh, Bình Dương, Bà Rịa - Vũng Tàu)", ("402.871", "455.009"), ("60,2", "63,3")),
        "46": ("TP. Huế (Thừa Thiên Huế cũ)", ("31.005", "36.772"), ("82,6", "84,0")),
        "52": ("Gia Lai (Bình Định + Gia Lai)", ("70.018", "…"), ("57,5", "…")),
        "04": ("Cao Bằng", ("15.007", "17.118"), ("65,0", "69,3")),
    }  # fmt: skip
    rows: list[list[object]] = [
        [("STT", 1, 2), ("Tỉnh, thành phố", 1, 2), ("Nội dung", 1, 2), ("Đơn vị", 1, 2), ("Năm 2025", 2, 1)],
        ["Tháng 7", "Tháng 8"],
    ]
    figures: list[Figure] = []
    for n, (code, (name, counts, shares)) in enumerate(tables.items(), 1):
        rows.append([(str(n), 1, 2), (name, 1, 2), "Số hồ sơ trực tuyến", "hồ sơ", *counts])
        rows.append([RATE_VI, "%", *shares])
        for end, count, share in zip(("2025-07-31", "2025-08-31"), counts, shares, strict=True):
            if count != "…":
                figures.append(fig(code, ONL, (end, "M"), float(count.replace(".", "")), "34"))
                figures.append(fig(code, PRO, (end, "M"), float(share.replace(",", ".")), "34"))
    before = "<p><b>BẢNG THEO DÕI CÁC TỈNH, THÀNH PHỐ SAU SẮP XẾP</b></p>"
    held = [("F10", "missing"), ("F11", "missing")]
    return Exhibit("85-old-names-in-brackets.xls", html(rows, before=before), figures, held)


def _sheets() -> Exhibit:
    heads = ["TT", "Địa phương", "Tổng số hồ sơ", "Hồ sơ trực tuyến", RATE_VI, "Tỷ lệ đúng hạn"]
    summary = [
        ["TỔNG HỢP LŨY KẾ TỪ ĐẦU NĂM ĐẾN HẾT THÁNG 2/2024"],
        [],
        heads[:5],
        [1, "Cần Thơ", 83000, 39510, 0.476],
        [2, "Sóc Trăng", 46000, 18900, 0.4109],
    ]
    months = {
        1: [[1, "Cần Thơ", 40000, 18240, "45,6%", 0.995], [2, "Sóc Trăng", 22000, 8800, 0.4, "…"], ["", "Tổng", 62000, 27040, 0.4361, None]],
        2: [[1, "Cần Thơ", 43000, 21270, 0.4947, "99,3%"], [2, "Sóc Trăng", 24000, "…", "…", "98,7"], ["", "Tổng", 67000, 21270, None, None]],
    }  # fmt: skip
    spans = {1: "15/12 đến ngày 14/01/2024", 2: "15/01 đến ngày 14/02/2024"}

    def add(book: Workbook, first: Worksheet) -> None:
        for month, rows in months.items():
            sheet = book.create_sheet(f"T{month}")
            for row in (
                ["SỞ THÔNG TIN VÀ TRUYỀN THÔNG"],
                [f"KẾT QUẢ THÁNG {month:02d}/2024"],
                [f"(Số liệu từ ngày {spans[month]})"],
                [],
                heads,
                *rows,
            ):
                sheet.append(row)
            for cells in sheet.iter_rows(min_row=6, min_col=5, max_col=6):
                for cell in cells:
                    cell.number_format = "0.0%"
        first["E4"].number_format = first["E5"].number_format = "0.00%"

    since, january, february = ("2024-02-29", "X"), ("2024-01-14", "X"), ("2024-02-14", "X")
    figures = [
        *(fig("92", ind, since, value) for ind, value in ((ALL, 83000), (ONL, 39510), (SUB, 47.6))),
        *(fig("94", ind, since, value) for ind, value in ((ALL, 46000), (ONL, 18900), (SUB, 41.09))),
        *(fig("92", ind, january, value) for ind, value in ((ALL, 40000), (ONL, 18240), (SUB, 45.6))),
        *(fig("94", ind, january, value) for ind, value in ((ALL, 22000), (ONL, 8800), (SUB, 40))),
        *(fig("92", ind, february, value) for ind, value in ((ALL, 43000), (ONL, 21270), (SUB, 49.47))),
        fig("94", ALL, february, 24000),
    ]
    held = [*[("F6:F7", "column_unknown"), ("B8", "total_row")] * 2, ("D7", "missing"), ("E7", "missing")]
    return Exhibit("86-a-sheet-a-month.xlsx", xlsx(summary, title="Tổng hợp", touch=add), figures, held)


def _two_spans() -> Exhibit:
    rows = [
        ["Kết quả tháng 8/2023"],
        ["Tỉnh", SUB_VI, None, PAY_VI, None],
        [None, "Trong tháng", "Lũy kế từ đầu năm", "Trong tháng", "Lũy kế"],
        ["Thái Nguyên", 41.5, 39.25, 20.5, 18.5],
        ["Yên Bái", 31.5, 29.25, 10.5, 8.5],
    ]
    month, since, state = ("2023-08-31", "M"), ("2023-08-31", "X"), ("2023-08-31", "X")
    figures = [
        fig(code, indicator, when, value)
        for code, row in zip(("19", "15"), rows[3:], strict=True)
        for (indicator, when), value in zip(((SUB, month), (SUB, since), (PAY, month), (PAY, state)), row[1:], strict=True)
        if isinstance(value, float)
    ]  # fmt: skip
    return Exhibit("87-month-and-since-new-year.xlsx", xlsx(rows, merge=["A2:A3", "B2:C2", "D2:E2"]), figures)
