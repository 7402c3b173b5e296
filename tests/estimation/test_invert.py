"""Intervals by inversion: an end is where the test turns, however far off; infinite only where it never does."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.estimation.inference.conformal import Conformal
from analysis.estimation.inference.permutation import invert


@pytest.mark.parametrize("reach", [0.1, 7.0, 63.0, 65.0, 900.0, 1e4])
def test_the_end_is_where_the_test_turns(reach):
    """Tests that keep everything within `reach` steps; the scan used to stop at 64 and say infinite."""
    low, high = invert(lambda tau: 1.0 if abs(tau - 2) <= reach * 0.5 else 0.01, 2.0, 0.5, 0.05)
    assert (low, high) == pytest.approx((2 - reach * 0.5, 2 + reach * 0.5), rel=1e-6)


def test_each_side_for_itself():
    low, high = invert(lambda tau: 0.5 if tau > -3 else 0.02, 0.0, 1.0, 0.05)
    assert low == pytest.approx(-3, rel=1e-6)
    assert high == np.inf


def test_a_p_that_comes_up_again_widens():
    assert invert(lambda tau: 1.0 if abs(tau) < 1 or 5 < tau < 6 else 0.0, 0.0, 1.0, 0.05)[
        1
    ] == pytest.approx(6, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("before", [1e-4, 1e-2, 1.0])
def test_conformal_ends_are_rejected_beyond_however_close_the_fit_before(before, scale):
    """A path followed to `before` and then noisy: steps are small against the interval, as they are for Kansas."""
    rng = np.random.default_rng(2)
    donors = rng.normal(size=(12, 40)).cumsum(axis=1)
    noise = np.where(np.arange(40) % 10 < 6, before, 1.0) * rng.normal(size=40)
    noise[36:] = 0.3, 0.4, 0.3, 0.4
    path = Conformal(scale * (donors[:3].mean(axis=0) + noise), scale * donors, 36)
    gaps = path.target[36:] - path.donors[:3].mean(axis=0)[36:]
    low, high = path.interval(0.9, float(gaps.mean()))
    width = high - low
    assert np.isfinite([low, high]).all()
    assert path.p_value(low + 1e-4 * width) > 0.1
    assert path.p_value(high - 1e-4 * width) > 0.1
    for beyond in (1e-4, 0.5, 10.0):
        assert path.p_value(low - beyond * width) <= 0.1
        assert path.p_value(high + beyond * width) <= 0.1
