"""Names of the codebook as offices abbreviate them."""

import pytest

from analysis.cleaning.words.indicator_names import indicator_of_cell, indicator_of_heads, name_inside
from analysis.reference.abbreviations import fold_name, spell_out
from analysis.reference.indicators import names, spelt_names


def test_no_two_indicators_become_one() -> None:
    meanings: dict[str, set[str]] = {}
    for name, code in names().items():
        meanings.setdefault(spell_out(name), set()).add(code)
    assert not {name: codes for name, codes in meanings.items() if len(codes) > 1}
    assert all(spelt_names()[spell_out(name)] == code for name, code in names().items())


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("Tổng HS tiếp nhận", "n_dossiers_total"),
        ("SL HSTT", "n_dossiers_online"),
        ("Số lượng hồ sơ trực tuyến toàn trình", "n_dossiers_full_process_online"),
        ("TL HS nộp trực tuyến", "share_dossiers_submitted_online"),
        ("Tỉ lệ DVCTT có phát sinh HSTT", "share_services_with_online_dossiers"),
        ("Số DVC trực tuyến có phát sinh HS", "n_services_with_online_dossiers"),
        ("Số DVCTT MĐ4", "n_services_level4"),
        ("DVCTT phát sinh hồ sơ", "share_services_with_online_dossiers"),
        ("DVCTT có phát sinh hồ sơ trực tuyến", "n_services_with_online_dossiers"),
        ("HS TT", ""),
        ("Tỷ lệ HS TT", "share_dossiers_processed_online"),
    ],
)
def test_heads_are_written_out(head: str, code: str) -> None:
    found = indicator_of_cell(head)
    assert (found.code if found else "") == code


def test_a_number_of_services_is_none_of_dossiers() -> None:
    assert name_inside("Hồ sơ dịch vụ công trực tuyến toàn trình") is None
    assert "hoso dich vu cong" in fold_name("HS DVC")


def test_a_share_below_the_name_of_a_count_is_no_count() -> None:
    assert indicator_of_heads(["Số thủ tục hành chính", "Tỷ lệ"]) is None
    share = indicator_of_heads(["Hồ sơ trực tuyến", "Tỷ lệ"])
    assert share is not None and share.code == "share_dossiers_processed_online"
