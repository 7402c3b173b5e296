"""The shortest fixed-length interval when the slope of the difference in trends may change by at most M.

The estimator is linear in the event-study coefficients; its worst bias over the allowed trends is M times
the sum of the absolute loadings on the trend's kinks, and the interval adds that to the sampling error.

References: Rambachan & Roth (2023), Review of Economic Studies 90, section 4.1; Armstrong & Kolesár (2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.estimation.relative_magnitudes import Moments

Array = NDArray[np.float64]

NEWTON_STEPS = 60


class IntervalNotFound(AnalysisError):
    """The search for the shortest fixed-length interval did not end."""


@dataclass(frozen=True)
class LinearEstimator:
    """A sum of event-study coefficients: its value, worst bias over the trends allowed, and standard deviation."""

    centre: float
    bias: float
    deviation: float


def smoothness_interval(moments: Moments, bound: float, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the shortest fixed-length interval valid when the trend's slope changes by at most `bound`.

    Raises:
        IntervalNotFound: when the search for the weights on the pre-periods does not end.
    """
    best = shortest_estimator(moments, bound, conf_level)
    half = folded_quantile(best.bias / best.deviation, conf_level) * best.deviation
    return best.centre - half, best.centre + half


def shortest_estimator(moments: Moments, bound: float, conf_level: float) -> LinearEstimator:
    """Find the linear estimator whose fixed-length interval is shortest.

    Raises:
        IntervalNotFound: when the search for the weights on the pre-periods does not end.
    """
    weights = _best_weights(moments, bound, conf_level)
    centre = float(weights @ moments.estimates[: moments.n_pre]) + moments.point
    return LinearEstimator(centre, _bias(moments, weights, bound), _deviation(moments, weights))


def folded_quantile(bias: float, level: float) -> float:
    """Return the quantile of |N(bias, 1)|, the critical value of an estimate with that worst bias."""
    from scipy.special import ndtr, ndtri

    quantile = abs(bias) + float(ndtri(0.5 + level / 2))
    for _ in range(NEWTON_STEPS):
        below, above = quantile - bias, quantile + bias
        excess = float(ndtr(below) - ndtr(-above)) - level
        density = (np.exp(-(below**2) / 2) + np.exp(-(above**2) / 2)) / np.sqrt(2 * np.pi)
        step = excess / density
        quantile -= step
        if abs(step) < 1e-13:
            break
    return float(quantile)


def _kinks(moments: Moments) -> Array:
    """Map weights on all coefficients to loadings: on the slope (first row), then on each kink.

    A trend through zero at the reference period is a slope before it plus kinks: those before the reference
    bend the earlier pre-periods, those from the reference on bend the later post-periods.
    """
    n_pre, n_post = moments.n_pre, len(moments.target)
    times = np.concatenate([np.arange(-n_pre, 0), np.arange(1, n_post + 1)]).astype(float)
    before = [np.maximum(kink - times, 0) for kink in range(-n_pre + 1, 0)]
    after = [np.maximum(times - kink, 0) for kink in range(n_post)]
    return np.array([times, *before, *after])


def _bias(moments: Moments, weights: Array, bound: float) -> float:
    loadings = _kinks(moments)[1:] @ np.concatenate([weights, moments.target])
    return bound * float(np.abs(loadings).sum())


def _deviation(moments: Moments, weights: Array) -> float:
    both = np.concatenate([weights, moments.target])
    return float(np.sqrt(both @ moments.covariance @ both))


def _best_weights(moments: Moments, bound: float, conf_level: float) -> Array:
    """Weight the pre-periods so that a linear trend cancels and the interval is shortest."""
    least_noisy = _least_variance(moments)
    if bound == 0:
        return least_noisy
    extrapolated = np.zeros(moments.n_pre)
    extrapolated[-1] = float(moments.target @ np.arange(1, len(moments.target) + 1))
    best = [_descend(moments, bound, conf_level, start) for start in (least_noisy, extrapolated)]
    return min(best, key=lambda weights: _length(moments, weights, bound, conf_level))


def _length(moments: Moments, weights: Array, bound: float, conf_level: float) -> float:
    deviation = _deviation(moments, weights)
    return folded_quantile(_bias(moments, weights, bound) / deviation, conf_level) * deviation


def _least_variance(moments: Moments) -> Array:
    """Solve the least-variance weights under which a linear trend cancels."""
    n_pre = moments.n_pre
    slope = np.arange(-n_pre, 0.0)
    wanted = -float(moments.target @ np.arange(1, len(moments.target) + 1))
    system = np.block(
        [[moments.covariance[:n_pre, :n_pre], slope[:, None]], [slope[None, :], np.zeros((1, 1))]]
    )
    right = np.append(-moments.covariance[:n_pre, n_pre:] @ moments.target, wanted)
    return np.asarray(np.linalg.solve(system, right)[:n_pre])


def _descend(moments: Moments, bound: float, conf_level: float, start: Array) -> Array:
    """Shorten the interval from a starting point, with each kink's loading bounded by a variable of its own."""
    from scipy.optimize import minimize

    n_pre, kinks = moments.n_pre, _kinks(moments)
    fixed, free = kinks[:, n_pre:] @ moments.target, kinks[:, :n_pre]
    unit = float(np.sqrt(moments.covariance[-1, -1]))

    def length(point: Array) -> float:
        deviation = _deviation(moments, point[:n_pre])
        return folded_quantile(bound * point[n_pre:].sum() / deviation, conf_level) * deviation / unit

    rules = [
        {"type": "eq", "fun": lambda p: free[0] @ p[:n_pre] + fixed[0]},
        {"type": "ineq", "fun": lambda p: p[n_pre:] - (free[1:] @ p[:n_pre] + fixed[1:])},
        {"type": "ineq", "fun": lambda p: p[n_pre:] + (free[1:] @ p[:n_pre] + fixed[1:])},
    ]
    begin = np.concatenate([start, np.abs(free[1:] @ start + fixed[1:])])
    found = minimize(
        length, begin, method="SLSQP", constraints=rules, options={"ftol": 1e-12, "maxiter": 1000}
    )
    if not found.success:
        raise IntervalNotFound(f"smoothness, bound {bound:g}: {found.message}. Ask for another bound.")
    return np.asarray(found.x[:n_pre])
