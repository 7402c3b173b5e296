"""The shortest fixed-length interval when the slope of the difference in trends may change by at most M.

The estimator is linear in the event-study coefficients; its worst bias over the allowed trends is M times
the sum of the absolute loadings on the trend's kinks, and the interval adds that to the sampling error.

References: Rambachan & Roth (2023), Review of Economic Studies 90, section 4.1; Armstrong & Kolesár (2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimation.checks.relative_magnitudes import Moments
from analysis.estimation.panel.panel import FloatArray

NEWTON_STEPS = 60


@dataclass(frozen=True)
class LinearEstimator:
    """A sum of event-study coefficients: its value, worst bias over the trends allowed, and standard deviation."""

    centre: float
    bias: float
    deviation: float


def smoothness_interval(moments: Moments, bound: float, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the shortest fixed-length interval valid when the trend's slope changes by at most `bound`."""
    best = shortest_estimator(moments, bound, conf_level)
    half = folded_quantile(best.bias / best.deviation, conf_level) * best.deviation
    return best.centre - half, best.centre + half


def shortest_estimator(moments: Moments, bound: float, conf_level: float) -> LinearEstimator:
    """Find the linear estimator whose fixed-length interval is shortest."""
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


def _kinks(moments: Moments) -> FloatArray:
    """Map weights on all coefficients to loadings: on the slope (first row), then on each kink.

    A trend through zero at the reference period is a slope before it plus kinks: those before the reference
    bend the earlier pre-periods, those from the reference on bend the later post-periods.
    """
    n_pre, n_post = moments.n_pre, len(moments.target)
    times = np.concatenate([np.arange(-n_pre, 0), np.arange(1, n_post + 1)]).astype(float)
    before = [np.maximum(kink - times, 0) for kink in range(-n_pre + 1, 0)]
    after = [np.maximum(times - kink, 0) for kink in range(n_post)]
    return np.array([times, *before, *after])


def _bias(moments: Moments, weights: FloatArray, bound: float) -> float:
    loadings = _kinks(moments)[1:] @ np.concatenate([weights, moments.target])
    return bound * float(np.abs(loadings).sum())


def _deviation(moments: Moments, weights: FloatArray) -> float:
    both = np.concatenate([weights, moments.target])
    return float(np.sqrt(both @ moments.covariance @ both))


def _best_weights(moments: Moments, bound: float, conf_level: float) -> FloatArray:
    """Weight the pre-periods so that a linear trend cancels and the interval is shortest.

    Weights and loadings are two ways to write one thing: a linear trend cancels where the loading on the slope is
    zero, and the loadings on the kinks before the reference are then free. In them the worst bias is a sum of absolute
    values and the variance a square, so that the length is convex, and with each loading written as the difference of
    two that are not negative it is smooth too.
    """
    from scipy.optimize import minimize

    n_pre, kinks = moments.n_pre, _kinks(moments)
    back = np.linalg.inv(kinks[:n_pre, :n_pre])
    fixed = kinks[:, n_pre:] @ moments.target
    least_noisy = _least_variance(moments)
    if bound == 0 or n_pre == 1:
        return least_noisy

    def weights_at(parts: FloatArray) -> FloatArray:
        loadings = np.concatenate([[0.0], parts[: n_pre - 1] - parts[n_pre - 1 :]])
        return np.asarray(back @ (loadings - fixed[:n_pre]))

    after, unit = float(np.abs(fixed[n_pre:]).sum()), _deviation(moments, least_noisy)

    def length(parts: FloatArray) -> tuple[float, FloatArray]:
        both = np.concatenate([weights_at(parts), moments.target])
        covaried = moments.covariance @ both
        deviation = float(np.sqrt(both @ covaried))
        ratio = bound * (parts.sum() + after) / deviation
        quantile, of_ratio = folded_quantile(ratio, conf_level), _quantile_slope(ratio, conf_level)
        of_deviation = (covaried[:n_pre] @ back)[1:] / deviation
        slope = (quantile - of_ratio * ratio) * np.concatenate(
            [of_deviation, -of_deviation]
        ) + of_ratio * bound
        return quantile * deviation / unit, slope / unit

    own = (kinks @ np.concatenate([least_noisy, moments.target]))[1:n_pre]
    begin = np.concatenate([np.maximum(own, 0), np.maximum(-own, 0)])
    starts = (begin, np.zeros(2 * (n_pre - 1)))
    options = {"ftol": 1e-15, "gtol": 1e-12, "maxiter": 10_000, "maxfun": 100_000}
    limits = [(0.0, None)] * len(begin)
    found = [
        minimize(length, start, jac=True, method="L-BFGS-B", bounds=limits, options=options)
        for start in starts
    ]
    return weights_at(min(found, key=lambda one: float(one.fun)).x)


def _quantile_slope(bias: float, level: float) -> float:
    """Differentiate the folded quantile by the bias."""
    quantile = folded_quantile(bias, level)
    below, above = np.exp(-((quantile - bias) ** 2) / 2), np.exp(-((quantile + bias) ** 2) / 2)
    return float((below - above) / (below + above))


def _least_variance(moments: Moments) -> FloatArray:
    """Solve the least-variance weights under which a linear trend cancels."""
    n_pre = moments.n_pre
    slope = np.arange(-n_pre, 0.0)
    size = float(np.trace(moments.covariance[:n_pre, :n_pre])) / n_pre
    wanted = -float(moments.target @ np.arange(1, len(moments.target) + 1))
    system = np.block(
        [[moments.covariance[:n_pre, :n_pre] / size, slope[:, None]], [slope[None, :], np.zeros((1, 1))]]
    )
    right = np.append(-moments.covariance[:n_pre, n_pre:] @ moments.target / size, wanted)
    return np.asarray(np.linalg.solve(system, right)[:n_pre])
