"""A row with a name of its own is data, whatever its figure is written in: no head, no note, and it loses no other."""

from pathlib import Path

import pytest
from gallery.exhibit import ALL, PRO, PRO_VI
from read_tables import Rows, figures, held, read

ALL_VI = "Tổng số hồ sơ tiếp nhận"
IN_WORDS = ["khoảng 64", "trên 45%", "12/35", "hơn 50 (ước)", "chưa rõ, 64"]


@pytest.mark.parametrize("words", IN_WORDS)
@pytest.mark.parametrize("label", ["Cả ba tỉnh", "Cụm số 1", "Cao Bằng"])
def test_a_first_row_in_words_is_no_second_head(words: str, label: str, tmp_path: Path) -> None:
    rows = [["Tỉnh", "Chỉ tiêu", "Kỳ", "Giá trị"], [label, ALL_VI, "2022", words]]
    outcome = read(tmp_path, [*rows, ["Cao Bằng", ALL_VI, "2022", "40"], ["Yên Bái", ALL_VI, "2022", "50"]])
    assert {("04", ALL, "2022-12-31", 40.0), ("15", ALL, "2022-12-31", 50.0)} <= set(figures(outcome))
    assert all(value in (40, 50, 64, 45) for *_, value in figures(outcome))
    assert any(cell.endswith("2") for cell in held(outcome)) or len(figures(outcome)) == 3


