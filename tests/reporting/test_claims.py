"""The claims check finds what arithmetic can find in the published figures, and says so with the rows."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.reference.provinces import by_code
from analysis.reporting import claims as claims_module
from analysis.reporting.claims import (
    AGREES,
    DIFFERS,
    MOST_SHOWN,
    UNTESTED,
    answer_claims,
    check_claims,
    table_of_claims,
)


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


def test_a_ratio_is_held_within_its_own_rounding(claims):
    """Twice may be anything from 1.5 to 2.5 times."""
    assert "27.1 to 45.2%" in _verdict(claims, "VN", "67.8%, ×").implied


def test_table_lists_what_fails_and_the_answer_counts_the_rest(claims):
    assert set(table_of_claims(claims)["verdict"]) == {DIFFERS}
    failing = sum(claim.verdict == DIFFERS for claim in claims)
    assert f"{len(claims)} claims: " in answer_claims(claims) and f"{failing} do not" in answer_claims(claims)
    assert len(table_of_claims(claims * 50)) == MOST_SHOWN
    assert f"the first {MOST_SHOWN} are shown" in answer_claims(claims * 50)


def _monthly(provinces: int, months: int) -> pd.DataFrame:
    """Return a share with both its counts, a province and month, from two publications."""
    codes = list(by_code())[:provinces]
    days = [str(day.date()) for day in pd.date_range("2021-01-31", periods=months, freq="ME")]
    figures = (("share_services_with_online_dossiers", 50.0, "percent"), ("n_services_total", 200.0, "count"),
               ("n_services_with_online_dossiers", 100.0, "count"))  # fmt: skip
    rows = [
        {"province_code": code, "province_frame": "63", "indicator": indicator, "period_end": day, "value": value,
         "unit": unit, "qualifier": "exact", "source_id": source}
        for source in ("a", "b") for code in codes for day in days for indicator, value, unit in figures
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(raw_location=[f"f.csv:{line}" for line in range(2, len(rows) + 2)])


def test_work_grows_with_the_figures_and_no_faster():
    def lines_run(observations: pd.DataFrame) -> int:
        count = 0

        def trace(frame, event, _):
            nonlocal count
            if frame.f_code.co_filename != claims_module.__file__:
                return None
            count += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            check_claims(observations)
        finally:
            sys.settrace(before)
        return count

    few, many = _monthly(8, 12), _monthly(32, 24)
    # Eight times the figures; sorting adds nothing that is counted here, a search in each row would give 64 times.
    assert len(many) == 8 * len(few) and lines_run(many) < 9 * lines_run(few)
