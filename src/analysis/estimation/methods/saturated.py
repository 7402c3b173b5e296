"""Event-time effects from a regression saturated in cohorts and periods.

With unit effects and a dummy for every cohort and period, each cohort's and the controls' period effects are
two-way regressions of their own. An event-time effect is a cohort's change since its reference period less the
controls' change over the same periods, averaged over cohorts by their shares.

References:
    Sun & Abraham (2021), Journal of Econometrics 225(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.methods.within import RANK_TOLERANCE, demean_units
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel

# So few units are added up one by one, more by a product.
FEW = 12


@dataclass(frozen=True)
class EventDesign:
    """Which cohort and period stand behind each event time, for G cohorts, T periods and E event times.

    `combine` (E, (G + 1) * T) turns the stacked period effects of cohorts and controls into event-time
    effects; `exposure` (E, G, T) marks the cohort's cells at each event time.
    """

    event_times: tuple[int, ...]
    reference: int
    combine: FloatArray
    exposure: FloatArray

    @property
    def n_groups(self) -> int:
        """The cohorts, and the controls."""
        return int(self.exposure.shape[1]) + 1


def design_events(panel: Panel, reference: int) -> EventDesign:
    """Lay out every event time that some cohort has together with its reference period."""
    starts, n_periods = panel.starts, panel.n_periods
    sizes = np.array([(panel.treated_from == start).sum() for start in starts], dtype=float)
    has_reference = (starts + reference >= 0) & (starts + reference < n_periods)
    times = sorted({t - int(s) for s in starts[has_reference] for t in range(n_periods)} - {reference})
    combine = np.zeros((len(times), len(starts) + 1, n_periods))
    exposure = np.zeros((len(times), len(starts), n_periods))
    for row, event_time in enumerate(times):
        periods = starts + event_time
        present = np.flatnonzero(has_reference & (periods >= 0) & (periods < n_periods))
        for g in present:
            share = sizes[g] / sizes[present].sum()
            for group, sign in ((g, share), (len(starts), -share)):
                combine[row, group, periods[g]] += sign
                combine[row, group, starts[g] + reference] -= sign
            exposure[row, g, periods[g]] = 1.0
    return EventDesign(tuple(times), reference, combine.reshape(len(times), -1), exposure)


def cohort_codes(panel: Panel) -> IntArray:
    """Number each unit's cohort; the controls come last."""
    return np.searchsorted(panel.starts, panel.treated_from).astype(np.int64)


@dataclass(frozen=True)
class Systems:
    """The period effects' normal equations of one group of units, for many groupings (B).

    `members` (B, N) is 0/1; `inverse` (S, T, T) holds those that differ, `present` (S, T) the periods in which each has
    effects with a meaning, `which` (B,) whose is whose.
    """

    members: FloatArray
    inverse: FloatArray
    present: BoolArray
    which: IntArray

    def right(self, totals: FloatArray) -> FloatArray:
        """Add up the members' rows of totals (N, ...): (B, ...)."""
        size = int(self.members.sum(axis=1).max(initial=0.0))
        spare = len(totals) - int(self.members.sum(axis=1).min(initial=len(totals)))
        flat = totals.reshape(len(totals), -1)
        if size <= FEW:
            found = _add_rows(flat, self.members, size)
        elif spare <= FEW:
            found = flat.sum(axis=0) - _add_rows(flat, 1 - self.members, spare)
        else:
            found = self.members @ flat
        return np.asarray(found.reshape(len(self.members), *totals.shape[1:]))

    def effects(self, totals: FloatArray) -> FloatArray:
        """Estimate period effects from weighted outcomes (N, T, M), demeaned by unit: (B, T, M)."""
        return np.asarray(np.matmul(self.inverse[self.which], self.right(totals)))

    def dual(self, rows: FloatArray) -> FloatArray:
        """Turn weights on period effects (B, T) into those on the right sides of the normal equations (B, T)."""
        return np.asarray(np.matmul(self.inverse[self.which], rows[:, :, None])[:, :, 0])


def _add_rows(flat: FloatArray, members: FloatArray, most: int) -> FloatArray:
    """Add up the rows of at most `most` members."""
    units = np.argsort(-members, axis=1, kind="stable")[:, :most]
    found = np.zeros((len(members), flat.shape[1]))
    for column in units.T:
        found += members[np.arange(len(members)), column][:, None] * flat[column]
    return found


def lay_systems(weights: FloatArray, cohorts: NDArray[np.integer[Any]], n_groups: int) -> list[Systems]:
    """Set up the systems of each group under many assignments `cohorts` (B, N)."""
    return [_systems(weights, (cohorts == group).astype(float)) for group in range(n_groups)]


def _systems(weights: FloatArray, members: FloatArray) -> Systems:
    n_periods = weights.shape[1]
    grams, which = _distinct_systems(weights, members)
    # Period effects are known up to a constant: a term on their sum fixes it, and differences do not depend on
    # how. Periods in which a group has no cell are set aside.
    present = np.diagonal(grams, axis1=1, axis2=2) > 0
    scale = np.trace(grams, axis1=1, axis2=2) / np.maximum(present.sum(axis=1), 1)
    both = present[:, :, None] & present[:, None, :]
    inverse, sound = _invert(grams + scale[:, None, None] * both + np.eye(n_periods) * ~present[:, None, :])
    return Systems(members, inverse, present & sound[:, None], which)


