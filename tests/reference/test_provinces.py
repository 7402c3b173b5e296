"""Province names: every spelling of one province meets, no two provinces do."""

import unicodedata

import pytest

from analysis.reference.provinces import UnknownProvince, find_province, fold, provinces, successors


def test_there_are_63_provinces_and_34_successors() -> None:
    assert len(provinces()) == 63
    assert len(successors()) == 34


def test_no_two_provinces_fold_to_the_same_text() -> None:
    assert len({fold(province.name_vi) for province in provinces()}) == 63


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_province_is_found_in_every_normal_form(form: str) -> None:
    for province in provinces():
        for text in (
            province.name_vi,
            province.name_vi.upper(),
            province.name_en,
            "Tỉnh " + province.name_vi,
        ):
            assert find_province(unicodedata.normalize(form, text)).code == province.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TP HCM", "79"),
        ("Tp. Hồ Chí Minh", "79"),
        ("TPHCM", "79"),
        ("Sài Gòn", "79"),
        ("UBND tỉnh Hoà Bình", "17"),
        ("TT-Huế", "46"),
        ("BR-VT", "77"),
        ("Ðắk Lắk", "66"),
        ("Đăk Nông", "67"),
        ("Bắc Cạn", "06"),
        ("Kontum", "62"),
        ("VN-69", "19"),
        ("19", "19"),
    ],
)
def test_aliases(text: str, code: str) -> None:
    assert find_province(text).code == code


@pytest.mark.parametrize("text", ["Vùng Đông Bắc", "Bình Dinhh", "Thai Nguyn", ""])
def test_what_is_no_province_is_never_matched(text: str) -> None:
    with pytest.raises(UnknownProvince):
        find_province(text)
