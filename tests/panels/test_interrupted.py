"""A published series is interrupted only when it is long enough; what it lacks is said in numbers.

The long series here are simulated: no province has published one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.errors import TooShort, Unbalanced
from analysis.estimation.results import from_json, to_json
from analysis.panels.interrupted import NoInterruption, interrupted_series
from analysis.panels.published_results import InterruptedSeries
from simulated_series import INDICATOR, bent, simulated

START, BREAK = "2022-08-10", "2022-08-15"


def _found(rows, **words) -> InterruptedSeries:
    return interrupted_series(rows, province="19", indicator=INDICATOR, **{"start": START, **words})


def test_long_series_finds_the_bend_it_was_simulated_with():
    found = _found(simulated(bent()))
    estimate = found.estimate
    assert estimate.inference == "reml" and estimate.unit == "percentage points"
    assert estimate.conf_low < 6.0 < estimate.conf_high and estimate.conf_low > 0
    assert found.start == "2022-08" and found.periods.index("2022-08") == 10 and not found.compared
    gap = np.array(found.fitted) - np.array(found.carried_on)
    assert gap[:10] == pytest.approx(np.zeros(10), abs=1e-9)
    # The estimate is the mean gap between the two lines after the start: equal but for rounding in the last digits.
    assert gap[10:].mean() == pytest.approx(estimate.estimate, rel=1e-9)
    assert from_json(InterruptedSeries, to_json(found)) == found


def test_nation_of_the_same_months_is_taken_off():
    own, nation = bent(), bent(jump=6.0, noise=0.2)
    found = _found(pd.concat([simulated(own), simulated(nation, province="VN")]))
    assert found.compared and found.observed == pytest.approx(tuple(own - nation))
    assert found.estimate.conf_low < 0 < found.estimate.conf_high, "the same jump everywhere is no bend"
    short = pd.concat([simulated(own), simulated(nation[:-1], province="VN")])
    assert not _found(short).compared, "a nation without every period is not compared"


def test_a_series_reaches_across_a_step_that_is_named():
    """Five points lost to a new definition in December are no part of the bend, nor of the earlier line's gap."""
    own = bent()
    broken = np.array(own) - 5.0 * (np.arange(len(own)) >= 14)
    found = _found(simulated(broken), steps=["2022-12-15"])
    plain = _found(simulated(own), steps=["2022-12-15"])
    assert found.estimate.estimate == pytest.approx(plain.estimate.estimate, rel=1e-9)
    gap = np.array(found.fitted) - np.array(found.carried_on)
    assert gap[10:].mean() == pytest.approx(found.estimate.estimate, rel=1e-9)
    outside = _found(simulated(own), steps=["2030-01-01"])
    assert outside.estimate == _found(simulated(own)).estimate


@pytest.mark.parametrize(
    ("rows", "words", "said"),
    [
        (simulated(bent(7, 9), first="2022-01"), {}, "monthly figures there are 7 before it and 9 from then on"),
        (simulated(bent(8, 7), first="2021-12"), {}, "there are 8 before it and 7 from then on"),
        (simulated(bent(2, 1), frequency="Q", first="2022Q1"), {}, "quarterly figures there are 2 before it and 1"),
        (simulated(bent()), {"breaks": [BREAK]}, "it changed on 2022-08-15) there are 10 before it and 0 from then on"),
        (simulated(bent(), qualifier="at_least"), {}, "figures of regular periods there are 0 before it and 0"),
        (simulated(bent(), province="24"), {}, "there are 0 before it and 0 from then on"),
    ],
    ids=["before", "after", "quarters", "break", "bounds", "none"],
)  # fmt: skip
def test_short_series_says_what_it_lacks(rows, words, said):
    with pytest.raises(TooShort, match="8 periods are needed on either side of 2022-08-10") as refused:
        _found(rows, **words)
    assert said in str(refused.value)


def test_break_before_the_series_does_no_harm():
    assert _found(simulated(bent()), breaks=["2020-01-01"]).periods[0] == "2021-10"


def test_gap_and_missing_day_are_refused():
    rows = simulated(bent(11, 9), first="2021-09")
    with pytest.raises(Unbalanced, match="2021-12"):
        _found(rows[rows["period_end"] != "2021-12-31"])
    with pytest.raises(NoInterruption, match="no day"):
        _found(rows, start="")


def test_frequency_with_more_on_its_shorter_side_is_chosen():
    quarters = simulated(bent(9, 9), frequency="Q", first="2020Q2").assign(raw_location="simulated.csv:99")
    found = _found(pd.concat([simulated(bent(8, 8), first="2021-12"), quarters]))
    assert found.start == "2022Q3" and len(found.periods) == 18
