"""Appendices to a ministry's letter: letterheads in merged cells, a cover sheet, bare shares, lists without figures."""

# Rows of tables read best on one line.

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import xlsx

from gallery.exhibit import ALL, ONL, PRO, PRO_VI, Exhibit, fig, pair, simple

SEPTEMBER = ("2022-09-30", "M")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_letterhead(), _office(), _cover(), _remarks(), _thousands(), _ministries()]


def _letterhead() -> Exhibit:
    rows = [
        ["BỘ THÔNG TIN VÀ TRUYỀN THÔNG", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["CỤC CHUYỂN ĐỔI SỐ QUỐC GIA", None, None, "Độc lập - Tự do - Hạnh phúc"],
        [None, None, None, "Hà Nội, ngày 14 tháng 10 năm 2022"],
        [],
        ["TÌNH HÌNH TIẾP NHẬN HỒ SƠ TRỰC TUYẾN CỦA CÁC ĐỊA PHƯƠNG"],
        ["Tháng 9 năm 2022"],
        [],
        ["TT", "Tên đơn vị", "Tổng số hồ sơ", "Hồ sơ trực tuyến", "Tỷ lệ (%)"],
        ["I", "Trung du và miền núi phía Bắc", 3000, 1200, 40],
        [1, "Cao Bằng", 1000, 200, 20],
        [2, "Lạng Sơn", 2000, 1000, 50],
        [None, "TỔNG CỘNG", 3000, 1200, 40],
        [],
        [None, "Người lập biểu", None, None, "CỤC TRƯỞNG"],
    ]
    figures = [
        fig(code, indicator, SEPTEMBER, value)
        for code, row in (("04", rows[9]), ("20", rows[10]))
        for indicator, value in zip((ALL, ONL, PRO), row[2:], strict=True)
        if isinstance(value, int)
    ]
    merge = ["A1:C1", "D1:E1", "A2:C2", "D2:E2", "D3:E3", "A5:E5", "A6:E6"]
    content = xlsx(rows, merge=merge, title="Phụ lục II")
    return Exhibit("88-letterhead.xlsx", content, figures, [("B9", "region_row"), ("B12", "total_row")])


def _office() -> Exhibit:
    rows = [
        ["VĂN PHÒNG UBND TỈNH", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["UBND TỈNH THÁI NGUYÊN", None, "Độc lập - Tự do - Hạnh phúc"],
        [f"{PRO_VI.upper()} QUÝ I/2022"],
        ["Tỉnh", "Tỷ lệ (%)", "Đầu mối"],
        ["Thái Nguyên", "28,5", "Nguyễn Văn A"],
        ["Yên Bái", "30,5", None],
    ]
    return Exhibit("89-province-in-a-letterhead.xlsx", xlsx(rows, title="T1"), pair(28.5, 30.5))


def _cover() -> Exhibit:
    def touch(book: Workbook, first: Worksheet) -> None:
        cover, contacts = book.create_sheet("Bìa", 0), book.create_sheet("Đầu mối")
        for row in (["Kính gửi:", "Các sở, ban, ngành"], ["Người liên hệ", "Nguyễn Văn A"]):
            cover.append(row)
        for row in (["Tỉnh", "Đầu mối"], ["Thái Nguyên", "Trần Thị B"], ["Yên Bái", "Trần Thị B"]):
            contacts.append(row)

    held = [("A1", "row_outside"), ("A2", "row_outside"), ("A2", "no_figures"), ("A3", "no_figures")]
    return Exhibit("90-cover-and-contacts.xlsx", xlsx(simple(), touch=touch), pair(), held)


def _remarks() -> Exhibit:
    rows = [
        ["Kết quả năm 2023"],
        ["Tỉnh", f"{PRO_VI} tháng 8 (%)", f"{PRO_VI} tháng 9 (ước thực hiện) (%)", "Ghi chú"],
        ["Hà Giang", 31.5, 33.5, None],
        ["Cao Bằng", 20.5, 21.5, "Chưa kết nối EMC"],
        ["Bắc Kạn", 40.5, 41.5, None],
        ["Lào Cai", "-", "-", "Chưa có số liệu do chuyển hệ thống"],
        ["Trung bình", 30.83, 32.17, "Không gồm Lào Cai"],
    ]
    ends = (("2023-08-31", "M"), ("2023-09-30", "M"))
    codes = ("02", "04", "06")
    figures = [
        fig(code, PRO, end, float(value))
        for code, row in zip(codes, rows[2:5], strict=True)
        for end, value in zip(ends, row[1:3], strict=True)
    ]
    held = [
        ("B6", "missing"),
        ("C6", "missing"),
        ("D6", "remark_alone"),
        ("A7", "average_row"),
        ("D7", "remark_alone"),
    ]
    return Exhibit(
        "91-remarks.xlsx",
        xlsx(rows, merge=["D4:D5"]),
        figures,
        held,
        notes=" ".join(["printed as “ước thực hiện”; remark: “Chưa kết nối EMC”"] * 2),
    )


def _thousands() -> Exhibit:
    rows = [
        ["TÌNH HÌNH TIẾP NHẬN HỒ SƠ THÁNG 9 NĂM 2022 (ĐVT: nghìn hồ sơ)"],
        [
            "Tỉnh",
            "Tổng số hồ sơ",
            "Hồ sơ trực tuyến (hồ sơ)",
            "Số DVCTT toàn trình",
            f"{PRO_VI} (%)",
        ],
        ["Cần Thơ", "41,5", "20.750", 1800, 50],
        ["Cà Mau", "12,2", "3.050", 1700, 25],
        ["Tổng cộng", "53,7", "23.800", 3500, 44],
    ]
    values = {"92": (41_500, 20_750, 1800, 50), "96": (12_200, 3050, 1700, 25)}
    figures = [
        fig(code, indicator, SEPTEMBER, value)
        for code, row in values.items()
        for indicator, value in zip((ALL, ONL, "n_services_full_process", PRO), row, strict=True)
    ]
    return Exhibit(
        "92-thousands-in-the-title.xlsx",
        xlsx(rows, merge=["A1:E1"]),
        figures,
        [("A5", "total_row")],
        notes="printed in units of 1,000",
    )


def _ministries() -> Exhibit:
    rows = [
        ["VĂN PHÒNG CHÍNH PHỦ", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["Số hồ sơ tiếp nhận trong tháng 9 năm 2022"],
        ["TT", "Bộ, ngành, địa phương", "Tổng số hồ sơ", f"{PRO_VI} (%)"],
        ["A", "BỘ, NGÀNH"],
        [1, "Bộ Công an", 300, 99],
        [2, "Ủy ban Dân tộc", 150, 90],
        [3, "Tập đoàn Điện lực Việt Nam", 50, 95],
        ["B", "ĐỊA PHƯƠNG"],
        [1, "Hà Nội", 1000, 30],
        [2, "Sơn La", 500, 40],
        [None, "Tổng cộng", 2000, 92],
    ]
    figures = [
        fig(code, indicator, SEPTEMBER, value)
        for code, row in (("01", (1000, 30)), ("14", (500, 40)))
        for indicator, value in zip((ALL, PRO), row, strict=True)
    ]
    held = [*((f"B{row}", "below_province") for row in range(4, 8)), ("B11", "total_row")]
    return Exhibit("93-ministries-and-provinces.xlsx", xlsx(rows, title="PL"), figures, held)
