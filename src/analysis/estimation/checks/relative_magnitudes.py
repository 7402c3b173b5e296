"""Confidence sets when the trends after treatment may part at most M times as fast as they did before it.

For each consecutive pair of pre-periods, taken as the worst, the restriction is a set of moment
inequalities; they are tested at every candidate effect by the conditional/least-favorable hybrid, and the
confidence set is the union. With first differences bounded one by one, the dual of the test's linear
program has n_post + 2 vertices that can be written down, so no program is solved at all.

References: Rambachan & Roth (2023), Review of Economic Studies 90; Andrews, Roth & Pakes (2023), Review of
Economic Studies 90.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.errors import RequestError
from analysis.estimation.panel.panel import BoolArray, FloatArray

# The authors' own settings: a first stage of a tenth of the size, and a grid of 1,000 points over twenty
# standard errors either side; wider where that is not enough. Where it turns from rejected to accepted we
# look again as finely, so that the ends do not depend on the grid.
FIRST_STAGE_SHARE = 0.1
GRID_POINTS = 1000
GRID_REACHES = (20.0, 80.0, 320.0)


class GridTooNarrow(RequestError):
    """The confidence set runs past the end of the grid of candidate effects."""


@dataclass(frozen=True)
class Moments:
    """Event-study estimates in order of time, the reference period left out.

    `estimates` has n_pre + n_post values, `covariance` is their square matrix, `target` holds the weights on
    the n_post effects whose sum is the effect of interest.
    """

    estimates: FloatArray
    covariance: FloatArray
    n_pre: int
    target: FloatArray

    @property
    def point(self) -> float:
        """The effect of interest under parallel trends."""
        return float(self.target @ self.estimates[self.n_pre :])

    @property
    def std_error(self) -> float:
        """The standard error of that effect."""
        return float(np.sqrt(self.target @ self.covariance[self.n_pre :, self.n_pre :] @ self.target))


def relative_magnitudes_interval(
    moments: Moments, bound: float, *, conf_level: float = 0.95, draws: int = 50_000, seed: int = 0
) -> tuple[float, float]:
    """Return the lowest and highest effect not rejected when post-trends part at most `bound` as fast.

    `draws` simulate the first stage's critical value: 50,000 leave an end uncertain by about a hundredth of
    a standard error.

    Raises:
        GridTooNarrow: when an end of the widest grid is not rejected.
    """
    tests = _tests(moments, bound, 1 - conf_level, draws, seed)
    for reach in GRID_REACHES:
        spread = np.linspace(-reach, reach, GRID_POINTS) * moments.std_error
        accepted = accepted_effects(tests, moments, moments.point + spread, 1 - conf_level)
        if not accepted[0] and not accepted[-1]:
            return _ends(tests, moments, moments.point + spread, accepted, 1 - conf_level)
    raise GridTooNarrow(
        f"relative magnitudes, bound {bound:g}: effects {GRID_REACHES[-1]:g} standard errors away from the estimate "
        "are not rejected, which is as far as the search goes. Ask for smaller bounds."
    )


def _ends(
    tests: Sequence[HybridTest], moments: Moments, grid: FloatArray, accepted: BoolArray, size: float
) -> tuple[float, float]:
    """Look again, as finely, where the grid turns from rejected to accepted."""
    first, last = np.flatnonzero(accepted)[[0, -1]]
    lower = np.linspace(grid[first - 1], grid[first], GRID_POINTS)
    upper = np.linspace(grid[last], grid[last + 1], GRID_POINTS)
    low = lower[accepted_effects(tests, moments, lower, size)].min()
    high = upper[accepted_effects(tests, moments, upper, size)].max()
    return float(low), float(high)


@dataclass(frozen=True)
class HybridTest:
    """The test of one pre-period taken as the worst, with one sign.

    `rows` and `slopes` are the dual's vertices, from `dual_vertices`; `least_favorable` is the first stage's critical
    value, the quantile of the largest row under noise alone.
    """

    rows: FloatArray
    slopes: FloatArray
    least_favorable: float


def _tests(moments: Moments, bound: float, size: float, draws: int, seed: int) -> list[HybridTest]:
    """Set up the test for each pair of pre-periods taken as the worst, and for either sign of it."""
    normal = np.random.default_rng(seed).standard_normal((draws, len(moments.estimates)))
    noise = normal @ np.linalg.cholesky(moments.covariance).T
    tests = []
    for period, sign in product(range(moments.n_pre), (1.0, -1.0)):
        rows, slopes = dual_vertices(moments, bound, period, sign)
        largest = (noise @ rows.T).max(axis=1)
        tests.append(HybridTest(rows, slopes, float(np.quantile(largest, 1 - FIRST_STAGE_SHARE * size))))
    return tests


def accepted_effects(
    tests: Sequence[HybridTest], moments: Moments, grid: FloatArray, size: float
) -> BoolArray:
    """Say which effects of a grid at least one of the tests does not reject at the size asked for."""
    return np.asarray(np.any([_not_rejected(test, grid, moments, size) for test in tests], axis=0))


def dual_vertices(moments: Moments, bound: float, period: int, sign: float) -> tuple[FloatArray, FloatArray]:
    """Write the dual's vertices as rows on the estimates, and how each falls as the effect tested rises.

    Rows: the effect too high for the bound, too low for it, and, for each post-period, the bound negative.
    """
    n_pre, n_post = moments.n_pre, len(moments.target)
    steps = np.diff(np.insert(np.eye(n_pre + n_post), n_pre, 0.0, axis=0), axis=0)
    worst = sign * steps[period]
    above, below = steps[n_pre:] - bound * worst, -steps[n_pre:] - bound * worst
    sd_above, sd_below = _deviations(above, moments), _deviations(below, moments)
    share = np.cumsum(moments.target[::-1])[::-1]
    rises, falls = np.maximum(share, 0), np.maximum(-share, 0)
    up, down = 1 / (rises @ sd_above + falls @ sd_below), 1 / (falls @ sd_above + rises @ sd_below)
    high, low = up * (rises @ above + falls @ below), down * (falls @ above + rises @ below)
    empty = (above + below) / (sd_above + sd_below)[:, None]
    return np.vstack([high, low, empty]), np.concatenate([[up, -down], np.zeros(n_post)])


def _deviations(rows: FloatArray, moments: Moments) -> FloatArray:
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", rows, moments.covariance, rows)))


def _not_rejected(test: HybridTest, grid: FloatArray, moments: Moments, size: float) -> BoolArray:
    """Test each candidate effect by the hybrid of the conditional and the least-favorable test."""
    first_stage = FIRST_STAGE_SHARE * size
    values = (test.rows @ moments.estimates)[:, None] - np.outer(test.slopes, grid)
    covariance = test.rows @ moments.covariance @ test.rows.T
    second_stage = (size - first_stage) / (1 - first_stage)
    binding = values.argmax(axis=0)
    accepted = np.zeros(len(grid), dtype=bool)
    for vertex in np.unique(binding):
        here = binding == vertex
        accepted[here] = _conditional(values[:, here], covariance, vertex, test.least_favorable, second_stage)
    return accepted


def _conditional(
    values: FloatArray, covariance: FloatArray, vertex: int, least_favorable: float, size: float
) -> BoolArray:
    """Compare the binding moment with its law, truncated to where that moment binds."""
    from scipy.stats import truncnorm

    statistic, deviation = values[vertex], float(np.sqrt(covariance[vertex, vertex]))
    if deviation < 1e-10:
        return np.asarray(statistic <= 0)
    loading = covariance[:, vertex] / deviation**2
    rest = values - loading[:, None] * statistic
    falling, rising = loading < 1 - 1e-10, loading > 1 + 1e-10
    low = (rest[falling] / (1 - loading[falling])[:, None]).max(axis=0, initial=-np.inf)
    high = (rest[rising] / (1 - loading[rising])[:, None]).min(axis=0, initial=np.inf)
    high = np.minimum(high, least_favorable)
    inside = (low < high) & (statistic <= least_favorable)
    accepted = np.zeros(statistic.shape, dtype=bool)
    critical = truncnorm.ppf(1 - size, low[inside] / deviation, high[inside] / deviation)
    accepted[inside] = statistic[inside] / deviation <= np.maximum(critical, 0)
    return accepted
