"""The claims check finds what arithmetic can find in the published figures, and says so with the rows."""

from __future__ import annotations

import pytest

from analysis.cleaning import processed
from analysis.reporting.claims import AGREES, DIFFERS, UNTESTED, check_claims, table_of_claims


@pytest.fixture(scope="module")
def claims():
    return check_claims(processed.observations())


def _verdict(claims, province, printed):
    (found,) = [c for c in claims if c.province_code == province and c.claim.startswith(printed)]
    return found


def test_share_that_is_not_its_own_counts_is_found(claims):
    can_tho = _verdict(claims, "92", "63.4%")
    assert can_tho.verdict == DIFFERS and "62.26%" in can_tho.implied and len(can_tho.rows) == 3
    assert _verdict(claims, "20", "57.67%").verdict == DIFFERS


def test_share_that_is_its_own_counts_agrees(claims):
    assert _verdict(claims, "20", "19.26%").verdict == AGREES
    assert _verdict(claims, "04", "over 70%").verdict == AGREES


def test_times_a_year_earlier_without_a_figure_is_not_called_true(claims):
    claim = _verdict(claims, "VN", "51.49%, ×")
    assert claim.verdict == UNTESTED
    assert "31.2 to 33.2%" in claim.implied


def test_both_readings_of_a_monthly_change_are_shown(claims):
    claim = _verdict(claims, "VN", "51.49%, up 4.6%")
    assert "46.89%" in claim.implied and "49.23%" in claim.implied


def test_table_puts_what_fails_first(claims):
    verdicts = list(table_of_claims(claims)["verdict"])
    assert verdicts == sorted(verdicts, key=[DIFFERS, UNTESTED, AGREES].index)
