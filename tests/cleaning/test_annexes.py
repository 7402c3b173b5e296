"""Shapes that annexes and exports of offices have, each of which a reader once left out or took for another figure."""

from pathlib import Path
from typing import Any

import pytest
from read_tables import Rows, figures, held, read

from analysis.reference.provinces import provinces

SERVICES, SUBMITTED = "share_services_with_online_dossiers", "share_dossiers_submitted_online"
ALL_63 = [province.name_vi for province in provinces()]


def test_the_sum_of_the_provinces_beside_ministries_is_not_the_nations(tmp_path: Path) -> None:
    rows: Rows = [["Tháng 3/2023"], ["STT", "Tên cơ quan", "Tổng số hồ sơ tiếp nhận"]]
    rows += [["A", "Bộ, ngành", 30], [1, "Bộ Y tế", 10], [2, "Bộ Tư pháp", 20], ["B", "Địa phương", 630]]
    rows += [[n, name, 10] for n, name in enumerate(ALL_63, start=1)]
    rows += [[None, "Tổng cộng (A+B)", 660]]
    outcome = read(tmp_path, rows, "a.xlsx")
    assert {code for code, *_ in figures(outcome)} == {province.code for province in provinces()}
    assert held(outcome)["B6"] == "total_row"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Biểu", "Số sơ bộ quý IV - NHÁP, KHÔNG SỬ DỤNG"),
        ("nhap (khong dung)", "Quý IV/2023"),
        ("khong su dung", "Quý IV/2023"),
    ],
)
def test_a_sheet_that_says_not_to_be_used_is_not(name: str, title: str, tmp_path: Path) -> None:
    rows: Rows = [[title], ["Tỉnh", "Tỷ lệ nộp trực tuyến (%)"], ["Long An", 60.2], ["Bến Tre", 61.1]]
    outcome = read(tmp_path, rows, "so-lieu-2023.xlsx", title=name)
    assert figures(outcome) == [] and set(held(outcome).values()) == {"sheet_disused"}


def test_a_sheet_of_dossiers_behind_time_is_used(tmp_path: Path) -> None:
    rows: Rows = [["Quý IV/2023"], ["Tỉnh", "Tỷ lệ nộp trực tuyến (%)"], ["Long An", 60.2], ["Bến Tre", 61.1]]
    assert len(figures(read(tmp_path, rows, "a.xlsx", title="khong dung han"))) == 2


@pytest.mark.parametrize(
    "group", ["DVCTT phát sinh hồ sơ trực tuyến", "Dịch vụ công trực tuyến có phát sinh hồ sơ"]
)
def test_the_headline_share_is_known_below_the_name_of_its_count(group: str, tmp_path: Path) -> None:
    rows: Rows = [
        ["Tháng 3/2023"],
        ["STT", "Tên cơ quan", "Số lượng DVCTT", None, group, None],
        [None, None, "Toàn trình", "Tổng", "Số lượng", "Tỷ lệ (%)"],
        [1, "UBND tỉnh Hậu Giang", 233, 905, 326, "36,02"],
        [2, "UBND tỉnh Cà Mau", 793, 1178, 826, "70,12"],
    ]
    outcome = read(tmp_path, rows, "a.xlsx", merge=["A2:A3", "B2:B3", "C2:D2", "E2:F2"])
    shares = [(code, value) for code, indicator, _, value in figures(outcome) if indicator == SERVICES]
    assert shares == [("93", 36.02), ("96", 70.12)]


def test_fractions_are_the_share_that_counts_below_an_upper_head_bear_out(tmp_path: Path) -> None:
    rows: Rows = [
        ["Quý I/2024"],
        ["Stt", "Tỉnh", "Dịch vụ công trực tuyến (DVCTT)", None, None],
        [None, None, "Tổng số DVCTT cung cấp", "DVCTT có phát sinh hồ sơ trực tuyến", None],
        [None, None, None, "Số lượng", "Tỷ lệ"],
        [1, "Hà Giang", 1445, 1117, 0.773],
        [2, "Cao Bằng", 1217, 710, 0.5834],
        [3, "Bắc Kạn", 1077, 871, 0.8087],
    ]
    merge = ["A2:A4", "B2:B4", "C2:E2", "C3:C4", "D3:E3"]
    found = figures(read(tmp_path, rows, "a.xlsx", merge=merge))
    assert [value for _, indicator, _, value in found if indicator == SERVICES] == [77.3, 58.34, 80.87]
    assert len(found) == 9


