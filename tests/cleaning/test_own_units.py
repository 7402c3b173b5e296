"""Reports of one province by its own units: what is read as the province, and what is not known for one."""

from pathlib import Path

from workbooks import xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.recognise.province import is_signed


def _clean(tmp_path: Path, *rows: list[object], top: str = "UBND TỈNH BẠC LIÊU") -> FileOutcome:
    path = tmp_path / "bieu.xlsx"
    head = ["STT", "Đơn vị", "Tổng số hồ sơ tiếp nhận", "Hồ sơ trực tuyến"]
    path.write_bytes(xlsx([[top], ["KẾT QUẢ QUÝ I/2023"], head, *rows]))
    return clean_file(path)


def test_a_district_called_like_another_province_is_asked_for(tmp_path: Path) -> None:
    outcome = _clean(
        tmp_path, [1, "Huyện Vĩnh Lợi", 150, 60], [2, "Thị xã Giá Rai", 90, 60], [3, "Hòa Bình", 150, 30]
    )
    assert outcome.cleaned.observations.empty
    assert "Hòa Bình" in str(outcome.notices[0])


def test_the_sum_of_one_level_is_not_the_province(tmp_path: Path) -> None:
    outcome = _clean(tmp_path, [1, "Sở Tư pháp", 150, 60], [2, "Sở Y tế", 90, 60], [None, "Cộng", 240, 120])
    assert outcome.cleaned.observations.empty and not outcome.problems


def test_where_a_report_was_signed_is_not_whose_it_is(tmp_path: Path) -> None:
    assert is_signed("Hà Nội, ngày 09 tháng 10 năm 2023") and not is_signed(
        "UBND TỈNH HÀ NAM, ngày 09/10/2023"
    )
    path = tmp_path / "ca nuoc.xlsx"
    rows = [
        ["VĂN PHÒNG CHÍNH PHỦ"],
        ["Hà Nội, ngày 09 tháng 10 năm 2023"],
        ["Tháng", "Tổng số hồ sơ tiếp nhận"],
    ]
    path.write_bytes(xlsx([*rows, ["Tháng 1/2023", 1000], ["Tháng 2/2023", 1100]]))
    assert clean_file(path).cleaned.observations.empty


def test_a_town_called_like_its_province_is_asked_for(tmp_path: Path) -> None:
    rows = ([1, "Bạc Liêu", 150, 60], [2, "Huyện Phước Long", 90, 60], [3, "Huyện Đông Hải", 150, 30])
    outcome = _clean(tmp_path, *rows)
    assert outcome.cleaned.observations.empty
    assert "may be the province" in " ".join(outcome.cleaned.quarantine["reason"])
    whole = _clean(tmp_path, *rows, [None, "Toàn tỉnh", 390, 150], [None, "Cả nước", 9000, 4000])
    read = whole.cleaned.observations
    assert sorted(zip(read["province_code"], read["value"], strict=True)) == [
        ("95", 150), ("95", 390), ("VN", 4000), ("VN", 9000),
    ]  # fmt: skip
