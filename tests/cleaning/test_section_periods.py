"""What a layout says of a column's period holds where the heading of a section contradicts it."""

import time
from pathlib import Path
from typing import Any

from gallery import section_rows
from workbooks import xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.layout_file import read_layout

EXHIBITS = {exhibit.file[:3]: exhibit for exhibit in section_rows.exhibits()}


def test_a_stated_period_holds_against_a_section(tmp_path: Path) -> None:
    path = tmp_path / EXHIBITS["132"].file
    path.write_bytes(EXHIBITS["132"].content)
    outcome = clean_file(path)
    assert "section" in outcome.cleaned.quarantine["reason"][0]
    layout = '[[tables]]\n[[tables.columns]]\ncolumn = "C"\nhead = "Quý II/2024"\nperiod = "Quý II/2024"\n'
    (tmp_path / "layout.toml").write_text(layout, encoding="utf-8")
    rows = clean_file(path, layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    chosen = rows[rows["indicator"].eq("n_dossiers_total") & rows["period_end"].eq("2024-06-30")]
    assert chosen["value"].tolist() == [48760]


def test_a_stated_period_joins_a_day_within_it(tmp_path: Path) -> None:
    path = tmp_path / EXHIBITS["130"].file
    path.write_bytes(EXHIBITS["130"].content)
    layout = '[[tables]]\n[[tables.columns]]\ncolumn = "F"\nhead = "9 tháng năm 2024"\nperiod = "9 tháng năm 2024"\n'
    (tmp_path / "layout.toml").write_text(layout, encoding="utf-8")
    rows = clean_file(path, layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    chosen = rows[rows["indicator"].eq(section_rows.FULL) & rows["value"].eq(884)]
    assert chosen["period_start"].tolist() == chosen["period_end"].tolist() == ["2024-09-30"]


def test_a_period_stated_for_the_table_holds_where_sections_leave_it_open(tmp_path: Path) -> None:
    path = tmp_path / "Kon Tum.csv"
    path.write_text(
        "UBND TỈNH KON TUM,,\nSỐ LIỆU QUÝ III NĂM 2024,,\nNội dung,Đơn vị tính,Quý III/2024\n"
        "Cung cấp dịch vụ (đến hết ngày 30/9),,\nSố DVCTT toàn trình,dịch vụ,812\n"
        "Tiếp nhận hồ sơ,,\nTổng số hồ sơ tiếp nhận,hồ sơ,31004\n",
        encoding="utf-8",
    )
    held = clean_file(path)
    assert held.cleaned.quarantine["value"].tolist() == ["31004"]
    assert held.cleaned.observations["period_start"].tolist() == ["2024-09-30"]
    (tmp_path / "layout.toml").write_text('[[tables]]\nperiod = "Quý III/2024"\n', encoding="utf-8")
    rows = clean_file(path, layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    assert dict(zip(rows["value"], rows["period_start"], strict=True)) == {
        812: "2024-09-30",
        31004: "2024-07-01",
    }


def test_the_day_of_a_rule_in_a_heading_is_not_that_of_the_figures(tmp_path: Path) -> None:
    path = tmp_path / "Đắk Nông.csv"
    path.write_text(
        "UBND TỈNH ĐẮK NÔNG,,\nBÁO CÁO QUÝ II NĂM 2024,,\nSTT,Chỉ tiêu,Kết quả\n"
        "I,Theo Nghị quyết 17/NQ-CP ngày 07/3/2019,\n1,Tỷ lệ hồ sơ nộp trực tuyến (%),61.5\n"
        "II,Kế hoạch chuyển đổi số năm 2023,\n2,Tỷ lệ thanh toán trực tuyến (%),41.5\n",
        encoding="utf-8",
    )
    rows = clean_file(path).cleaned.observations
    assert rows["value"].tolist() == [61.5, 41.5]
    assert set(rows["period_start"]) == {"2024-04-01"} and set(rows["period_end"]) == {"2024-06-30"}


def test_a_hostile_heading_and_footnote_take_no_time(tmp_path: Path) -> None:
    long = "kèm theo quyết định số " * 1500
    path = tmp_path / "Đắk Nông.csv"
    path.write_text(
        "UBND TỈNH ĐẮK NÔNG,,\nBÁO CÁO QUÝ II NĂM 2024,,\nSTT,Chỉ tiêu,Kết quả\n"
        f"I,{long},\n1,Tỷ lệ hồ sơ nộp trực tuyến (%),61.5\nII,{long},\n2,Tỷ lệ thanh toán trực tuyến (%),41.5\n"
        f",,\nSố liệu {long},,\n",
        encoding="utf-8",
    )
    begun = time.process_time()
    assert len(clean_file(path).cleaned.observations) == 2
    assert time.process_time() - begun < 4


def test_sections_date_rows_where_provinces_stand_in_columns(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["SỐ LIỆU PHỤC VỤ TỔNG KẾT CỤM NĂM 2024"],
        ["TT", "Nội dung", "ĐVT", "Bình Phước", "Tây Ninh"],
        ["A. Cung cấp dịch vụ công trực tuyến (tính đến ngày 31/12/2024)"],
        [1, "Tổng số DVCTT", "DVC", 1364, 1211],
        ["B. Tiếp nhận hồ sơ trong năm 2024"],
        [1, "Tổng số hồ sơ tiếp nhận", "Hồ sơ", 1147, 1364],
        ["C. Tiếp nhận hồ sơ năm 2023 (để so sánh)"],
        [1, "Tổng số hồ sơ tiếp nhận", "Hồ sơ", 1095, 1378],
        ["D. Các nội dung khác theo Kế hoạch năm 2022"],
        [1, "Số hồ sơ nộp trực tuyến", "Hồ sơ", 640, 673],
    ]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    found = clean_file(tmp_path / "a.xlsx").cleaned.observations
    dates = found[["indicator", "period_start", "period_end"]].drop_duplicates().values.tolist()
    assert dates == [
        ["n_services_total", "2024-12-31", "2024-12-31"],
        ["n_dossiers_total", "2024-01-01", "2024-12-31"],
        ["n_dossiers_total", "2023-01-01", "2023-12-31"],
        ["n_dossiers_online", "2024-01-01", "2024-12-31"],
    ]
