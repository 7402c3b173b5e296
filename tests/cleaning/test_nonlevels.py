"""Heads of figures that are no level: changes, ranks, plans, averages."""

import pytest

from analysis.cleaning.words.no_level import not_a_level
from analysis.reference.indicators import indicators


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Tăng/giảm", "change"),
        ("Tháng 12/2022 tăng/giảm so với cùng kỳ (điểm %)", "change"),
        ("Chênh lệch so với quý trước", "change"),
        ("+/-", "change"),
        ("▲▼", "change"),
        ("Xếp hạng cả nước", "rank"),
        ("Kế hoạch năm 2023", "target"),
        ("KH 2024", "target"),
        ("KH giao", "target"),
        ("Chỉ tiêu giao", "target"),
        ("Bình quân 7 tháng", "average"),
        ("Tháng 12/2022 gấp bao nhiêu lần cùng kỳ năm trước", ""),
        ("Số TTHC cắt giảm", ""),
        ("Số khách hàng", ""),
    ],
)
def test_reasons(head: str, reason: str) -> None:
    assert not_a_level([head]) == reason


def test_no_level_of_the_codebook_is_taken_for_another() -> None:
    taken = [line.code for line in indicators() if not_a_level([line.name_vi, line.name_en, *line.synonyms])]
    assert all("change" in code or "fee_cut" in code for code in taken)
