"""Five made after the readers of `offices` worked: a yearbook, an export, a ranking, a cluster of provinces, form 06a."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from workbooks import csv, ods, xlsx

from gallery.exhibit import ALL, ONL, PRO, PRO_VI, SUB, SUB_VI, Exhibit, Figure, fig

OCT = ("2022-10-31", "M")
SPAN = ("2022-09-30", "X")
QUARTER = ("2022-09-14", "X")


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    return [_yearbook(), _export(), _ranking(), _cluster(), _form()]


def _yearbook() -> Exhibit:
    rows = [
        ["412", "Số hồ sơ trực tuyến phân theo địa phương"],
        [None, "Number of online dossiers by province"],
        [None, None, None, None, "ĐVT: 1.000 hồ sơ - Unit: Thous. dossiers"],
        [None, None, "2020", "2021", "Sơ bộ\nPrel. 2022"],
        [None, "CẢ NƯỚC - WHOLE COUNTRY", 812.4, 1250.9, 2310.5],
        [None, "Đồng bằng sông Hồng - Red River Delta", 500.2, 800.3, 1500.1],
        [None, "Hà Nội", 300.1, 500.2, 900.4],
        [None, "Bắc Ninh", 200.1, 300.1, 599.7],
        [None, "Tây Nguyên - Central Highlands", 312.2, 450.6, 810.4],
        [None, "Kon Tum", "-", 150.3, 300.2],
        [None, "Lâm Đồng", "...", 300.3, 510.2],
    ]
    values = {"VN": rows[4], "01": rows[6], "27": rows[7], "62": rows[9], "68": rows[10]}
    figures: list[Figure] = [
        fig(code, ONL, (f"{year}-12-31", "A"), round(value * 1000, 6))
        for code, row in values.items()
        for year, value in zip((2020, 2021, 2022), row[2:], strict=True)
        if isinstance(value, float)
    ]
    held = [("C10", "missing"), ("C11", "missing"), ("B6", "region_row"), ("B9", "region_row")]
    # The country of 2020 is more than the two provinces whose figures are known.
    return Exhibit("65-yearbook.xlsx", xlsx(rows, title="412"), figures, held, disagreements=1)


def _export() -> Exhibit:
    rows = [
        ["Hệ thống: Cổng Dịch vụ công"],
        ["Ngày kết xuất: 05/11/2022 08:31:22"],
        ["Từ ngày: 01/10/2022", "Đến ngày: 31/10/2022"],
        [],
        ["STT", "Tỉnh/Thành phố", "Tổng số hồ sơ", "Hồ sơ trực tuyến", "Tỷ lệ HSTT (%)"],
        ["1", "19 - Tỉnh Thái Nguyên", "34,521", "10,356", "30.0"],
        ["2", "15 - Tỉnh Yên Bái", "12,010", "3,002", "25.0"],
        ["3", "01 - Thành phố Hà Nội", "1,204,330", "602,165", "50.0"],
        ["", "Tổng", "1,250,861", "615,523", "49.21"],
    ]
    counts = {"19": (34521, 10356, 30), "15": (12010, 3002, 25), "01": (1204330, 602165, 50)}
    return Exhibit(
        "66-portal-export.csv",
        b"\xef\xbb\xbf" + csv(rows, ";"),
        [
            fig(code, ind, OCT, n)
            for code, row in counts.items()
            for ind, n in zip((ALL, ONL, SUB), row, strict=True)
        ],
        [("B9", "total_row")],
    )


def _ranking() -> Exhibit:
    rows = [
        ["XẾP HẠNG CÁC ĐỊA PHƯƠNG VỀ TỶ LỆ HỒ SƠ NỘP TRỰC TUYẾN"],
        ["(Từ 01/01/2022 đến 30/9/2022)"],
        ["Hạng", "Địa phương", "Kết quả (%)", "Tăng/giảm hạng so với cùng kỳ", "Đánh giá"],
        ["Nhóm 3 địa phương cao nhất"],
        [1, "Đà Nẵng", "85,61", "▲ 2", "Tốt"],
        [2, "TP. Cần Thơ", "84,30", "▼ 1", "Tốt"],
        [3, "Thừa Thiên - Huế", "79,97", "–", "Khá"],
        ["Nhóm 2 địa phương thấp nhất"],
        [62, "Cà Mau", "11,02", "▼ 5", "Yếu"],
        [63, "Kiên Giang", "9,87", "▼ 1", "Yếu"],
    ]
    values = {"48": 85.61, "92": 84.3, "46": 79.97, "96": 11.02, "91": 9.87}
    merge = ["A1:E1", "A2:E2", "A4:E4", "A8:E8"]
    figures = [fig(code, SUB, SPAN, value) for code, value in values.items()]
    return Exhibit("67-ranking.xlsx", xlsx(rows, merge=merge, title="Quý 3"), figures)


def _cluster() -> Exhibit:
    rows = [
        [f"Theo dõi {PRO_VI.lower()} (%) - cụm thi đua miền núi phía Bắc"],
        [],
        ["Tháng", "Hà Giang", "Cao Bằng", "Bắc Kạn", "Bình quân cụm"],
        ["Năm 2021"],
        ["Tháng 11", 10.5, 12.1, "13,4", 12.0],
        ["Tháng 12", 11.5, 12.6, "14,0", 12.7],
        ["Năm 2022"],
        ["Tháng 01", 15.2, "16,1", 17.3, 16.2],
        ["Tháng 02", 16.4, "KPS", 18.1, 17.25],
    ]
    months = [("2021-11-30", "M"), ("2021-12-31", "M"), ("2022-01-31", "M"), ("2022-02-28", "M")]
    values = {"02": (10.5, 11.5, 15.2, 16.4), "04": (12.1, 12.6, 16.1, None), "06": (13.4, 14, 17.3, 18.1)}
    figures = [
        fig(code, PRO, month, value)
        for code, row in values.items()
        for month, value in zip(months, row, strict=True)
        if value is not None
    ]
    return Exhibit("68-cluster.ods", ods(rows), figures, [("C9", "missing"), ("E3", "average_row")])


def _form() -> Exhibit:
    rows = [
        [
            "Biểu số II.06a/VPCP/KSTT",
            None,
            "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC",
            None,
            None,
            None,
            "Đơn vị báo cáo: Bộ A",
        ],
        ["Kỳ báo cáo: Quý III/2022\n(Từ ngày 15/6/2022 đến ngày 14/9/2022)"],
        ["Đơn vị tính: Hồ sơ TTHC"],
        ["STT", "Địa phương", "Số hồ sơ tiếp nhận", None, None, None, f"{SUB_VI} (%)"],
        [None, None, "Tổng số", "Trong kỳ", None, "Từ kỳ trước", None],
        [None, None, None, "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", None, None],
        ["(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7)=(4)/(3)"],
        ["A", "TỔNG SỐ", 1500, 600, 800, 100, "40,0"],
        [1, "Quảng Ninh", 1000, 500, 450, 50, "50,0"],
        [2, "Hải Dương", 500, 100, 350, 50, "20,0"],
    ]
    return Exhibit(
        "69-form-06a.xlsx",
        xlsx(rows, merge=["A4:A6", "B4:B6", "C4:F4", "C5:C6", "D5:E5", "F5:F6", "G4:G6"]),
        [
            fig("22", SUB, QUARTER, 50), fig("30", SUB, QUARTER, 20), fig("22", ONL, QUARTER, 500), fig("30", ONL, QUARTER, 100),
            # Received in the period is online and direct; the total holds what was carried over “Từ kỳ trước”.
            fig("22", ALL, QUARTER, 950), fig("30", ALL, QUARTER, 450),
        ],
        [("C9:C10", "column_unknown"), ("F9:F10", "column_unknown"), ("B8", "total_row")],
        # A share of all dossiers, those carried over among them, is none of what was received.
        disagreements=2,
    )  # fmt: skip
