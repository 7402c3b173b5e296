"""Bounds from coefficients and their covariance: Benzarti & Carloni's, as HonestDiD 0.2.8 has them."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import rambachan_roth, rambachan_roth_from_moments, simulate_frame
from analysis.errors import AnalysisError
from analysis.estimation.checks.rambachan_roth import event_moments
from analysis.estimation.checks.relative_magnitudes import Moments
from analysis.estimation.checks.smoothness import smoothness_interval
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.simulate import Scenario

# Benzarti & Carloni (2019), AEJ: Economic Policy 11(1), restaurants' profits: event times -5 to -2 and 0 to 3, as
# Rambachan and Roth's R package HonestDiD ships them (BCdata_EventStudy); covariance in 1e-6.
BETAHAT = (0.00669635, 0.02934503, -0.00647297, 0.07301499, 0.19596112, 0.31206390, 0.23954155, 0.12604250)
SIGMA = (
    (842.8358, 476.8687, 261.8051, 235.4220, 167.6371, 112.8708, 19.92816, -136.8265),
    (476.8687, 642.5420, 398.7425, 243.5515, 220.1960, 180.4591, 38.43765, -29.60421),
    (261.8051, 398.7425, 522.9950, 211.7686, 184.0722, 145.8528, 70.05197, 59.52995),
    (235.4220, 243.5515, 211.7686, 308.9595, 119.7866, 133.4081, 101.6335, 107.9052),
    (167.6371, 220.1960, 184.0722, 119.7866, 359.9704, 247.8819, 174.9579, 165.4257),
    (112.8708, 180.4591, 145.8528, 133.4081, 247.8819, 426.3950, 217.1438, 289.2748),
    (19.92816, 38.43765, 70.05197, 101.6335, 174.9579, 217.1438, 488.6698, 380.5322),
    (-136.8265, -29.60421, 59.52995, 107.9052, 165.4257, 289.2748, 380.5322, 761.7394),
)
MOMENTS = (BETAHAT, 1e-6 * np.array(SIGMA))


def _rows(**words):
    found = rambachan_roth_from_moments(*MOMENTS, n_pre=4, **words)
    return [(row["conf_low"], row["conf_high"]) for row in found.checks[0].table]


def test_smoothness_as_printed():
    """Their critical value is simulated and their search coarse: held to 1e-3."""
    printed = {
        0: [(0.1314, 0.2162), (0.1550, 0.2704), (0.1773, 0.3160)],
        "average": [(0.1332, 0.2304), (0.1241, 0.3680), (0.1139, 0.4767)],
    }
    for target, ends in printed.items():
        found = _rows(restriction="smoothness", slope_changes=(0, 0.01, 0.02), target=target)
        assert np.array(found) == pytest.approx(np.array(ends), abs=1e-3)


def test_relative_magnitudes_as_printed():
    """Theirs is the conditional test on a grid of 1,000 points; ours the hybrid, which is close to it."""
    found = _rows(restriction="relative-magnitudes", magnitudes=(0.5, 1))
    assert np.array(found) == pytest.approx(np.array([(0.1181, 0.2716), (0.0672, 0.3187)]), abs=2e-3)
    found = _rows(restriction="relative-magnitudes", magnitudes=(0.5, 1), target="average")
    assert np.array(found) == pytest.approx(np.array([(0.0678, 0.3692), (-0.0697, 0.5066)]), abs=2e-3)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("n_pre", [1, 4, 6])
def test_smoothness_is_found_at_every_bound_and_grows(scale, n_pre):
    """13 of 51 bounds failed, 0.3 among them; the length can only grow with the bound."""
    weights = np.eye(8 - n_pre)[0]
    moments = Moments(scale * np.array(BETAHAT), scale**2 * MOMENTS[1], n_pre, weights)
    ends = (
        np.array([smoothness_interval(moments, scale * bound) for bound in np.linspace(0, 0.5, 51)]) / scale
    )
    lengths = np.diff(ends, axis=1).ravel()
    assert (np.diff(lengths) > 0).all()
    # A bound that large leaves nothing to learn from before: the shortest costs twice the bound and two errors.
    assert (
        lengths[-1]
        < 2 * 0.5 * (1 if n_pre > 1 else 1.01) + 4 * np.sqrt(MOMENTS[1][n_pre:, n_pre:][0, 0]) + 0.2
    )


def test_moments_of_a_panel_give_the_panels_intervals():
    frame = simulate_frame(Scenario(n_treated=14, n_periods=8, effect=1.0), 3)
    names = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
    whole = rambachan_roth(frame, **names, draws=2000, slope_changes=(0, 0.1))
    _, moments = event_moments(build_panel(frame, **names), 0)
    words = {"n_pre": moments.n_pre, "draws": 2000, "slope_changes": (0, 0.1)}
    alone = rambachan_roth_from_moments(moments.estimates, moments.covariance, **words)
    assert alone.checks == whole.checks
    assert alone.terms == whole.terms


@pytest.mark.parametrize(
    ("betahat", "sigma", "n_pre", "says"),
    [
        (BETAHAT[:7], SIGMA, 4, "sigma is 8 × 8"),
        (BETAHAT, SIGMA, 8, "both sides"),
        (BETAHAT, SIGMA, 0, "both sides"),
        (BETAHAT, np.ones((8, 8)), 4, "full rank"),
        (BETAHAT, np.triu(SIGMA), 4, "not symmetric"),
    ],
)
def test_moments_that_do_not_fit_are_refused(betahat, sigma, n_pre, says):
    with pytest.raises(AnalysisError, match=says):
        rambachan_roth_from_moments(betahat, sigma, n_pre=n_pre)
