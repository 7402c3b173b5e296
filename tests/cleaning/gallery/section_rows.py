"""Tables whose sections or footnotes say of what day or period the rows are, whatever heads and title say."""

from __future__ import annotations

from workbooks import csv, xlsx

from gallery.exhibit import ALL, ONL, SUB, Exhibit, Figure, fig

FULL = "n_services_full_process"
_NINE = {"E": ("2023-09-30", "X"), "F": ("2024-09-30", "X")}
_MONTH, _YEAR_TO = ("2024-05-31", "M"), ("2024-05-31", "X")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_states_and_months(), _since_new_year(), _contradiction(), _footnote()]


def _states_and_months() -> Exhibit:
    rows = [
        ["UBND TỈNH QUẢNG BÌNH"],
        ["KẾT QUẢ MỘT SỐ CHỈ TIÊU 9 THÁNG NĂM 2024"],
        ["TT", "Chỉ tiêu", "ĐVT", "Kế hoạch 2024", "9 tháng năm 2023", "9 tháng năm 2024", "Ước cả năm 2024"],
        ["I", "Dịch vụ công (tính đến ngày 30/9)"],
        [1, "Số DVCTT toàn trình", "dịch vụ", 900, 712, 884, 900],
        ["II", "Hồ sơ"],
        [2, "Tổng số hồ sơ tiếp nhận", "hồ sơ", None, 48760, 53140, 70200],
        [3, "Số hồ sơ trực tuyến", "hồ sơ", None, 23190, 34480, 46150],
    ]
    figures: list[Figure] = []
    for column, span in _NINE.items():
        j = "ABCDEF".index(column)
        figures += [fig("44", code, span, rows[i][j]) for code, i in ((FULL, 4), (ALL, 6), (ONL, 7))]
    held = [("D5", "column_unknown"), ("G5", "column_unknown"), ("G7:G8", "column_unknown")]
    return Exhibit("130-sections-of-a-day-and-of-months.xlsx", xlsx(rows, title="Biểu"), figures, held)


def _since_new_year() -> Exhibit:
    values = {"06": ("Bắc Kạn", 1200, 60.5, 5400, 55.2), "08": ("Tuyên Quang", 2300, 70.5, 9900, 66.1)}
    rows = [
        ["TÌNH HÌNH TIẾP NHẬN HỒ SƠ THÁNG 5 NĂM 2024"],
        ["STT", "Tỉnh", "Tổng số hồ sơ tiếp nhận", "Tỷ lệ hồ sơ nộp trực tuyến (%)"],
        ["A", "TRONG THÁNG"],
        *([n, name, a, b] for n, (name, a, b, _, _) in enumerate(values.values(), 1)),
        ["B", "LŨY KẾ TỪ ĐẦU NĂM"],
        *([n, name, a, b] for n, (name, _, _, a, b) in enumerate(values.values(), 1)),
    ]
    figures = [
        fig(code, indicator, span, row[k])
        for code, row in values.items()
        for k, indicator, span in ((1, ALL, _MONTH), (2, SUB, _MONTH), (3, ALL, _YEAR_TO), (4, SUB, _YEAR_TO))
    ]
    return Exhibit("131-month-above-since-new-year.csv", csv(rows), figures)


def _contradiction() -> Exhibit:
    rows = [
        ["UBND TỈNH QUẢNG BÌNH"],
        ["SỐ LIỆU QUÝ III NĂM 2024"],
        ["TT", "Chỉ tiêu", "Quý II/2024", "Quý III/2024"],
        ["I", "Hồ sơ tiếp nhận trong quý III/2024"],
        [1, "Tổng số hồ sơ tiếp nhận", 48760, 53140],
        ["II", "Thanh toán"],
        [2, "Tỷ lệ thanh toán trực tuyến", "40,5", "44,5"],
    ]
    figures = [
        fig("44", ALL, ("2024-09-30", "Q"), 53140),
        fig("44", "share_online_payment", ("2024-06-30", "Q"), 40.5),
        fig("44", "share_online_payment", ("2024-09-30", "Q"), 44.5),
    ]
    return Exhibit("132-section-against-a-head.csv", csv(rows), figures, [("C5", "period_unknown")])


def _footnote() -> Exhibit:
    heads = ["TT", "Địa phương", "Tỷ lệ HSTT (%)", "Tỷ lệ TTTT (%)"]
    ministries = ["TT", "Bộ, cơ quan", *heads[2:]]
    rows = [
        ["KẾT QUẢ CUNG CẤP DỊCH VỤ CÔNG (*)"],
        ["A. KHỐI ĐỊA PHƯƠNG"],
        [*heads, None, *heads],
        [1, "Lạng Sơn", 66.2, 41.5, None, 3, "Yên Bái", 61.7, 30.9],
        [2, "Sơn La", 52.5, 33.1, None, 4, "Lào Cai", 49.4, 28.3],
        [],
        ["B. KHỐI BỘ, NGÀNH"],
        ministries,
        [1, "Bộ Công an", 91.5, 86.2],
        [2, "Bộ Y tế", 63.1, 92.4],
        [],
        ["(*) Số liệu từ ngày 15/12/2023 đến hết ngày 14/3/2024."],
        ["TTTT: thanh toán trực tuyến; HSTT: hồ sơ nộp trực tuyến."],
    ]
    span = ("2024-03-14", "X")
    codes = {"20": (3, 2), "14": (4, 2), "15": (3, 7), "10": (4, 7)}
    figures = [
        fig(code, indicator, span, rows[i][j + k])
        for code, (i, j) in codes.items()
        for k, indicator in enumerate((SUB, "share_online_payment"))
    ]
    held = [(cell, "below_province") for cell in ("B9", "B10")]
    held += [(cells, "column_unknown") for cells in ("H4:H5", "I4:I5")]
    alone = [figure for figure in figures if figure[0] in ("20", "14")]
    said = "".join(
        f'[[tables]]\nfirst_row = 4\nlast_row = 5\nname_column = "{names}"\n'
        f'columns = [{{ column = "{a}" }}, {{ column = "{b}" }}]\n'
        for names, a, b in ("BCD", "GHI")
    )
    file = "133-period-and-words-in-footnotes.xlsx"
    return Exhibit(file, xlsx(rows), alone, held, layout=said, laid=figures)
