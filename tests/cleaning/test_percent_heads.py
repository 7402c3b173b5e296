"""A per cent sign says what “tỷ lệ” does; what it is a share of must be told."""

import pytest

from analysis.cleaning.words.indicator_names import with_shares_named
from analysis.reference.indicators import by_code, find_indicator

DOSSIERS = "Tỷ lệ hồ sơ xử lý trực tuyến (%)"


@pytest.mark.parametrize("head", ["% hồ sơ trực tuyến", "Hồ sơ trực tuyến (%)", "Số HSTT/Tổng số hồ sơ (%)"])
def test_a_share_of_dossiers_is_named(head: str) -> None:
    assert with_shares_named([head]) == [DOSSIERS]


@pytest.mark.parametrize(
    "path",
    [
        ["Hồ sơ trực tuyến"],
        ["Tỷ lệ tiếp nhận", "hồ sơ trực tuyến (%)"],
        ["TL TT (%)"],  # TT is online, full process, payment or information
        ["Kết quả trực tuyến (%)"],  # does not say of what
        ["Số hồ sơ trực tuyến/Tổng số DVCTT (%)"],
    ],
)
def test_what_does_not_say_its_share_stays_as_it_is(path: list[str]) -> None:
    assert with_shares_named(path) == path


@pytest.mark.parametrize(
    ("name", "code", "unit"),
    [
        ("DTI", "dti", "score"),
        ("Chỉ số chuyển đổi số cấp tỉnh", "dti", "score"),
        ("Chỉ số chính quyền số", "dti_digital_government", "score"),
        ("Điểm an toàn thông tin mạng", "dti_information_security", "score"),
        ("Chỉ số cải cách hành chính", "par_index", "percent"),
        ("SIPAS", "sipas", "percent"),
        ("ICT Index", "ict_index", "score"),
        ("Chỉ số PCI", "pci", "score"),
        ("Dân số", "population", "count"),
        ("TL HS TT", "share_dossiers_processed_online", "percent"),
        ("Kết quả xử lý trực tuyến", "share_dossiers_processed_online", "percent"),
        ("Tỷ lệ HS nộp online", "share_dossiers_submitted_online", "percent"),
        ("Tỷ lệ hồ sơ trực tuyến trên tổng số hồ sơ", "share_dossiers_processed_online", "percent"),
    ],
)
def test_indices_and_population_are_known_by_their_usual_names(name: str, code: str, unit: str) -> None:
    from analysis.cleaning.words.indicator_names import indicator_of_cell

    found = indicator_of_cell(name)
    assert found is not None and (found.code, found.unit) == (code, unit)
    assert find_indicator(code) is by_code()[code]
