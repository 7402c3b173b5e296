"""What must not change an estimate, on panels drawn at random: levels, units of measure, order, other names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import did, event_study, lagged_outcome

WORDS = {"unit": "u", "time": "t", "outcome": "y", "treated_from": "g", "draws": 99}
METHODS = {"did": did, "event-study": event_study, "lagged-outcome": lagged_outcome}


@st.composite
def panels(draw):
    """Draw a panel of one start, with cells missing from controls."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n_units, n_periods = draw(st.integers(8, 24)), draw(st.integers(3, 7))
    treated, start = draw(st.integers(2, n_units // 2)), draw(st.integers(1, n_periods - 1))
    frame = pd.MultiIndex.from_product([range(n_units), range(n_periods)], names=["i", "t"]).to_frame(
        index=False
    )
    frame = frame.assign(u=frame.i.map("{:02d}".format), g=np.where(frame.i < treated, 2000 + start, 0))
    frame["t"] = frame["t"] + 2000
    frame["y"] = rng.normal(size=len(frame))
    return frame[(frame.i < treated + 3) | (rng.random(len(frame)) > 0.15)].reset_index(drop=True)


@pytest.mark.parametrize("name", sorted(METHODS))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(panel=panels(), factor=st.sampled_from([0.01, 3.0, 1e4]), shift=st.floats(-50, 50))
def test_levels_and_units_of_measure_do_not_matter(name, panel, factor, shift):
    """Period effects shift nothing; a factor scales estimate and interval; the p-value stays."""
    method = METHODS[name]
    one = method(panel, **WORDS)
    moved = panel.assign(y=factor * (panel.y + shift * (panel.t - 2000)))
    two = method(moved.sample(frac=1, random_state=1), **WORDS)
    # Sums of doubles of size factor * shift * periods, in another order.
    room = 1e-9 * factor * (1 + abs(shift) * 7)
    assert two.estimate == pytest.approx(factor * one.estimate, rel=1e-7, abs=room)
    assert two.p_value == pytest.approx(one.p_value, abs=1e-9)
    if one.conf_low is not None:
        # The studentised interval is found by bisection to 1e-7 of a standard error.
        assert two.conf_low == pytest.approx(factor * one.conf_low, rel=1e-5, abs=room + 1e-5 * factor)


@settings(max_examples=15, deadline=None)
@given(panel=panels(), effect=st.floats(-5, 5))
def test_an_added_effect_is_found_and_moves_the_interval_along(panel, effect):
    """Adding a constant to the treated cells adds it to the estimate and to both limits."""
    one = did(panel, inference="permutation", **WORDS)
    treated = (panel.g > 0) & (panel.t >= panel.g)
    two = did(panel.assign(y=panel.y + effect * treated), inference="permutation", **WORDS)
    assert two.estimate - one.estimate == pytest.approx(effect, abs=1e-9)
    for limit in ("conf_low", "conf_high"):
        if getattr(one, limit) is not None:
            assert getattr(two, limit) - getattr(one, limit) == pytest.approx(effect, abs=1e-7)