def test_indicators_merged_over_their_quarters_head_provinces_across(tmp_path: Path) -> None:
    names = (
        "Tỷ lệ dịch vụ công có phát sinh hồ sơ trực tuyến (%)",
        "Tỷ lệ hồ sơ nộp trực tuyến trên tổng số hồ sơ (%)",
    )
    rows: Rows = [
        ["VĂN PHÒNG UBND TỈNH SƠN LA"],
        ["So sánh kết quả của Sơn La với một số tỉnh, năm 2023"],
        ["Chỉ tiêu", "Kỳ", "Tỉnh", None, "Cả nước"],
        [None, None, "Sơn La", "Lai Châu", None],
        [names[0], "Quý I/2023", 37.53, 52.96, 37],
        [None, "Quý II/2023", 40.67, 56.2, 40.62],
        [names[1], "Quý I/2023", 35.31, 46.87, 46.51],
        [None, "Quý II/2023", 36.02, 49.1, 48.44],
    ]
    merge = ["A3:A4", "B3:B4", "C3:D3", "E3:E4", "A5:A6", "A7:A8"]
    found = figures(read(tmp_path, rows, "a.xlsx", merge=merge))
    assert len(found) == 12 and ("14", SUBMITTED, "2023-06-30", 36.02) in found
    assert ("VN", SERVICES, "2023-03-31", 37) in found


def test_the_sum_of_the_levels_of_a_form_is_the_provinces_though_a_field_has_no_figure(
    tmp_path: Path,
) -> None:
    none: list[Any] = ["chưa có số liệu"] * 4
    rows: Rows = [
        ["Đơn vị báo cáo: UBND tỉnh Yên Bái"],
        ["Kỳ báo cáo: Quý III/Năm 2024"],
        ["STT", "Lĩnh vực giải quyết", "Số lượng hồ sơ tiếp nhận", None, None, None],
        [None, None, "Tổng số", "Trong kỳ", None, "Từ kỳ trước"],
        [None, None, None, "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", None],
        ["A", "Cấp tỉnh", 60, 30, 20, 10],
        [1, "Đất đai", 40, 20, 15, 5],
        [2, "Hộ tịch", 20, 10, 5, 5],
        ["B", "Cấp xã", 33, 20, 10, 3],
        [1, "Chứng thực", 33, 20, 10, 3],
        [2, "Nuôi con nuôi", *none],
        [None, "Tổng cộng (A+B)", 93, 50, 30, 13],
    ]
    merge = ["A3:A5", "B3:B5", "C3:F3", "C4:C5", "D4:E4", "F4:F5"]
    found = figures(read(tmp_path, rows, "a.xlsx", merge=merge))
    assert found == [
        ("15", "n_dossiers_online", "2024-09-30", 50),
        ("15", "n_dossiers_total", "2024-09-30", 80),
    ]


def test_rows_that_name_their_periods_are_told_of_where_no_indicator_is_known(tmp_path: Path) -> None:
    rows: Rows = [["Tỉnh", "Kỳ báo cáo", "Số chữ ký số"]]
    rows += [[name, period, 5] for name in ("Hà Nội", "Sơn La") for period in ("Quý I/2023", "Quý II/2023")]
    (problem,) = read(tmp_path, rows).problems
    assert "recognised 2 provinces" in str(problem) and "a period in each row" in str(problem)


def test_old_and_new_provinces_side_by_side_are_read_with_a_layout_of_eight_lines(tmp_path: Path) -> None:
    heads = ["Tổng hồ sơ", "Nộp trực tuyến", "Tỷ lệ nộp trực tuyến"]
    rows: Rows = [
        ["So sánh trước và sau sắp xếp"],
        [
            "TT",
            "Tỉnh sau sắp xếp",
            "Tỉnh trước sắp xếp",
            "Quý II/2025",
            None,
            None,
            "Quý III/2025",
            None,
            None,
        ],
        [None, None, None, *heads, *heads],
        [1, "Tuyên Quang", "Hà Giang", 200, 100, "50%", 500, 300, "60%"],
        [None, None, "Tuyên Quang", 300, 90, "30%", None, None, None],
        [2, "Cao Bằng", "Cao Bằng", 100, 40, "40%", 120, 60, "50%"],
        ["Số liệu quý II theo 63 tỉnh, thành phố; quý III theo 34 tỉnh, thành phố."],
    ]
    columns = (
        '{{column = "{}", indicator = "n_dossiers_total"}}, {{column = "{}", indicator = "n_dossiers_online"}}, '
        '{{column = "{}", indicator = "share_dossiers_submitted_online"}}'
    )
    layout = "".join(
        f'[[tables]]\nfirst_row = 4\nname_column = "{name}"\ncolumns = [{columns.format(*letters)}]\n'
        for name, letters in (("C", "DEF"), ("B", "GHI"))
    )
    merge = ["D2:F2", "G2:I2", "A4:A5", "B4:B5", "G4:G5", "H4:H5", "I4:I5"]
    asked = read(tmp_path, rows, "a.xlsx", merge=merge)
    assert figures(asked) == [] and asked.refused
    found = figures(read(tmp_path, rows, "a.xlsx", layout, merge=merge))
    assert len(found) == 15 and len(layout.splitlines()) == 8
    assert {("02", "n_dossiers_total", "2025-06-30", 200), ("08", "n_dossiers_total", "2025-09-30", 500)} <= {
        *found
    }
