"""A count is never off by a thousand: its unit is that of its row, its head or the title, whoever is nearest."""

from pathlib import Path

import pytest
from workbooks import xlsx

from analysis.cleaning.figures.units import read_unit
from analysis.cleaning.files import FileOutcome, clean_file

ALL_VI = "Tổng số hồ sơ"


def cleaned(folder: Path, rows: list[list[object]]) -> FileOutcome:
    (folder / "a.xlsx").write_bytes(xlsx(rows, title="B1"))
    return clean_file(folder / "a.xlsx")


def values(outcome: FileOutcome) -> list[float]:
    found: list[float] = outcome.cleaned.observations["value"].tolist()
    return found


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("Số hồ sơ quý I/2022 (ĐVT: nghìn hồ sơ)", 1000),
        ("Số hồ sơ quý I/2022 (nghìn hồ sơ)", 1000),
        ("Số hồ sơ, nghìn hồ sơ, quý I/2022", 1000),
        ("Đơn vị tính: 1.000 hồ sơ", 1000),
        ("Đơn vị: triệu lượt", 1_000_000),
        ("ĐVT: hồ sơ", 1),
        ("Tổng số hồ sơ (hồ sơ)", 1),
        ("Hơn 2 triệu hồ sơ nộp trực tuyến", 0),
        ("Hàng nghìn hồ sơ trễ hạn", 0),
        ("Kế hoạch xử lý 1000 hồ sơ", 0),
        ("Đơn vị tính: triệu đồng", 1_000_000),
        ("(tỷ đồng)", 1_000_000_000),
        ("Tỷ lệ hồ sơ", 0),
        ("Tên đơn vị", 0),
        ("Ngân hàng, kho bạc", 0),
    ],
)
def test_unit_that_a_text_names(text: str, factor: int) -> None:
    assert read_unit(text).factor == factor


@pytest.mark.parametrize(
    "title",
    [
        "Quý I/2022 (ĐVT: nghìn hồ sơ)",
        "Kết quả quý I/2022, đơn vị tính: nghìn hồ sơ",
        "Quý I/2022 (nghìn hồ sơ)",
    ],
)
def test_a_unit_inside_a_title_holds_for_the_counts_below_it(title: str, tmp_path: Path) -> None:
    rows = [[title], ["Tỉnh", ALL_VI], ["Thái Nguyên", "412,5"], ["Yên Bái", 98]]
    outcome = cleaned(tmp_path, rows)
    assert values(outcome) == [412_500, 98_000]
    assert set(outcome.cleaned.observations["note"]) == {"printed in units of 1,000"}


def test_a_head_overrides_the_title(tmp_path: Path) -> None:
    head = ["Tỉnh", f"{ALL_VI} (hồ sơ)"]
    rows = [["Quý I/2022 (ĐVT: nghìn hồ sơ)"], head, ["Thái Nguyên", 412], ["Yên Bái", 98]]
    assert values(cleaned(tmp_path, rows)) == [412, 98]


def test_a_unit_of_dossiers_is_none_of_services(tmp_path: Path) -> None:
    head = ["Tỉnh", "Số DVCTT toàn trình"]
    rows = [["Quý I/2022 (ĐVT: nghìn hồ sơ)"], head, ["Thái Nguyên", 412], ["Yên Bái", 98]]
    assert values(cleaned(tmp_path, rows)) == [412, 98]


def test_a_unit_said_once_holds_for_the_next_table_of_the_sheet(tmp_path: Path) -> None:
    table = [["Tỉnh", ALL_VI], ["Thái Nguyên", 412], ["Yên Bái", 98]]
    rows = [["ĐVT: nghìn hồ sơ"], ["Quý I/2022"], *table, [], ["Quý II/2022"], *table]
    assert values(cleaned(tmp_path, rows)) == [412_000, 98_000] * 2


def test_each_row_may_name_its_own_unit(tmp_path: Path) -> None:
    rows = [
        ["Tỉnh", "Chỉ tiêu", "ĐVT", "Kỳ", "Giá trị"],
        ["Thái Nguyên", ALL_VI, "Nghìn hồ sơ", "Quý I/2022", "412,5"],
        ["Yên Bái", ALL_VI, "Hồ sơ", "Quý I/2022", "98"],
        ["Lào Cai", f"{ALL_VI} (nghìn hồ sơ)", "", "Quý I/2022", "7,5"],
    ]
    observations = cleaned(tmp_path, rows).cleaned.observations.sort_values("province_code")
    assert observations["value"].tolist() == [7500, 98, 412_500]


def test_a_unit_may_stand_in_a_cell_of_its_own_beside_provinces_across(tmp_path: Path) -> None:
    rows = [["Chỉ tiêu", "ĐVT", "Hà Nội", "Huế"], [f"{ALL_VI} năm 2022", "nghìn hồ sơ", 12.5, 10]]
    assert values(cleaned(tmp_path, rows)) == [12_500, 10_000]


def test_a_total_in_thousands_is_compared_in_thousands(tmp_path: Path) -> None:
    rows = [
        ["Quý I/2022"],
        ["Tỉnh", "ĐVT", ALL_VI],
        ["Thái Nguyên", "nghìn hồ sơ", "412,54"],
        ["Yên Bái", "nghìn hồ sơ", "98,23"],
        ["Tổng cộng", "nghìn hồ sơ", "510,8"],
    ]
    (check,) = cleaned(tmp_path, rows).checks
    assert check.agrees and check.printed == 510_800
