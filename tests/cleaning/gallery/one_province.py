"""Reports of one province, named in the letterhead: by month and quarter, by year, by its own levels and units."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from workbooks import html, xlsx

from gallery.exhibit import ALL, ONL, PRO, SUB, Exhibit, Figure, fig

_ENDS = {"Tháng 1": ("2023-01-31", "M"), "Tháng 2": ("2023-02-28", "M"), "Tháng 3": ("2023-03-31", "M")}
_Q1 = ("2023-03-31", "Q")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_quarters_between(), _since_new_year(), _years_across(), _levels(), _departments(), _form()]


def _quarters_between() -> Exhibit:
    rows = [
        ["UBND TỈNH HÀ TĨNH", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["VĂN PHÒNG", None, None, "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["THEO DÕI HỒ SƠ TTHC NĂM 2023"],
        ["Kỳ", "Tổng hồ sơ tiếp nhận (hồ sơ)", "Trong đó", None, None],
        [None, None, "Hồ sơ nộp trực tuyến", "Tỷ lệ hồ sơ nộp trực tuyến (%)", "Nộp trực tiếp"],
        ["Tháng 1", 4000, 1200, 30.0, 2800],
        ["Tháng 2", 5000, 2000, 40.0, 3000],
        ["Tháng 3", 6000, 3300, 55.0, 2700],
        ["Cộng quý I", 15000, 6500, 43.3, 8500],
        ["Cộng cả 6 tháng", 15500, 6700, 43.2, 8800],
        ["Cả năm", 16000, 6900, 43.1, 9100],
    ]
    ends = [*_ENDS.values(), _Q1, ("2023-06-30", "S"), ("2023-12-31", "A")]
    figures: list[Figure] = [
        fig("42", indicator, end, row[k])
        for end, row in zip(ends, rows[6:], strict=True)
        for k, indicator in ((1, ALL), (2, ONL), (3, SUB))
    ]
    merge = ["A5:A6", "B5:B6", "C5:E5"]
    return Exhibit("120-quarters-between.xlsx", xlsx(rows, merge=merge, title="2023"), figures, [("E7:E12", "column_unknown")])  # fmt: skip


def _since_new_year() -> Exhibit:
    heads = ["Tổng số hồ sơ", "Hồ sơ trực tuyến", "Tỷ lệ hồ sơ trực tuyến (%)"]
    rows = [
        [("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH PHÚ YÊN", 8, 1)],
        [("THỐNG KÊ HỒ SƠ NĂM 2023", 8, 1)],
        [
            ("Tháng", 1, 2),
            ("Trong tháng", 3, 1),
            ("Lũy kế từ đầu năm", 3, 1),
            ("So với tháng trước (%)", 1, 2),
        ],
        heads * 2,
        ["Tháng 1", "4.010", "1.203", "30,0", "4.010", "1.203", "30,0", "-"],
        ["Tháng 2", "5.010", "2.004", "40,0", "9.020", "3.207", "35,6", "+25,0"],
        ["Tháng 3", "6.010", "3.306", "55,0", "15.030", "6.513", "43,3", "+20,0"],
        ["Quý I", "15.030", "6.513", "43,3", "", "", "", ""],
    ]
    month, since = [(4010, 1203, 30.0), (5010, 2004, 40.0), (6010, 3306, 55.0)], [(4010, 1203, 30.0), (9020, 3207, 35.6), (15030, 6513, 43.3)]  # fmt: skip
    ends = [*_ENDS.values(), _Q1]
    # From 1 January to the end of February is no calendar period.
    spans = [("2023-01-31", "M"), ("2023-02-28", "X"), ("2023-03-31", "Q")]
    pairs = [*zip(ends, [*month, since[-1]], strict=True), *zip(spans, since, strict=True)]
    figures: list[Figure] = [
        fig("54", indicator, end, value)
        for end, values in pairs
        for indicator, value in zip((ALL, ONL, SUB), values, strict=True)
    ]
    held = [("H5:H7", "column_unknown"), ("E8", "missing"), ("F8", "missing"), ("G8", "missing")]
    return Exhibit("121-month-and-since-new-year.xls", html(rows), figures, held)


def _years_across() -> Exhibit:
    rows = [
        ["UBND TỈNH HÀ TĨNH"],
        ["TỶ LỆ HỒ SƠ NỘP TRỰC TUYẾN (%)"],
        ["Tháng", "Năm 2022", "Năm 2023"],
        ["Tháng 1", 21.5, 33.5],
        ["Tháng 2", 22.5, 34.5],
        ["Quý I", 22.0, 34.0],
    ]
    figures: list[Figure] = [
        fig("42", SUB, (f"{year}-{day}", often), rows[3 + n][1 + k])
        for k, year in enumerate((2022, 2023))
        for n, (day, often) in enumerate((("01-31", "M"), ("02-28", "M"), ("03-31", "Q")))
    ]
    return Exhibit("122-months-by-years.xlsx", xlsx(rows), figures)


def _levels() -> Exhibit:
    heads = ["Tổng hồ sơ tiếp nhận", "Hồ sơ trực tuyến", "Tỷ lệ hồ sơ xử lý trực tuyến (%)"]
    rows = [
        ["ỦY BAN NHÂN DÂN", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["TỈNH HÀ GIANG", None, None, "Độc lập - Tự do - Hạnh phúc"],
        [None, None, None, "Hà Giang, ngày 18 tháng 11 năm 2022"],
        ["TỔNG HỢP KẾT QUẢ GIẢI QUYẾT HỒ SƠ THEO CẤP CHÍNH QUYỀN"],
        ["Kỳ báo cáo: Tháng 11/2022"],
        [
            "STT",
            "Cấp giải quyết",
            "Tháng 11/2022\n(từ 15/10/2022 đến 14/11/2022)",
            None,
            None,
            "Lũy kế 11 tháng\n(từ 15/12/2021 đến 14/11/2022)",
            None,
            None,
        ],
        [None, None, *heads * 2],
        [1, "Cấp tỉnh", 1475, 854, 57.9, 15609, 8125, 52.1],
        [2, "Cấp huyện", 900, 588, 65.3, 9038, 5278, 58.4],
        [3, "Cấp xã (193 xã)", 1645, 726, 44.1, 17781, 6295, 35.4],
        ["Toàn tỉnh", None, 4020, 2168, 53.9, 42428, 19698, 46.4],
    ]
    figures: list[Figure] = []
    for first, end in ((2, ("2022-11-14", "X")), (5, ("2022-11-14", "X"))):
        figures += [fig("02", code, end, rows[10][first + k]) for k, code in enumerate((ALL, ONL, PRO))]
    merge = ["A6:A7", "B6:B7", "C6:E6", "F6:H6", "A11:B11"]
    held = [(f"B{row}", "below_province") for row in (8, 9, 10)]
    return Exhibit("126-levels-of-a-province.xlsx", xlsx(rows, merge=merge), figures, held)


def _departments() -> Exhibit:
    rows = [
        ["UBND TỈNH BẠC LIÊU", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["KẾT QUẢ TIẾP NHẬN HỒ SƠ QUÝ I/2023"],
        ["STT", "Đơn vị", "Tổng số hồ sơ tiếp nhận", "Trong đó: số hồ sơ nộp trực tuyến"],
        [None, "TOÀN TỈNH (A+B)", 1000, 420],
        ["A", "CẤP TỈNH (tiếp nhận tại Trung tâm Phục vụ hành chính công tỉnh)", 600, 300],
        [1, "Sở Tư pháp", 400, 200],
        [2, "Công an tỉnh", 200, 100],
        ["B", "CẤP HUYỆN", 400, 120],
        [1, "Huyện Hòa Bình", 150, 60],
        [2, "Đông Hải", 150, 30],
        [3, "TP Bạc Liêu", 100, 30],
    ]
    q1 = ("2023-03-31", "Q")
    figures: list[Figure] = [fig("95", ALL, q1, 1000), fig("95", ONL, q1, 420)]
    held = [(f"B{n}", "below_province") for n in range(5, 12)]
    return Exhibit("127-departments-of-a-province.xlsx", xlsx(rows), figures, held)


def _form() -> Exhibit:
    rows = [
        ["ỦY BAN NHÂN DÂN"],
        ["TỈNH NGHỆ AN"],
        ["BIỂU CUNG CẤP SỐ LIỆU THÁNG 10/2023"],
        [
            "STT",
            "Chỉ tiêu",
            "Đơn vị tính",
            "Trong tháng",
            "Lũy kế từ đầu năm\n(01/01/2023 - 31/10/2023)",
            "Cùng kỳ năm trước\n(tháng 10/2022)",
        ],
        ["I", "CUNG CẤP DỊCH VỤ CÔNG (số liệu tại thời điểm 31/10/2023)"],
        [1, "Số DVC trực tuyến toàn trình", "DVC", 812, "x", "x"],
        ["II", "SỬ DỤNG DỊCH VỤ CÔNG"],
        [2, "Tổng số hồ sơ tiếp nhận", "Hồ sơ", 31846, "298.417", 27310],
        ["2.1", "   Trong đó: - Trực tiếp", "Hồ sơ", 10272, 110778, 17468],
        [3, "Tỷ lệ hồ sơ nộp trực tuyến", "%", 67.7, 62.9, 36.0],
    ]
    spans = [("2023-10-31", "M"), ("2023-10-31", "X"), ("2022-10-31", "M")]
    figures: list[Figure] = [fig("40", "n_services_full_process", ("2023-10-31", "X"), 812)]
    figures += [
        fig("40", ALL, span, value) for span, value in zip(spans, (31846, 298417, 27310), strict=True)
    ]
    figures += [fig("40", SUB, span, rows[9][3 + k]) for k, span in enumerate(spans)]
    held = [("E6", "missing"), ("F6", "missing")] + [(f"{c}9", "indicator_unknown") for c in "DEF"]
    return Exhibit("128-form-with-a-day-of-its-own.xlsx", xlsx(rows), figures, held)
