"""Units treated throughout, and panels with periods absent: kept or left out where right, and always said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import (
    bacon,
    callaway_santanna,
    did,
    event_study,
    imputation,
    its,
    rambachan_roth,
    regress_with_dummies,
    regression_table,
    simulate_frame,
    synthetic_did,
)
from analysis.estimation.errors import NoPrePeriod, UnevenPeriods
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.simulate import Scenario

NAMES = {"unit": "u", "time": "t", "outcome": "y", "treated_from": "g"}
SIMULATED = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}


# States by the first year of no-fault divorce (Stevenson & Wolfers 2006), Alaska and Hawaii left out; 1964 is "before".
REFORMS = {
    0: 5, 1964: 8, 1969: 2, 1970: 2, 1971: 7, 1972: 3, 1973: 10, 1974: 3, 1975: 2, 1976: 1, 1977: 3, 1980: 1, 1984: 1,
    1985: 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def divorce() -> pd.DataFrame:
    """Forty-nine states over 1964-1996 with the true years of reform, and a made-up outcome."""
    starts = [year for year, count in REFORMS.items() for _ in range(count)]
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"u": np.repeat(range(49), 33), "t": np.tile(range(1964, 1997), 49)})
    frame["g"] = np.array(starts)[frame["u"]]
    return frame.assign(y=rng.normal(size=len(frame)) + 0.1 * frame["u"])


def test_goodman_bacons_weights_of_no_fault_divorce(divorce):
    """Goodman-Bacon (2021), figure 6: 0.11 earlier-later, 0.26 later-earlier, 0.24 never, 0.38 always treated."""
    found = bacon(divorce, **NAMES)
    assert {kind: round(weight, 3) for kind, weight in found.weights.items()} == {
        "earlier against later treated": 0.111,
        "later against earlier treated": 0.265,
        "treated against never treated": 0.240,
        "later against always treated": 0.384,
    }
    assert found.checks[0].passed is False
    assert found.estimate == pytest.approx(
        did(divorce, **NAMES, allow_staggered=True, draws=99).estimate, abs=1e-10
    )


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_two_way_keeps_units_treated_throughout(divorce, missing):
    """As a regression on all dummies does; left out, the coefficient is another."""
    seen = divorce[np.random.default_rng(1).random(len(divorce)) >= missing]
    found = did(seen, **NAMES, allow_staggered=True, draws=99)
    switched = seen.assign(d=((seen["g"] > 0) & (seen["t"] >= seen["g"])).astype(float))
    expected = regress_with_dummies(switched, outcome="y", regressors=["d"], unit="u", time="t").params["d"]
    assert found.estimate == pytest.approx(expected, abs=1e-9)
    assert regression_table(seen, **NAMES, draws=99).frame()["estimate"][0] == pytest.approx(
        expected, abs=1e-9
    )
    without = did(seen[seen["g"] != 1964], **NAMES, allow_staggered=True, draws=99)
    assert abs(without.estimate - expected) > 1e-3


@pytest.mark.parametrize("method", [callaway_santanna, event_study, imputation])
def test_others_leave_them_out_and_name_them(divorce, method):
    found = method(divorce, **NAMES, draws=99)
    plain = method(divorce[divorce["g"] != 1964], **NAMES, draws=99)
    assert (found.estimate, found.p_value) == (plain.estimate, plain.p_value)
    assert any("treated from their first figure on" in note for note in found.notes)
    assert found.n_treated == sum(REFORMS.values()) - REFORMS[0] - REFORMS[1964]


@pytest.mark.parametrize("method", [did, callaway_santanna, event_study, imputation, synthetic_did])
def test_one_start_with_some_treated_throughout(method):
    frame = simulate_frame(Scenario(n_units=30, n_periods=8, n_treated=4, first_start=4), 1)
    always = frame.assign(treated_from=np.where(frame["unit"] > 28, 1, frame["treated_from"]))
    found = method(always, **SIMULATED, draws=99)
    assert found.estimate == pytest.approx(method(frame[frame["unit"] <= 28], **SIMULATED, draws=99).estimate)
    assert any("29, 30" in note for note in found.notes)


def test_a_panel_of_none_but_such_units_is_refused():
    frame = simulate_frame(Scenario(n_units=30, n_periods=8, n_treated=4, first_start=4), 1)
    with pytest.raises(NoPrePeriod):
        did(frame.assign(treated_from=np.where(frame["treated_from"] > 0, 1, 0)), **SIMULATED)


def _periods(kind: str, count: int) -> list[str]:
    months = pd.period_range("2021-11", periods=count, freq="M")
    written = {
        "first of the month": [f"{m}-01" for m in months],
        "end of the month": [str(m.end_time.date()) for m in months],
        "month": [str(m) for m in months],
        "quarter": [str(q) for q in pd.period_range("2020Q4", periods=count, freq="Q")],
        "week": [str(d.date()) for d in pd.date_range("2022-01-03", periods=count, freq="7D")],
        "year": [str(2000 + k) for k in range(count)],
        "every second year": [str(2000 + 2 * k) for k in range(count)],
    }
    return written[kind]


KINDS = ("first of the month", "end of the month", "month", "quarter", "week", "year", "every second year")


def _dated(kind: str, n_treated: int = 8) -> pd.DataFrame:
    frame = simulate_frame(Scenario(n_units=30, n_periods=20, n_treated=n_treated, first_start=10), 1)
    labels = np.array([*_periods(kind, 20), ""])
    return frame.assign(
        period=labels[frame["period"] - 1], treated_from=labels[np.where(frame["treated_from"] > 0, 10, 20)]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_period_is_said_and_bounds_are_refused(kind):
    """Dates gave no note, and bounds from one period to the next went over two."""
    whole = _dated(kind)
    assert not build_panel(whole, **SIMULATED).notes
    gone = _periods(kind, 20)[4]
    gappy = whole[whole["period"] != gone]
    (note,) = build_panel(gappy, **SIMULATED).notes
    assert note.startswith("The panel has no rows from " + (gone[:7] if "month" in kind else gone))
    assert any("no rows from" in note for note in did(gappy, **SIMULATED, draws=99).notes)
    for method, words in ((rambachan_roth, {}), (its, {}), (imputation, {"trends": "unit"})):
        with pytest.raises(
            UnevenPeriods, match=f"between {_periods(kind, 20)[3]} and {_periods(kind, 20)[5]}"
        ):
            method(gappy, **SIMULATED, **words)
    after = whole[whole["period"] > _periods(kind, 20)[4]]
    assert rambachan_roth(after, **SIMULATED, draws=500).checks[0].passed is not None
