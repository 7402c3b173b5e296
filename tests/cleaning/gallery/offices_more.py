"""One province's own reports, the 34 after the merger, abbreviated heads, units in the cells, a machine's export."""

# Rows of tables read best on one line.

from __future__ import annotations

from workbooks import csv, xlsx

from gallery.exhibit import ALL, AUG, PRO, PRO_VI, SUB, SUB_VI, Exhibit, fig

Q3 = ("2022-09-30", "Q")
SEP25 = ("2025-09-30", "M")
DEC15 = ("2023-12-15", "X")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_own_report(), _own_months(), _merged_map(), _abbreviated(), _units(), _machine()]


def _own_report() -> Exhibit:
    rows = [
        ["UBND TỈNH YÊN BÁI", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["SỞ THÔNG TIN VÀ TRUYỀN THÔNG"],
        [],
        ["BÁO CÁO KẾT QUẢ DỊCH VỤ CÔNG TRỰC TUYẾN QUÝ III NĂM 2022"],
        ["STT", "Chỉ tiêu", "ĐVT", "Kế hoạch", "Thực hiện quý III", "So với kế hoạch (%)"],
        [1, "Tổng số hồ sơ tiếp nhận", "Hồ sơ", None, 45210, None],
        [2, PRO_VI, "%", 50, "46,5", "93,0"],
        [3, SUB_VI, "%", 55, "58,1", "105,6"],
        [],
        [None, None, None, None, "GIÁM ĐỐC"],
    ]
    return Exhibit(
        "70-one-province.xlsx",
        xlsx(rows, merge=["A4:F4"]),
        [fig("15", ALL, Q3, 45210), fig("15", PRO, Q3, 46.5), fig("15", SUB, Q3, 58.1)],
        [("D7:D8", "column_unknown"), ("F7:F8", "column_unknown")],
    )


def _own_months() -> Exhibit:
    rows = [
        [f"Theo dõi {SUB_VI.lower()} của tỉnh Thừa Thiên Huế năm 2022 (%)"],
        ["Tháng", "Kết quả", "Ghi chú"],
        ["Tháng 7", "41,2", None],
        ["Tháng 8", "43,8", "sau chiến dịch"],
        ["Tháng 9", "x", None],
    ]
    return Exhibit(
        "71-one-province-months.csv",
        csv(rows, ";"),
        [fig("46", SUB, ("2022-07-31", "M"), 41.2), fig("46", SUB, AUG, 43.8)],
        [("B5", "missing")],
    )


def _merged_map() -> Exhibit:
    rows = [
        ["Kết quả dịch vụ công trực tuyến tháng 9/2025 (34 tỉnh, thành phố)"],
        ["STT", "Tỉnh, thành phố", "Hợp nhất từ", PRO_VI, "Tổng số hồ sơ"],
        [1, "Thái Nguyên", "Bắc Kạn, Thái Nguyên", "71,2%", "120.450"],
        [2, "Lào Cai", "Yên Bái, Lào Cai", "65,0%", "98.300"],
        [3, "TP Hồ Chí Minh", "TP.HCM, Bình Dương, Bà Rịa - Vũng Tàu", "80,4%", "1.204.000"],
        [4, "Cao Bằng", "(giữ nguyên)", "55,1%", "40.012"],
        ["", "Tổng cộng 34 tỉnh, thành phố", "", "72,1%", "1.462.762"],
    ]
    values = {"19": (71.2, 120450), "15": (65, 98300), "79": (80.4, 1204000), "04": (55.1, 40012)}
    figures = [
        fig(code, indicator, SEP25, value, "34")
        for code, pair in values.items()
        for indicator, value in zip((PRO, ALL), pair, strict=True)
    ]
    return Exhibit("72-merged-from.xlsx", xlsx(rows), figures, [("B7", "total_row")])


def _abbreviated() -> Exhibit:
    rows = [
        [f"THEO DÕI {SUB_VI.upper()} NĂM 2023"],
        ["TT", "Tỉnh", "Tháng 1", "", "", "Tháng 2", "", ""],
        ["", "", "TN", "TT", "%", "TN", "TT", "%"],
        ["1", "Nghệ An", "10.500", "4.200", "40,0", "11.000", "5.500", "50,0"],
        ["2", "Hà Tĩnh", "5.200", "2.600", "50,0", "5.400", "2.700", "50,0"],
    ]
    january, february = ("2023-01-31", "M"), ("2023-02-28", "M")
    return Exhibit(
        "73-abbreviated.csv",
        csv(rows, ";"),
        [
            fig("40", SUB, january, 40),
            fig("42", SUB, january, 50),
            fig("40", SUB, february, 50),
            fig("42", SUB, february, 50),
        ],
        [(f"{column}4:{column}5", "column_unknown") for column in "CDFG"],
    )


def _units() -> Exhibit:
    rows = [
        ["Số liệu đến hết ngày 15/12/2023"],
        ["Địa phương", "Tổng số hồ sơ", SUB_VI, "Mục tiêu năm 2023"],
        ["Đồng Nai", "125.400 hồ sơ", "45,2 %", "70%"],
        ["Long An", "98.120 hồ sơ", "≈ 60%", "70%"],
        ["Bến Tre", "chưa tổng hợp", "52,5 % (tăng 3,1 điểm)", "60%"],
    ]
    return Exhibit(
        "74-units-in-cells.xlsx",
        xlsx(rows),
        [
            fig("75", ALL, DEC15, 125400),
            fig("80", ALL, DEC15, 98120),
            fig("75", SUB, DEC15, 45.2),
            fig("80", SUB, DEC15, 60),
        ],
        [("B5", "missing"), ("C5", "number_unreadable"), ("D3:D5", "column_unknown")],
    )


def _machine() -> Exhibit:
    rows = [
        ["ma_tinh", "ten_tinh", "ky_bc", "ma_chi_tieu", "gia_tri", "don_vi"],
        ["19", "Thái Nguyên", "202208", PRO, "45.5", "percent"],
        ["15", "Yên Bái", "202208", PRO, "40", "percent"],
        ["19", "Thái Nguyên", "202209", ALL, "12000", "count"],
    ]
    september = ("2022-09-30", "M")
    return Exhibit(
        "75-machine.csv",
        csv(rows),
        [fig("19", PRO, AUG, 45.5), fig("15", PRO, AUG, 40), fig("19", ALL, september, 12000)],
    )
