"""Donor weights: optimal by the first-order conditions, equal to a generic solver, one Gram matrix for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from analysis.estimation.simplex import nearest_in_hull, placebo_weights, simplex_weights


def objective(donors: np.ndarray, target: np.ndarray, weights: np.ndarray, ridge: float) -> float:
    return float(((donors @ weights - target) ** 2).sum() + ridge * (weights**2).sum())


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 30),
    donors=st.integers(1, 40),
    ridge=st.sampled_from([0.0, 0.1, 10.0]),
)
def test_weights_meet_the_first_order_conditions(seed: int, rows: int, donors: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    series, target = rng.normal(size=(rows, donors)), rng.normal(size=rows)
    weights = simplex_weights(series, target, ridge)
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1)
    slopes = series.T @ (series @ weights - target) + ridge * weights
    # No donor would lower the objective more than those in use do; the vanishing ridge allows 1e-6.
    assert (slopes >= weights @ slopes - 1e-6 * (1 + np.abs(slopes).max())).all()


def test_agrees_with_a_generic_solver() -> None:
    rng = np.random.default_rng(3)
    for ridge in (0.0, 2.0):
        series, target = rng.normal(size=(12, 8)).cumsum(axis=0), rng.normal(size=12).cumsum()
        found = minimize(
            lambda w, s=series, t=target, r=ridge: objective(s, t, w, r),
            np.full(8, 1 / 8),
            method="SLSQP",
            bounds=[(0, 1)] * 8,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"ftol": 1e-14, "maxiter": 2000},
        )
        # SLSQP stops at about the square root of machine precision.
        assert simplex_weights(series, target, ridge) == pytest.approx(found.x, abs=1e-5)


def test_two_donors_by_hand() -> None:
    assert simplex_weights(np.array([[0.0, 4.0]]), np.array([1.0])) == pytest.approx([0.75, 0.25], abs=1e-8)
    assert simplex_weights(np.array([[0.0, 4.0]]), np.array([9.0])) == pytest.approx([0, 1])


def test_equally_good_donors_share_alike() -> None:
    same = np.ones((5, 4))
    assert simplex_weights(same, np.zeros(5)) == pytest.approx([0.25] * 4)
    assert nearest_in_hull(np.zeros((3, 3))) == pytest.approx([1 / 3] * 3)


def test_placebos_from_one_gram_matrix_equal_separate_fits() -> None:
    series = np.random.default_rng(4).normal(size=(15, 12)).cumsum(axis=0) + 50
    together = placebo_weights(series, np.arange(12), ~np.eye(12, dtype=bool))
    for unit in range(12):
        others = np.arange(12) != unit
        alone = simplex_weights(series[:, others], series[:, unit])
        assert together[unit, others] == pytest.approx(alone, abs=1e-7)
        assert together[unit, unit] == 0
