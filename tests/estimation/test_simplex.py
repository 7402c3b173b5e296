"""Donor weights: optimal by the first-order conditions, equal to a generic solver, one Gram matrix for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from analysis.estimation.methods.simplex import nearest_in_hull, placebo_weights, simplex_weights


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
    # The vanishing ridge outweighs rounding by 1e6.
    assert simplex_weights(same, np.zeros(5)) == pytest.approx([0.25] * 4, abs=1e-6)
    assert nearest_in_hull(np.zeros((3, 3))) == pytest.approx([1 / 3] * 3)


def test_placebos_from_one_gram_matrix_equal_separate_fits() -> None:
    series = np.random.default_rng(4).normal(size=(15, 12)).cumsum(axis=0) + 50
    together = placebo_weights(series, np.eye(12), ~np.eye(12, dtype=bool))
    for unit in range(12):
        others = np.arange(12) != unit
        alone = simplex_weights(series[:, others], series[:, unit])
        assert together[unit, others] == pytest.approx(alone, abs=1e-7)
        assert together[unit, unit] == 0


def hard_series(kind: str, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Series that make the search hard: exact fits, ties, twins, unlike sizes."""
    series = rng.normal(size=(rows, 40))
    if kind == "walk":
        return series.cumsum(axis=0) * 3 + 50
    if kind == "ties":
        return np.round(2 * series)
    if kind == "twins":
        return np.concatenate([series, series[:, :9]], axis=1)
    return series * np.exp(3 * rng.normal(size=40)) if kind == "sizes" else series


@pytest.mark.parametrize("kind", ["plain", "walk", "ties", "twins", "sizes"])
@pytest.mark.parametrize("rows", [2, 3, 6, 10, 40])
@pytest.mark.parametrize("ridge", [0.0, 5.0])
def test_every_weight_found_together_is_optimal(kind: str, rows: int, ridge: float) -> None:
    series = hard_series(kind, rows, np.random.default_rng(rows))
    count = series.shape[1]
    pools = ~np.eye(count, dtype=bool) & (np.arange(count) % 7 != 0)
    found = placebo_weights(series, np.eye(count), pools, ridge)
    assert found.min() >= 0 and (found[~pools] == 0).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(count))
    for unit in range(count):
        gaps = series - series[:, [unit]]
        slopes = gaps.T @ (gaps @ found[unit]) + ridge * found[unit]
        size = (gaps[:, pools[unit]] ** 2).sum(axis=0).mean() + ridge
        # No donor of the pool would lower the objective more; the vanishing ridge allows 1e-10 of the size.
        assert found[unit] @ slopes - slopes[pools[unit]].min() <= 3e-10 * size


def test_hardly_any_problem_needs_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is settled together costs a thousandth: with long series all are, whatever the penalty."""
    one_by_one = []
    monkeypatch.setattr(
        "analysis.estimation.methods.simplex.simplex_weights",
        lambda donors, target, ridge: one_by_one.append(1) or simplex_weights(donors, target, ridge),
    )
    for seed in range(5):
        series = np.random.default_rng(seed).normal(size=(60, 63))
        for ridge in (0.0, 1.0, 30.0):
            placebo_weights(series, np.eye(63), ~np.eye(63, dtype=bool), ridge)
    assert not one_by_one


def test_groups_are_imitated_by_their_mean() -> None:
    series = np.random.default_rng(6).normal(size=(9, 20)).cumsum(axis=0)
    targets = np.zeros((2, 20))
    targets[0, [0, 1, 2]], targets[1, [4, 7]] = 1 / 3, 1 / 2
    found = placebo_weights(series, targets, targets == 0, np.array([0.5, 2.0]))
    for row, ridge in ((0, 0.5), (1, 2.0)):
        pool = targets[row] == 0
        alone = simplex_weights(series[:, pool], series @ targets[row], ridge)
        assert found[row, pool] == pytest.approx(alone, abs=1e-7)


def test_parts_of_the_problems_at_a_time_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    series = np.random.default_rng(9).normal(size=(12, 20)).cumsum(axis=0)
    words = (series, np.eye(20), ~np.eye(20, dtype=bool), 0.5)
    whole = placebo_weights(*words)
    monkeypatch.setattr("analysis.estimation.methods.simplex.AT_ONCE", 3 * 20**2)
    assert placebo_weights(*words) == pytest.approx(whole, abs=1e-12)
