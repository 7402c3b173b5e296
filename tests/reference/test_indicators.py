"""The codebook holds together: codes, names, units, breaks."""

import datetime as dt
import unicodedata

import pytest

from analysis.reference.indicators import UnknownIndicator, by_code, find_indicator, indicators, names


def test_codes_are_unique_and_ascii() -> None:
    codes = [line.code for line in indicators()]
    assert len(codes) == len(set(codes)) >= 119
    assert all(code.isascii() for code in codes)


def test_names_are_given_in_both_languages_and_nfc() -> None:
    for line in indicators():
        assert line.name_vi and line.name_en
        assert unicodedata.is_normalized("NFC", line.name_vi)


def test_no_spelling_means_two_indicators() -> None:
    from analysis.reference.spelling import fold_text

    owners: dict[str, set[str]] = {}
    for line in indicators():
        for name in (line.code, line.name_vi, line.name_en, *line.synonyms):
            owners.setdefault(fold_text(name), set()).add(line.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}
    assert len(names()) == len(owners)


def test_decree_42_breaks_the_series_by_level() -> None:
    assert dt.date(2022, 8, 15) in by_code()["share_services_level4"].breaks
    assert by_code()["papi_d83_e_responsiveness"].breaks == (dt.date(2020, 1, 1),)
    assert by_code()["papi_d81_portal_access"].flags == (dt.date(2023, 1, 1),)


@pytest.mark.parametrize(
    "name",
    [
        "Tỷ lệ DVCTT phát sinh hồ sơ",
        "TỶ LỆ DVCTT PHÁT SINH HỒ SƠ",
        unicodedata.normalize("NFD", "Tỷ lệ dịch vụ công trực tuyến phát sinh hồ sơ trực tuyến"),
        "share_services_with_online_dossiers",
    ],
)
def test_an_indicator_is_found_by_any_spelling(name: str) -> None:
    assert find_indicator(name).code == "share_services_with_online_dossiers"


def test_an_unknown_indicator_names_the_nearest() -> None:
    with pytest.raises(UnknownIndicator, match="share_dossiers_processed_online"):
        find_indicator("share_dossier_processed_onlin")