def _invert(systems: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Invert each system; zero where it is singular but for rounding, and say where it is not."""
    try:
        inverse = np.linalg.inv(systems)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(systems, rcond=RANK_TOLERANCE, hermitian=True)
        # A pseudo-inverse leaves out what is singular, and is told by that.
        left = np.abs(np.matmul(systems, inverse) - np.eye(systems.shape[1])).max(axis=(1, 2)) < 1e-6
        return np.where(left[:, None, None], inverse, 0.0), np.asarray(left)
    sizes = [np.abs(matrices).sum(axis=1).max(axis=1) for matrices in (systems, inverse)]
    sound = np.asarray(sizes[0] * sizes[1] < 1 / RANK_TOLERANCE)
    return np.where(sound[:, None, None], inverse, 0.0), sound


def _distinct_systems(weights: FloatArray, members: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct systems (S, T, T) of the groupings, and which is whose (B,).

    Units whose cells weigh alike are alike in them, so most draws of few treated units share a system.
    """
    n_periods = weights.shape[1]
    kinds, kind = np.unique(weights, axis=0, return_inverse=True)
    counts = members @ np.eye(len(kinds))[kind.ravel()]
    # Counts are told apart by one random sum of each: that is many times as fast as finding unique rows.
    keys = np.random.default_rng(0).integers(1, 2**62, size=len(kinds))
    _, first, which = np.unique(counts.astype(np.int64) @ keys, return_index=True, return_inverse=True)
    sums = np.maximum(kinds.sum(axis=1), np.finfo(float).tiny)
    grams = kinds[:, :, None] * (np.eye(n_periods) - (kinds / sums[:, None])[:, None, :])
    stacked = (counts[first] @ grams.reshape(len(kinds), -1)).reshape(-1, n_periods, n_periods)
    return stacked, which.astype(np.int64)


def group_parts(
    weights: FloatArray, outcomes: FloatArray, systems: list[Systems], combine: FloatArray
) -> FloatArray:
    """Give each unit's part in the error of a sum of period effects, for many assignments.

    `combine` (B, (G + 1) * T) holds the sum's weights on the stacked period effects of cohorts and controls,
    `outcomes` is (M, N, T). Returns (M, B, N): the residual's weight in the sum.
    """
    demeaned = demean_units(outcomes, weights)
    totals = (weights * demeaned).transpose(1, 2, 0)
    rows = combine.reshape(len(combine), -1, weights.shape[1])
    parts = np.zeros((len(outcomes), len(combine), len(weights)))
    at = np.arange(len(combine))[:, None]
    for group, system in enumerate(systems):
        members = system.members
        most = int(members.sum(axis=1).max(initial=0.0))
        if most == 0:
            continue
        effects, wanted = system.effects(totals), system.dual(rows[:, group])
        # The group's units come first; a draw with fewer of them has others behind, which do not count.
        units = np.argsort(-members, axis=1, kind="stable")[:, :most]
        own = weights[units]
        means = np.einsum("bct,bt->bc", own, wanted) / own.sum(axis=2).clip(1e-300)
        loads = own * (wanted[:, None, :] - means[:, :, None])
        for row, cells in enumerate(demeaned):
            found = (loads * (cells[units] - effects[:, None, :, row])).sum(axis=2)
            parts[row, at, units] += members[at, units] * found
    return parts


def saturated_slopes(
    weights: FloatArray, outcome: FloatArray, covariates: FloatArray, cohorts: IntArray
) -> FloatArray:
    """Estimate the covariates' slopes in the saturated regression: (K,)."""
    left = [residual_within_groups(weights, values, cohorts) for values in covariates]
    right = residual_within_groups(weights, outcome, cohorts)
    gram = np.array([[(weights * a * b).sum() for b in left] for a in left])
    return np.asarray(
        np.linalg.lstsq(gram, np.array([(weights * a * right).sum() for a in left]), rcond=None)[0]
    )


def residual_within_groups(weights: FloatArray, cells: FloatArray, cohorts: IntArray) -> FloatArray:
    """Take unit effects and each group's period effects off cells (N, T)."""
    demeaned = demean_units(cells, weights)
    members = (cohorts[None, :] == np.unique(cohorts)[:, None]).astype(float)
    effects = _systems(weights, members).effects((weights * demeaned)[:, :, None])[:, :, 0]
    own = effects[np.searchsorted(np.unique(cohorts), cohorts)]
    return demeaned - demean_units(own, weights)


def event_effects(
    design: EventDesign, weights: FloatArray, outcomes: FloatArray, systems: list[Systems]
) -> FloatArray:
    """Estimate event-time effects on outcomes (M, N, T) for many assignments (B): (B, E, M); NaN where none."""
    totals = (weights * demean_units(outcomes, weights)).transpose(1, 2, 0)
    stacked = np.concatenate([system.effects(totals) for system in systems], axis=1)
    # A group without meaning spoils only the event times that use it.
    absent = np.concatenate([~system.present[system.which] for system in systems], axis=1).astype(float)
    spoilt = absent @ (design.combine != 0).T.astype(float) > 0
    return np.where(spoilt[:, :, None], np.nan, np.matmul(design.combine, stacked))


def own_effects(
    design: EventDesign, weights: FloatArray, exposure: FloatArray, systems: list[Systems]
) -> FloatArray:
    """Estimate each event time's effect on the outcome that is its own exposure (E, N, T): (B, E)."""
    totals = (weights * demean_units(exposure, weights)).transpose(1, 0, 2)
    rows = design.combine.reshape(len(design.combine), design.n_groups, -1)
    found = np.zeros((len(systems[0].members), len(rows)))
    for group, system in enumerate(systems):
        duals = np.matmul(rows[:, group], system.inverse)[system.which]
        found += np.einsum("bet,bet->be", duals, system.right(totals))
    return found


def exposure_cells(design: EventDesign, cohorts: IntArray) -> FloatArray:
    """Give each unit and period a 1 at each event time of the unit's cohort: (E, N, T)."""
    padded = np.concatenate([design.exposure, np.zeros_like(design.exposure[:, :1])], axis=1)
    return padded[:, cohorts, :]
