"""Reports as offices send them: side by side, from a pivot table, out of Word, in panels, quarters in Roman numerals."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from itertools import product
from typing import Any

from workbooks import ods, xls, xlsx

from gallery.exhibit import ALL, PRO, PRO_VI, Q1, Q2, SUB, SUB_VI, Y22, Exhibit, beside, fig

Q3, Q4 = ("2022-09-30", "Q"), ("2022-12-31", "Q")
OCT = ("2022-10-31", "M")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_side_by_side(), _pivot(), _word(), _panels(), _roman()]


def _side_by_side() -> Exhibit:
    rows = [
        ["VĂN PHÒNG CHÍNH PHỦ"],
        ["CỤC KIỂM SOÁT THỦ TỤC HÀNH CHÍNH"],
        [],
        ["TÌNH HÌNH TIẾP NHẬN HỒ SƠ TẠI CÁC ĐỊA PHƯƠNG THÁNG 10 NĂM 2022"],
        [None, None, None, None, None, "Đơn vị tính: nghìn hồ sơ; %"],
        ["TT", "Địa phương", "Tổng số hồ sơ (nghìn hồ sơ)", "TT", "Địa phương", SUB_VI],
        [1, "Hà Nội", 412.5, 3, "Thái Nguyên", "45,3"],
        [2, "Hải Phòng", 98, 4, "Yên Bái", "38,25"],
        [None, "Cộng", 510.5, None, "Bình quân", "41,8"],
        [],
        ["Nguồn: Cổng Dịch vụ công quốc gia"],
    ]
    figures = [fig("01", ALL, OCT, 412500), fig("31", ALL, OCT, 98000)]
    return Exhibit(
        "60-thousands-beside.xls",
        xls(rows, name="T10"),
        figures,
        [("B9", "total_row"), ("F7:F8", "column_unknown")],
        notes="printed in units of 1,000",
        layout=beside(7, ("B", "C"), ("E", "F")),
        laid=[*figures, fig("19", SUB, OCT, 45.3), fig("15", SUB, OCT, 38.25)],
    )


def _pivot() -> Exhibit:
    rows: list[list[Any]] = [
        ["Năm", "2022"],
        ["Loại hình", "(All)"],
        [],
        ["Vùng", "Tỉnh", "Kỳ", "Sum of Tổng số hồ sơ", f"Average of {SUB_VI}"],
        ["Đông Bắc", "Thái Nguyên", "Quý I", 1200, 0.25],
        [None, None, "Quý II", 1300, 0.3],
        [None, "Thái Nguyên Total", None, 2500, 0.275],
        [None, "Yên Bái", "Quý I", 800, 0.2],
        [None, None, "Quý II", 900, 0.22],
        [None, "Yên Bái Total", None, 1700, 0.21],
        ["Đông Bắc Total", None, None, 4200, 0.2425],
        ["Đồng bằng sông Hồng", "Hà Nội", "Quý I", 9000, 0.4],
        [None, None, "Quý II", 9100, 0.45],
        [None, "Hà Nội Total", None, 18100, 0.425],
        ["Đồng bằng sông Hồng Total", None, None, 18100, 0.425],
        ["Grand Total", None, None, 22300, 0.3033],
    ]
    counts = {"19": (1200, 1300), "15": (800, 900), "01": (9000, 9100)}
    not_understood = ["A5", "C6", "B7", "B8", "C9", "B10", "A11", "A12", "C13", "B14", "A15", "A16"]
    # The mean of the shares of units is not the province's share.
    said = f'[indicators]\n"Sum of Tổng số hồ sơ" = "{ALL}"\n"Average of {SUB_VI}" = "skip"\n'
    return Exhibit(
        "61-pivot.xlsx",
        xlsx(rows, title="Sheet1", percent=[f"E{row}" for row in range(5, 17)]),
        [],
        [(cell, "table_not_understood") for cell in not_understood],
        refused="“Sum of Tổng số hồ sơ”",
        layout=said,
        laid=[
            fig(code, ALL, period, value)
            for code, values in counts.items()
            for period, value in zip((Q1, Q2), values, strict=True)
        ],
    )


def _word() -> Exhibit:
    def cell(text: str, span: str = "") -> str:
        return f"<td {span}><p class=MsoNormal align=center><b>{text}<o:p></o:p></b></p></td>"

    body = "".join(
        f"<tr>{cell(number, 'rowspan=2')}{cell(name, 'rowspan=2')}{cell('Tổng số hồ sơ tiếp nhận')}{cell(a)}{cell(b)}</tr>"
        f"<tr>{cell(SUB_VI)}{cell(c)}{cell(d)}</tr>"
        for number, name, a, b, c, d in (
            ("1", "Bắc<br>Giang", "125.300", "131.458", "45,2%<sup>(1)</sup>", "51,7%"),
            ("2", "Lạng<br>Sơn", "88.120", "&nbsp;", "40,0%", "-"),
        )
    )
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40"><head>'
        "<meta http-equiv=Content-Type content='text/html; charset=utf-8'><title>Phụ lục</title><style><!-- p {margin:0cm;} -->"
        "</style></head><body lang=VI><p class=MsoNormal><b>KẾT QUẢ GIẢI QUYẾT HỒ SƠ 9 THÁNG NĂM 2022</b></p><table border=1>"
        f"<thead><tr>{cell('TT', 'rowspan=2')}{cell('Tỉnh, thành phố', 'rowspan=2')}{cell('Nội dung', 'rowspan=2')}"
        f"{cell('Kết quả', 'colspan=2')}</tr><tr>{cell('Quý II/2022')}{cell('Quý III/2022')}</tr></thead>{body}"
        "<![if !supportMisalignedColumns]><tr height=0><td width=40></td><td width=99></td></tr><![endif]></table>"
        "<p><sup>(1)</sup> Không gồm hồ sơ qua bưu chính công ích.</p></body></html>"
    )
    return Exhibit(
        "62-word-table.xls",
        page.encode(),
        [
            fig("24", ALL, Q2, 125300), fig("24", ALL, Q3, 131458), fig("20", ALL, Q2, 88120),
            fig("24", SUB, Q2, 45.2), fig("24", SUB, Q3, 51.7), fig("20", SUB, Q2, 40),
        ],
        [("E6", "missing"), ("E7", "missing")],
    )  # fmt: skip


def _panels() -> Exhibit:
    rows = [
        ["PHỤ LỤC"],
        ["Kết quả thực hiện chỉ tiêu cải cách TTHC của các địa phương năm 2022"],
        ["(Kèm theo Báo cáo số 123/BC-VPCP ngày 05/01/2023)"],
        ["TT", "Địa phương", "Tháng 7", "Tháng 8", "Tháng 9 (*)", "Ghi chú"],
        ["I", f"{SUB_VI} (%)"],
        [1, "Lào Cai", "41,2", "43,8 (1)", "47,9*", None],
        [2, "Điện Biên", "22,5", "25", "27,3*", "Chậm"],
        ["II", f"{PRO_VI} (%)"],
        [1, "Lào Cai", "38,0", "40,1", "44,6*", None],
        [2, "Điện Biên", "20,1", "x", "24,9*", None],
        ["(*) Số liệu ước tính; (1) đã điều chỉnh"],
    ]
    months = [(f"2022-0{m}-{d}", "M") for m, d in ((7, 31), (8, 31), (9, 30))]
    values = {
        ("10", SUB): (41.2, 43.8, 47.9), ("11", SUB): (22.5, 25, 27.3),
        ("10", PRO): (38, 40.1, 44.6), ("11", PRO): (20.1, None, 24.9),
    }  # fmt: skip
    return Exhibit(
        "63-panels.xlsx",
        xlsx(rows, merge=["A2:F2", "B5:F5", "B8:F8"]),
        [
            fig(code, indicator, month, value)
            for (code, indicator), row in values.items()
            for month, value in zip(months, row, strict=True)
            if value is not None
        ],
        [("D10", "missing")],
    )


def _roman() -> Exhibit:
    rows = [
        [f"{SUB_VI.upper()} CỦA CÁC TỈNH TÂY NGUYÊN NĂM 2022"],
        [],
        ["Số TT", "Tỉnh", "Quý", None, None, None, "Lũy kế năm 2022"],
        [None, None, "I", "II", "III", "IV", None],
        [1, "Kon Tum", 0.181, 0.203, "25,4", "30,1", "24,6"],
        [2, "Gia Lai", 0.152, 0.196, "21,0", "27,7", "21,5"],
        [3, "Đắk Lắk", 0.22, 0.31, "33,3", "…", "29,8"],
    ]
    values = {
        "62": (18.1, 20.3, 25.4, 30.1, 24.6),
        "64": (15.2, 19.6, 21, 27.7, 21.5),
        "66": (22, 31, 33.3, None, 29.8),
    }
    return Exhibit(
        "64-roman-quarters.ods",
        ods(rows, percent=list(product((4, 5, 6), (2, 3)))),
        [
            fig(code, SUB, period, value)
            for code, row in values.items()
            for period, value in zip((Q1, Q2, Q3, Q4, Y22), row, strict=True)
            if value is not None
        ],
        [("F7", "missing")],
    )
