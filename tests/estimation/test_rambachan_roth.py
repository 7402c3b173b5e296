"""Sensitivity to parted trends: the test's linear program solved generally, coverage where the bound binds."""

from __future__ import annotations

import numpy as np
import pytest
from made_panels import staggered_frame
from scipy.optimize import linprog, minimize
from scipy.stats import norm

from analysis.estimation.checks.rambachan_roth import event_moments, rambachan_roth
from analysis.estimation.checks.relative_magnitudes import (
    Moments,
    dual_vertices,
    relative_magnitudes_interval,
)
from analysis.estimation.checks.smoothness import folded_quantile, smoothness_interval
from analysis.estimation.errors import NotEstimable, TooShort, UnknownOption
from analysis.estimation.panel.frames import build_panel

NAMES = {"unit": "unit", "time": "time", "outcome": "y", "treated_from": "start"}


def some_moments(n_pre: int, n_post: int, seed: int = 0, target: str = "first") -> Moments:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n_pre + n_post, n_pre + n_post + 3)) * 0.3 + np.eye(
        n_pre + n_post, n_pre + n_post + 3
    )
    weights = np.eye(n_post)[0] if target == "first" else rng.normal(size=n_post)
    return Moments(rng.normal(size=n_pre + n_post), root @ root.T, n_pre, weights)


@pytest.mark.parametrize(("n_pre", "n_post"), [(2, 1), (3, 2), (2, 4), (5, 3)])
@pytest.mark.parametrize("target", ["first", "any"])
def test_vertices_solve_the_linear_program(n_pre: int, n_post: int, target: str) -> None:
    for seed in range(5):
        moments = some_moments(n_pre, n_post, seed, target)
        for period, sign, bound, effect in ((0, 1.0, 0.7, 0.4), (n_pre - 1, -1.0, 2.0, -1.0)):
            rows, slopes = dual_vertices(moments, bound, period, sign)
            ours = (rows @ moments.estimates - slopes * effect).max()
            assert ours == pytest.approx(by_linear_program(moments, bound, period, sign, effect), abs=1e-8)


def by_linear_program(moments: Moments, bound: float, period: int, sign: float, effect: float) -> float:
    """Least studentised violation of the post-period inequalities over all effects with the wanted average."""
    n_pre, n_post = moments.n_pre, len(moments.target)
    with_zero = np.insert(np.eye(n_pre + n_post), n_pre, 0.0, axis=0)
    steps = np.diff(with_zero, axis=0)
    inequalities = np.vstack([steps[n_pre:], -steps[n_pre:]]) - bound * sign * steps[period]
    deviations = np.sqrt(np.diag(inequalities @ moments.covariance @ inequalities.T))
    found = linprog(
        np.append(np.zeros(n_post), 1.0),
        A_ub=np.column_stack([-inequalities[:, n_pre:], -deviations]),
        b_ub=-inequalities @ moments.estimates,
        A_eq=[np.append(moments.target, 0.0)],
        b_eq=[effect],
        bounds=[(None, None)] * (n_post + 1),
    )
    return float(found.fun)


def test_relative_magnitudes_cover_at_the_worst_trend() -> None:
    # One pre-period parts by 1, the post-period by 2 on top of no effect: at bound 2 the truth is at the edge.
    covariance = 0.04 * (np.eye(4) + 1)
    truth = np.array([-1.0, -1.0, 2.0, 4.0])
    rng, n_runs = np.random.default_rng(1), 200
    draws = rng.multivariate_normal(truth, covariance, size=n_runs)
    covered = 0
    for estimates in draws:
        moments = Moments(estimates, covariance, 2, np.array([1.0, 0.0]))
        low, high = relative_magnitudes_interval(moments, 2.0, draws=2_000)
        covered += low <= 0 <= high
    # 95 % with a standard error of 1.6 points.
    assert covered / n_runs >= 0.95 - 3 * 0.016


def test_smoothness_covers_at_the_worst_trend() -> None:
    covariance = 0.04 * (np.eye(5) + 1)
    rng, n_runs, bound = np.random.default_rng(2), 200, 0.3
    # A trend that bends by the bound at every kink, the same way.
    times = np.array([-3, -2, -1, 1, 2])
    truth = 0.5 * bound * times**2
    covered = 0
    for estimates in rng.multivariate_normal(truth, covariance, size=n_runs):
        low, high = smoothness_interval(Moments(estimates, covariance, 3, np.array([1.0, 0.0])), bound)
        covered += low <= 0 <= high
    assert covered / n_runs >= 0.95 - 3 * 0.015


