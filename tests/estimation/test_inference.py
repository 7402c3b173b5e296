"""Tests and their intervals: draws equal refits, limits lie where rejection stops, the seed decides alone."""

from __future__ import annotations

import numpy as np
import pytest
from long_way import ASK, COLUMNS, cells, fit_of, refit

from analysis import did
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.inference.permutation import permute, studentised_p


@pytest.mark.parametrize("covariates", [(), ("x",)])
@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("scheduled", [False, True])
def test_permutations_are_refits(covariates, weights, scheduled):
    """Every draw's coefficient and t statistic equals a regression with the paths really moved."""
    frame = cells(scheduled=scheduled)
    fit = fit_of(frame, covariates, weights)
    assignments = draw_assignments(fit.panel, 40, np.random.default_rng(1), 0.95)
    draws = permute(fit, assignments, studentised=True)
    starts = np.append(fit.panel.starts, 99)
    for k in (0, 7, 39):
        moved = frame.assign(d=(frame.t >= starts[assignments.paths[k]][frame.i]).astype(int))
        coefficient, error = refit(moved, covariates, weights)
        assert draws.outcome[k] == pytest.approx(coefficient, rel=1e-8)
        assert np.sqrt(draws.variance[0][k]) == pytest.approx(error, rel=1e-8)
        tau = 0.7
        shifted = moved.assign(y=moved.y - tau * frame.d)
        coefficient, error = refit(shifted, covariates, weights)
        constant, linear, square = draws.variance[:, k]
        assert draws.outcome[k] - tau * draws.treatment[k] == pytest.approx(coefficient, rel=1e-8)
        assert np.sqrt(constant - 2 * tau * linear + tau**2 * square) == pytest.approx(error, rel=1e-8)


def test_interval_is_where_the_test_stops_rejecting():
    """Just inside each limit the effect is not rejected at 5 percent, just outside it is."""
    for name in ("permutation", "studentised-permutation", "wild"):
        frame = cells(n_units=30, n_treated=6, seed=3)
        found = did(frame, inference=name, draws=499, **COLUMNS)
        for limit, inward in ((found.conf_low, 1), (found.conf_high, -1)):
            for step, kept in ((inward, True), (-inward, False)):
                tau = limit + step * 1e-4
                shifted = frame.assign(y=frame.y - tau * frame.d)
                # The shifted outcome keeps seed and draws, so the same assignments are judged.
                assert (did(shifted, inference=name, draws=499, **COLUMNS).p_value > 0.05) is kept


def test_same_seed_same_answer_whatever_else_is_asked():
    """The studentised p-value does not depend on which inferences stand beside it."""
    frame = cells(n_units=30, n_treated=8)
    alone = did(frame, inference="studentised-permutation", draws=199, **COLUMNS)
    beside = did(frame, draws=199, **COLUMNS)
    assert alone.p_value == beside.p_values["studentised-permutation"]
    fit = fit_of(frame)
    moved = permute(
        fit, draw_assignments(fit.panel, 199, ASK.generator("permutation"), 0.95), studentised=True
    )
    assert 0 < studentised_p(moved, fit) <= 1
