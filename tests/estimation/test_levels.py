"""No threshold hangs on the level or the unit of the outcome: incomes in dong are judged as shares are."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import (
    callaway_santanna,
    did,
    event_study,
    imputation,
    its,
    lagged_outcome,
    rambachan_roth,
    simulate_frame,
    synthetic_control,
    synthetic_did,
    two_dates,
)
from analysis.estimation.errors import NotEstimable
from analysis.estimation.panel.simulate import Scenario

WORDS = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
MANY = Scenario(n_units=30, n_periods=16, n_treated=8, first_start=8, effect=1.0)
ONE = Scenario(n_units=24, n_periods=16, n_treated=1, first_start=8, effect=1.0)
METHODS = {
    "did": (did, MANY),
    "did of one": (did, ONE),
    "event-study": (event_study, MANY),
    "callaway-santanna": (callaway_santanna, MANY),
    "imputation": (imputation, MANY),
    "lagged-outcome": (lagged_outcome, MANY),
    "rambachan-roth": (rambachan_roth, MANY),
    "synthetic-did": (synthetic_did, MANY),
    "synthetic-control": (synthetic_control, ONE),
    "before-after": (two_dates, ONE),
    "its": (its, ONE),
}


@pytest.mark.parametrize(("level", "factor"), [(1e9, 1.0), (-1e9, 1.0), (0.0, 1e-9), (0.0, 1e9), (1e12, 1e3)])
@pytest.mark.parametrize("name", METHODS)
def test_level_and_unit_change_nothing(name, level, factor):
    """At a level of a billion doubles still hold seven digits of a change of one."""
    method, scenario = METHODS[name]
    frame = simulate_frame(scenario, 4)
    words = {**WORDS, "draws": 199 if name != "rambachan-roth" else 1000}
    plain = method(frame, **words)
    moved = method(frame.assign(outcome=level + factor * frame["outcome"]), **words)
    assert moved.estimate / factor == pytest.approx(plain.estimate, abs=2e-5)
    assert moved.p_value == pytest.approx(plain.p_value, abs=1e-3)
    ends = [
        None if found.conf_low is None else found.conf_low / unit
        for found, unit in ((plain, 1.0), (moved, factor))
    ]
    assert ends[1] == (None if ends[0] is None else pytest.approx(ends[0], abs=1e-3))


@pytest.mark.parametrize("level", [0.0, 1e9])
@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_an_exact_fit_is_refused_at_any_level(level, factor):
    frame = simulate_frame(MANY, 4)
    exact = frame["unit"] % 5 + 0.1 * frame["period"] + (frame["treated_from"] > 0) * (frame["period"] >= 9)
    with pytest.raises(NotEstimable, match="exactly"):
        did(frame.assign(outcome=level * factor + factor * exact), **WORDS, draws=99)
    assert np.isfinite(did(frame, **WORDS, draws=99).p_value)
