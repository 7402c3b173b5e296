"""Units of the map of 34 with their former provinces in brackets, and what stands beside them."""

from pathlib import Path

import pytest
from gallery.exhibit import SUB_VI
from workbooks import xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.words.places import PLACE, read_place

NEW = {
    "Bắc Ninh (Bắc Giang, Bắc Ninh)": "24",
    "1. Lâm Đồng (gồm Đắk Nông, Bình Thuận và Lâm Đồng)": "68",
    "Gia Lai (Bình Định + Gia Lai)": "52",
    "TP. Hồ Chí Minh (TP. Hồ Chí Minh, Bình Dương, Bà Rịa - Vũng Tàu)": "79",
    "Bắc Ninh (Bắc Giang - Bắc Ninh)": "24",
    "Cà Mau (Bạc Liêu cũ)": "96",
}


@pytest.mark.parametrize("label", NEW)
def test_former_names_tell_the_new_unit(label: str) -> None:
    place = read_place(label)
    assert (place.kind, place.code_63, place.code_34) == (PLACE, "", NEW[label])


@pytest.mark.parametrize(
    "label", ["Bắc Ninh (cũ)", "Bắc Ninh (Hà Nội)", "Bắc Ninh (Bắc Ninh)", "TP. Vinh (Nghệ An)"]
)
def test_other_brackets_name_no_new_unit(label: str) -> None:
    assert read_place(label).kind != PLACE


def test_a_unit_in_brackets_puts_its_neighbours_on_the_new_map(tmp_path: Path) -> None:
    rows = [
        ["6 tháng đầu năm 2025"],
        ["Tỉnh", SUB_VI],
        ["Bắc Ninh (Bắc Giang, Bắc Ninh)", 41],
        ["Lâm Đồng", 31],
    ]
    (tmp_path / "a.xlsx").write_bytes(xlsx([*rows, ["Cao Bằng", 5], ["Cả nước", 33]]))
    cleaned = clean_file(tmp_path / "a.xlsx").cleaned
    assert set(cleaned.observations["province_code"]) == {"04", "VN"}
    assert list(cleaned.quarantine["rule"]) == ["name_not_on_map"] * 2


@pytest.mark.parametrize(("day", "code", "frame"), [("30/06/2025", "10", "63"), ("01/07/2025", "15", "34")])
def test_the_map_is_that_of_the_last_day(day: str, code: str, frame: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        xlsx([[f"Số liệu đến ngày {day}"], ["Tỉnh", SUB_VI], ["Lào Cai", 60.5], ["Sơn La", 4.5]])
    )
    read = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert read[["province_code", "province_frame"]].values.tolist() == [[code, frame], ["14", frame]]