def test_smoothness_weights_are_the_best_there_are() -> None:
    for seed in range(4):
        moments = some_moments(3, 2, seed)
        low, high = smoothness_interval(moments, 0.2)
        assert high - low <= 2 * shortest_by_search(moments, 0.2) + 1e-6


def shortest_by_search(moments: Moments, bound: float) -> float:
    """Half-length by Nelder and Mead over free weights, bias by brute force over the corners of the trends."""
    n_pre = moments.n_pre
    times = np.concatenate([np.arange(-n_pre, 0), np.arange(1, len(moments.target) + 1)]).astype(float)
    kinks = [np.maximum(k - times, 0) for k in range(-n_pre + 1, 0)]
    kinks += [np.maximum(times - k, 0) for k in range(len(moments.target))]
    corners = np.array(np.meshgrid(*[[-bound, bound]] * len(kinks))).reshape(len(kinks), -1).T @ np.array(
        kinks
    )

    def half(free: np.ndarray) -> float:
        wanted = -moments.target @ times[n_pre:] - free @ times[1:n_pre]
        weights = np.concatenate([[wanted / times[0]], free, moments.target])
        deviation = np.sqrt(weights @ moments.covariance @ weights)
        return folded_quantile(float((corners @ weights).max()) / deviation, 0.95) * deviation

    found = [
        minimize(
            half, start, method="Nelder-Mead", options={"maxfev": 4000, "xatol": 1e-8, "fatol": 1e-10}
        ).fun
        for start in (np.zeros(n_pre - 1), np.ones(n_pre - 1), np.array([0.0] * (n_pre - 2) + [-1.0]))
    ]
    return float(min(found))


def test_folded_normal_quantile() -> None:
    for bias, level in ((0.0, 0.95), (1.3, 0.9), (8.0, 0.95), (0.01, 0.5), (30.0, 0.99)):
        q = folded_quantile(bias, level)
        assert norm.cdf(q - bias) - norm.cdf(-q - bias) == pytest.approx(level, abs=1e-10)


def test_no_bound_at_all_is_parallel_trends() -> None:
    moments = some_moments(3, 2)
    low, high = relative_magnitudes_interval(moments, 0.0)
    half = 1.96 * moments.std_error
    # The hybrid test of an equality is a little less sharp than the plain one, and uses one period's noise.
    assert (low + high) / 2 == pytest.approx(moments.point, abs=0.2 * half)
    assert half * 0.9 < (high - low) / 2 < half * 1.2


def test_wider_bounds_give_wider_intervals() -> None:
    found = rambachan_roth(staggered_frame(), **NAMES, target=1, draws=5_000)
    assert [c.name for c in found.checks] == ["relative magnitudes", "smoothness"]
    for check in found.checks:
        widths = [row["conf_high"] - row["conf_low"] for row in check.table]
        assert widths == sorted(widths)


def test_staggered_event_studies_are_taken() -> None:
    panel = build_panel(staggered_frame(), **NAMES)
    times, moments = event_moments(panel, "average")
    assert times == (-6, -5, -4, -3, -2, 0, 1, 2, 3, 4) and moments.n_pre == 5
    assert moments.target == pytest.approx([0.2] * 5)


def test_refusals() -> None:
    frame = staggered_frame()
    with pytest.raises(NotEstimable, match="3 treated"):
        rambachan_roth(frame[frame["unit"].isin([*range(40), 70, 71, 72])], **NAMES)
    with pytest.raises(UnknownOption, match="average, 0, 1"):
        rambachan_roth(frame, **NAMES, target=9)
    with pytest.raises(UnknownOption, match="0 or more"):
        rambachan_roth(frame, **NAMES, magnitudes=(-1,))
    with pytest.raises(TooShort, match="at least 2 periods"):
        rambachan_roth(frame[(frame["time"] >= 5) & (frame["start"] != 3) & (frame["start"] != 5)], **NAMES)