@pytest.mark.parametrize("words", IN_WORDS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_value_in_words_loses_no_row_of_a_report(words: str, place: int, tmp_path: Path) -> None:
    names = [ALL_VI, "Số hồ sơ trực tuyến", "Số DVCTT toàn trình"]
    cells: list[object] = [415, 382, 520]
    cells[place] = words
    rows: Rows = [["UBND TỈNH YÊN BÁI"], ["Quý III/2022"], ["STT", "Chỉ tiêu", "Kết quả"]]
    rows += [[n, name, cell] for n, (name, cell) in enumerate(zip(names, cells, strict=True), 1)]
    outcome = read(tmp_path, rows)
    others = {cell for cell in cells if isinstance(cell, int)}
    assert others <= {value for *_, value in figures(outcome)}
    assert len(figures(outcome)) + len(held(outcome)) == 3


@pytest.mark.parametrize(
    "note", [["Ghi chú: gồm 64", "2 hồ sơ"], ["(*) Số liệu ước"], ["Nguồn: báo cáo", "10"]]
)
def test_a_note_between_provinces_splits_no_table(note: list[str], tmp_path: Path) -> None:
    rows = [["Quý III/2022"], ["Tỉnh", f"{PRO_VI} (%)"], ["Cao Bằng", "40,5"], note, ["Yên Bái", "50,5"]]
    outcome = read(tmp_path, rows)
    assert [(code, value) for code, _, _, value in figures(outcome)] == [("04", 40.5), ("15", 50.5)]
    assert len(outcome.tables) == 1 and not outcome.problems
    assert note[0] in str(outcome.notices)


@pytest.mark.parametrize("label", ["Ha Tay", "Thái Nguyn", "Khối thi đua số 1"])
def test_an_unknown_label_holds_its_row_only(label: str, tmp_path: Path) -> None:
    rows = [
        ["Quý III/2022"],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Cao Bằng", "40,5"],
        [label, "45,5"],
        ["Yên Bái", "50,5"],
    ]
    outcome = read(tmp_path, rows)
    assert len(figures(outcome)) == 2 and held(outcome) == {"A4": "name_unknown"}
    assert not outcome.problems and label in str(outcome.notices[0]) and outcome.unclear[0].names == [label]


@pytest.mark.parametrize("cells", [["..", "…"], [64, 65], ["-", 65]])
@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_region_s_row_anywhere_is_told_of(cells: list[object], place: int, tmp_path: Path) -> None:
    heads = ["Địa phương", "Tổng số hồ sơ", "Số hồ sơ trực tuyến"]
    rows: Rows = [["Quý III/2022"], heads, ["Cao Bằng", 40, 4], ["Yên Bái", 50, 5]]
    rows.insert(place, ["Tây Bắc", *cells])
    outcome = read(tmp_path, rows)
    assert len(figures(outcome)) == 4 and held(outcome) == {f"A{place + 1}": "region_row"}


def test_two_full_rows_of_heads_are_both_heads(tmp_path: Path) -> None:
    rows: Rows = [["Tỉnh", "Quý I/2022", "Quý II/2022"], ["Tên tỉnh", f"{PRO_VI} (%)", f"{PRO_VI} (%)"]]
    outcome = read(tmp_path, [*rows, ["Cao Bằng", 40, 41], ["Yên Bái", 50, 51]])
    found = {(end, value) for _, _, end, value in figures(outcome)}
    assert found == {("2022-03-31", 40), ("2022-03-31", 50), ("2022-06-30", 41), ("2022-06-30", 51)}
    assert {code for _, code, _, _ in figures(outcome)} == {PRO}


@pytest.mark.parametrize("label", ["Vùng", "Các tỉnh còn lại", "Khu vực miền núi phía Bắc"])
@pytest.mark.parametrize("cell", [*IN_WORDS[:4], "…", ".."])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_below_a_head_is_data_by_what_it_holds(
    label: str, cell: str, place: int, tmp_path: Path
) -> None:
    rows: Rows = [["Cao Bằng", ALL_VI, "2022", "40"], ["Yên Bái", ALL_VI, "2022", "50"]]
    rows.insert(place, [label, ALL_VI, "2022", cell])
    outcome = read(tmp_path, [["Tỉnh", "Chỉ tiêu", "Kỳ", "Giá trị"], *rows])
    assert {(code, value) for code, _, _, value in figures(outcome)} == {("04", 40), ("15", 50)}
    assert f"A{place + 2}" in held(outcome)


def test_a_count_with_its_share_in_one_cell_is_told_of(tmp_path: Path) -> None:
    rows: Rows = [["Quý I/2024"], ["Tỉnh", ALL_VI, "Hồ sơ trực tuyến (tỷ lệ %)"]]
    outcome = read(tmp_path, [*rows, ["Cao Bằng", 40, "12 (30%)"], ["Yên Bái", 50, "8.312 (41,5%)"]])
    assert len(figures(outcome)) == 2 and held(outcome) == {"C3:C4": "column_unknown"}


@pytest.mark.parametrize(
    "text", ["Ghi chú: Quảng Ninh tính đến ngày 20/8/2022", "Hải Phòng báo cáo bổ sung sau"]
)
def test_a_remark_between_rows_dates_nothing_and_is_told_of(text: str, tmp_path: Path) -> None:
    rows: Rows = [["Quý III/2022"], ["Tỉnh", ALL_VI], ["Cao Bằng", 40], [text], ["Yên Bái", 50]]
    outcome = read(tmp_path, rows)
    assert [(code, end) for code, _, end, _ in figures(outcome)] == [
        ("04", "2022-09-30"),
        ("15", "2022-09-30"),
    ]
    assert text in str(outcome.notices[0])


@pytest.mark.parametrize("total", [True, False])
def test_months_may_be_numbered_down_a_province_s_report(total: bool, tmp_path: Path) -> None:
    rows: Rows = [["TỈNH BẾN TRE – HỒ SƠ NĂM 2024"], ["Tháng", ALL_VI, "Số hồ sơ trực tuyến"]]
    rows += [[n, 100 + n, 50 + n] for n in (1, 2, 3)]
    found = figures(read(tmp_path, [*rows, *([["Lũy kế 3 tháng", 306, 156]] if total else [])]))
    assert ("83", ALL, "2024-02-29", 102) in found and len(found) == (8 if total else 6)


@pytest.mark.parametrize("cells", [["..", "…"], ["khoảng 64", "trên 45"], ["hơn 60", ".."]])
@pytest.mark.parametrize("label", ["Vùng", "Các tỉnh còn lại"])
def test_a_row_of_marks_or_words_below_heads_is_data(label: str, cells: list[str], tmp_path: Path) -> None:
    rows: Rows = [["Quý III/2022"], ["Tỉnh", ALL_VI, "Số hồ sơ trực tuyến"], [label, *cells]]
    outcome = read(tmp_path, [*rows, ["Cao Bằng", 40, 4], ["Yên Bái", 50, 5]])
    assert len(figures(outcome)) == 4 and set(held(outcome)) == {"A3"}


def test_a_region_with_one_share_is_told_of(tmp_path: Path) -> None:
    rows: Rows = [["Quý III/2022"], ["Tỉnh", f"{PRO_VI} (%)"], ["Cao Bằng", 40.5], ["Tây Bắc", 55.6]]
    outcome = read(tmp_path, [*rows, ["Yên Bái", 50.5]])
    assert len(figures(outcome)) == 2 and held(outcome) == {"A4": "region_row"}
