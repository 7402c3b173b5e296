"""Which targets count as decisions that bind agencies: by addressee, number and who says so."""

from __future__ import annotations

import unicodedata

import pytest

from analysis.reference.scopes import BINDING, HEARSAY, WHOLE_AREA, whom_it_binds


@pytest.mark.parametrize(
    "scope",
    [
        "Các sở", "CÁC SỞ, BAN, NGÀNH", "UBND huyện", "Các sở và UBND huyện", "các huyện trên toàn tỉnh", "cac so",
        "Sở Tư pháp", "UBND cấp xã", "các cơ quan, đơn vị toàn tỉnh", "agencies and localities", "all departments",
        "", "  ", "theo phụ lục", "khối tỉnh",
    ],
)  # fmt: skip
def test_a_decision_with_a_number_counts_unless_it_says_otherwise(scope: str) -> None:
    for text in (scope, unicodedata.normalize("NFD", scope)):
        assert whom_it_binds(text, "33/QĐ-UBND", "press") == BINDING


@pytest.mark.parametrize(
    "scope", ["toàn tỉnh", "Toàn thành phố", "toàn quốc", "hồ sơ toàn tỉnh", "whole province"]
)
def test_a_wish_for_a_whole_area_binds_nobody_whoever_states_it(scope: str) -> None:
    assert {whom_it_binds(scope, "33/QĐ-UBND", who) for who in ("press", "official", "user")} == {WHOLE_AREA}


@pytest.mark.parametrize(
    ("document", "stated_by", "expected"),
    [
        ("", "press", HEARSAY),
        ("", "", HEARSAY),
        ("", "official", BINDING),
        ("", "user", BINDING),
        ("5/KH-UBND", "", BINDING),
    ],
)
def test_without_addressee_the_number_or_the_authority_decides(
    document: str, stated_by: str, expected: str
) -> None:
    assert whom_it_binds("", document, stated_by) == expected
