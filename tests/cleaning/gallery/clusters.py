"""Provinces of one region or cluster beside each other: results among plans and ranks, corrections, a pivot's outline."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import csv, xlsx

from gallery.exhibit import ALL, ONL, SUB, Exhibit, Figure, fig


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [
        _results_among_plans(),
        _correction(),
        _outline(),
        _yearbook_export(),
        _parts(),
        _plans_across(),
        _quarters_across(),
    ]


def _results_among_plans() -> Exhibit:
    places = {"62": "Kon Tum", "64": "Gia Lai", "66": "Đắk Lắk", "VN": "Chung cả nước"}
    rows = [
        ["KHỐI THI ĐUA CÁC TỈNH TÂY NGUYÊN"],
        ["TỈNH ĐẮK LẮK - KHỐI TRƯỞNG"],
        ["BIỂU SO SÁNH KẾT QUẢ 6 THÁNG ĐẦU NĂM 2023"],
        [],
        ["Chỉ tiêu", "ĐVT", "Diễn giải", "Kon Tum", "Gia Lai", "Đắk Lắk", "Toàn khối", "Chung cả nước"],
        [
            "Số hồ sơ TTHC tiếp nhận",
            "Hồ sơ",
            "Thực hiện 6T/2022",
            "1.200",
            "1.300",
            "2.500",
            "5.000",
            "100.000",
        ],
        [None, None, "Thực hiện 6T/2023", "1.400", "1.600", "3.000", "6.000", "120.000"],
        [None, None, "Tăng/giảm (%)", "16,7", "23,1", "20,0", "20,0", "20,0"],
        [
            "Tỷ lệ tiếp nhận hồ sơ trực tuyến",
            "%",
            "Thực hiện 6T/2022",
            "20,5%",
            "30,5%",
            "25,0%",
            "25,2%",
            "40,1%",
        ],
        [None, None, "Kế hoạch năm 2023", "65,0%", "60,0%", "50,0%", "-", "-"],
        [None, None, "Thực hiện 6T/2023", "44,5%", "40,5%", "28,5%", "37,6%", "50,1%"],
        [None, None, "Xếp thứ trong khối", "1", "2", "3", "-", "-"],
        [],
        ["Nguồn: khai thác ngày 05/7/2023. Toàn khối: tỷ lệ là bình quân giản đơn."],
        [None, None, None, None, "TRƯỞNG KHỐI"],
    ]
    wanted = {6: (ALL, "2022"), 7: (ALL, "2023"), 9: (SUB, "2022"), 11: (SUB, "2023")}
    values = {6: (1200, 1300, 2500, 100000), 7: (1400, 1600, 3000, 120000), 9: (20.5, 30.5, 25.0, 40.1), 11: (44.5, 40.5, 28.5, 50.1)}  # fmt: skip
    figures: list[Figure] = [
        fig(code, indicator, (f"{year}-06-30", "S"), value)
        for row, (indicator, year) in wanted.items()
        for code, value in zip(places, values[row], strict=True)
    ]
    held = [(f"{a}:{b}", "column_unknown") for a, b in (("D8", "H8"), ("D10", "H10"), ("D12", "H12"))]
    held += [("G5", "total_row")]
    merge = ["A6:A8", "B6:B8", "A9:A12", "B9:B12"]
    # The country's figures are more than those of the cluster.
    return Exhibit("123-results-among-plans.xlsx", xlsx(rows, merge=merge), figures, held, disagreements=4)


def _correction() -> Exhibit:
    rows = [
        ["KẾT QUẢ THỰC HIỆN QUÝ I/2022 CÁC TỈNH VÙNG TRUNG DU VÀ MIỀN NÚI PHÍA BẮC"],
        ["TT", "Tỉnh", "Tỷ lệ hồ sơ TTHC tiếp nhận trực tuyến", None],
        [None, None, "Chỉ tiêu giao năm 2022 (%)", "Kết quả (%)"],
        [1, "Bắc Kạn", 50, 14.2],
        [1, "Bắc Kạn (đính chính)", 50, 31.2],
        [2, "Lào Cai", 50, 21.1],
        [None, "Toàn vùng", 50, 26.2],
        [None, "Bình quân chung cả nước", 50, 41.9],
    ]
    q1 = ("2022-03-31", "Q")
    figures: list[Figure] = [fig("06", SUB, q1, 14.2), fig("06", SUB, q1, 31.2), fig("10", SUB, q1, 21.1)]
    held = [("C4:C6", "column_unknown"), ("B7", "total_row"), ("B8", "average_row")]
    merge = ["A2:A3", "B2:B3", "C2:D2"]
    note = "corrects another row: “đính chính”"
    return Exhibit("124-correction.xlsx", xlsx(rows, merge=merge), figures, held, notes=note, disagreements=1)


def _outline() -> Exhibit:
    rows = [
        ["THANG", 9],
        ["NAM", 2024],
        ["LINH_VUC", "(All)"],
        [],
        [None, "Values"],
        ["Row Labels", "Sum of Tổng số hồ sơ tiếp nhận", "Sum of Số hồ sơ trực tuyến", "Average of Tỷ lệ hồ sơ trực tuyến", "Count of Tổng số hồ sơ"],
        ["Tỉnh Bắc Ninh", 3000, 1500, 0.61, 12],
        ["Cấp huyện", 1000, 400, 0.42, 8],
        ["Cấp tỉnh", 2000, 1100, 0.8, 4],
        ["Tỉnh Tây Ninh", 4000, 1000, 0.31, 10],
        ["Cấp huyện", 4000, 1000, 0.31, 10],
        ["Grand Total", 7000, 2500, 0.44, 22],
    ]  # fmt: skip
    september = ("2024-09-30", "M")
    figures: list[Figure] = [
        fig("27", ALL, september, 3000), fig("27", ONL, september, 1500),
        fig("72", ALL, september, 4000), fig("72", ONL, september, 1000),
    ]  # fmt: skip

    def hide(_book: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[11].hidden = True

    held = [(f"A{n}", "table_not_understood") for n in range(7, 13)]
    said = f'[indicators]\n"Values / Sum of Tổng số hồ sơ tiếp nhận" = "{ALL}"\n'
    said += f'"Values / Sum of Số hồ sơ trực tuyến" = "{ONL}"\n'
    refused = "“Values / Sum of Số hồ sơ trực tuyến”"
    return Exhibit(
        "125-outline-of-a-pivot.xlsx", xlsx(rows, touch=hide), [], held, refused, layout=said, laid=figures
    )


def _yearbook_export() -> Exhibit:
    """An export of the statistics office: a preliminary year in its own words, old provinces and regions in rows."""
    rows = [
        ["Tổng số hồ sơ tiếp nhận phân theo địa phương và Năm"],
        [],
        ["", "2014", "2015", "Pre. 2016", "Sơ bộ 2018 Tổng số", "Prel. 2019 Total"],
        ["Red River Delta", "300", "310", "320", "330", "340"],
        ["Ha Noi", "100", "110", "120", "130", "140"],
        ["Ha Tay", "50", "..", "..", "..", ".."],
        ["Bac Ninh", "40", "41", "42", "43", "44"],
    ]
    years = ("2014", "2015", "2016", "2018", "2019")
    figures: list[Figure] = [
        fig(code, ALL, (f"{year}-12-31", "A"), float(value))
        for code, row in {"01": rows[4], "27": rows[6]}.items()
        for year, value in zip(years, row[1:], strict=True)
    ]
    return Exhibit(
        "129-yearbook-export.csv", csv(rows, ";"), figures, [("A4", "region_row"), ("A6", "name_unknown")]
    )


def _parts() -> Exhibit:
    rows = [
        ["KẾT QUẢ QUÝ I/2023"],
        ["Tỉnh", "Lĩnh vực", "Tổng số hồ sơ tiếp nhận"],
        ["Lào Cai", "Đất đai", 1000],
        ["Lào Cai", "Hộ tịch", 2000],
        ["Lào Cai", "Tổng số", 3000],
        ["Yên Bái", "Đất đai", 1500],
        ["Yên Bái", "Hộ tịch", 2500],
        ["Sơn La", "Hộ tịch", 2600],
    ]
    held = [(f"A{n}", "part_row") for n in (3, 4, 6, 7, 8)]
    return Exhibit("130-parts-by-words.xlsx", xlsx(rows), [fig("10", ALL, ("2023-03-31", "Q"), 3000)], held)


def _plans_across() -> Exhibit:
    rows = [
        ["KẾT QUẢ NĂM 2023"],
        ["Chỉ tiêu", "Lào Cai", None, "Yên Bái", None],
        [None, "KH", "TH", "KH", "TH"],
        ["Tổng số hồ sơ tiếp nhận", 1000, 1100, 2000, 2100],
        ["Tỷ lệ hồ sơ nộp trực tuyến (%)", 40, 41, 50, 51],
    ]
    year = ("2023-12-31", "A")
    figures: list[Figure] = [
        fig("10", ALL, year, 1100), fig("15", ALL, year, 2100), fig("10", SUB, year, 41), fig("15", SUB, year, 51),
    ]  # fmt: skip
    merge = ["A2:A3", "B2:C2", "D2:E2"]
    held = [("B2", "part_row"), ("D2", "part_row")]
    return Exhibit("131-plans-across.xlsx", xlsx(rows, merge=merge), figures, held)


def _quarters_across() -> Exhibit:
    rows = [
        ["KẾT QUẢ NĂM 2023"],
        ["Chỉ tiêu", "Lào Cai", None, "Yên Bái", None],
        [None, "Quý I", "Quý II", "Quý I", "Quý II"],
        ["Tổng số hồ sơ tiếp nhận", 1000, 1100, 2000, 2100],
        ["Tỷ lệ hồ sơ nộp trực tuyến (%)", 40, 41, 50, 51],
    ]
    ends = [("2023-03-31", "Q"), ("2023-06-30", "Q")]
    figures: list[Figure] = [
        fig(code, indicator, end, rows[row][1 + 2 * k + n])
        for k, code in enumerate(("10", "15"))
        for n, end in enumerate(ends)
        for row, indicator in ((3, ALL), (4, SUB))
    ]
    return Exhibit("132-quarters-across.xlsx", xlsx(rows, merge=["A2:A3", "B2:C2", "D2:E2"]), figures)
