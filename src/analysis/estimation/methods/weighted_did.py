"""Difference in differences with weighted controls and weighted pre-periods, of many groups at once.

References: Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.estimation.methods.simplex import nearest_in_hull, placebo_weights
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class WeightedDids:
    """Estimates of several groups, each with its weights: groups × units and groups × pre-periods.

    `paths` (groups × periods) are the group's mean less its weighted controls', level with it before.
    """

    estimates: FloatArray
    unit_weights: FloatArray
    time_weights: FloatArray
    paths: FloatArray


@dataclass(frozen=True)
class Cohorts:
    """Averages over start dates, one a set of treated units.

    `paths` (sets × event times) is the gap by event time, from -(n_periods - 1) to n_periods - 1, NaN where no
    cohort has it; `unit_weights` (sets × units) averages the cohorts'.
    """

    estimates: FloatArray
    paths: FloatArray
    unit_weights: FloatArray

    def scaled(self, ratios: FloatArray) -> Cohorts:
        """Multiply each set's estimate and path by a ratio of its own."""
        return replace(self, estimates=self.estimates * ratios, paths=self.paths * ratios[:, None])


def weighted_dids(series: FloatArray, groups: BoolArray, pools: BoolArray, start: int) -> WeightedDids:
    """Compare groups with their pools of controls before and after `start`.

    `series` is units × periods, `groups` and `pools` (groups × units) say who belongs to which. Controls are
    weighted to move as the group's mean did before, pre-periods to predict the controls' later mean; both up to
    a constant, and unit weights spread out by the penalty the paper derives.
    """
    before, later = series[:, :start], series[:, start:]
    sizes = groups.sum(axis=1)
    targets = groups / sizes[:, None]
    penalty = np.sqrt(sizes * later.shape[1]) * _noise(before, pools)
    level = before - before.mean(axis=1, keepdims=True)
    unit_weights = placebo_weights(level.T, targets, pools, penalty * start)
    time_weights = _time_weights(before - later.mean(axis=1, keepdims=True), pools)
    paths = (targets - unit_weights) @ series
    paths = paths - (time_weights * paths[:, :start]).sum(axis=1, keepdims=True)
    return WeightedDids(paths[:, start:].mean(axis=1), unit_weights, time_weights, paths)


def average_cohorts(series: FloatArray, treated: IntArray, starts: IntArray, controls: BoolArray) -> Cohorts:
    """Estimate each start date's cohort against all controls and average by treated cells.

    `series` is units × periods; each row of `treated` is a set of units, whose starts are `starts`; `controls`
    marks the units that serve those not in the set.
    """
    n_sets, n_periods = len(treated), series.shape[1]
    pools = np.tile(controls, (n_sets, 1))
    np.put_along_axis(pools, treated, False, axis=1)
    sums, counts = np.zeros((n_sets, 2 * n_periods - 1)), np.zeros(2 * n_periods - 1)
    estimates, weights, cells = np.zeros(n_sets), np.zeros(pools.shape), 0
    for start in np.unique(starts).tolist():
        members = starts == start
        groups = np.zeros(pools.shape, bool)
        np.put_along_axis(groups, treated[:, members], True, axis=1)
        fit = weighted_dids(series, groups, pools, start)
        size, span = int(members.sum()), slice(n_periods - 1 - start, 2 * n_periods - 1 - start)
        sums[:, span] += size * fit.paths
        counts[span] += size
        share = size * (n_periods - start)
        estimates, weights, cells = (
            estimates + share * fit.estimates,
            weights + share * fit.unit_weights,
            cells + share,
        )
    with np.errstate(invalid="ignore"):
        return Cohorts(estimates / cells, sums / counts, weights / cells)


def _time_weights(gaps: FloatArray, pools: BoolArray) -> FloatArray:
    """Weight pre-periods to come near each control's later mean; `gaps` is units × pre-periods, less that mean."""
    return np.array([nearest_in_hull(own - own.mean(axis=0)) for own in (gaps[pool] for pool in pools)])


def _noise(before: FloatArray, pools: BoolArray) -> FloatArray:
    """Measure each pool's variance from one period to the next."""
    changes = np.diff(before, axis=1)
    changes = changes - changes.mean()
    count = pools.sum(axis=1) * changes.shape[1]
    first, second = pools @ changes.sum(axis=1), pools @ (changes**2).sum(axis=1)
    return np.asarray((second - first**2 / count) / (count - 1))
