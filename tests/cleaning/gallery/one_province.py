"""Reports of one province, named in the letterhead: months with their quarters, sums since New Year, years across."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from workbooks import html, xlsx

from gallery.exhibit import ALL, ONL, PRO, SUB, Exhibit, Figure, fig

_ENDS = {"Tháng 1": ("2023-01-31", "M"), "Tháng 2": ("2023-02-28", "M"), "Tháng 3": ("2023-03-31", "M")}
_Q1 = ("2023-03-31", "Q")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_quarters_between(), _since_new_year(), _years_across()]


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
        for indicator, value in zip((ALL, ONL, PRO), values, strict=True)
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
