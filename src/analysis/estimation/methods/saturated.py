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


def group_effects(weights: FloatArray, outcomes: FloatArray, members: FloatArray) -> FloatArray:
    """Estimate period effects of groups of units, for many groupings at once.

    `weights` (N, T), `outcomes` (M, N, T) already demeaned by unit, `members` (B, N) 0/1. Returns (B, T, M);
    NaN where cells missing leave a group's period effects without meaning.
    """
    n_units, n_periods = weights.shape
    totals = (weights[None] * outcomes).transpose(1, 2, 0).reshape(n_units, -1)
    right = (members @ totals).reshape(len(members), n_periods, len(outcomes))
    if (weights == 1).all():
        return np.asarray(right / members.sum(axis=1)[:, None, None])
    inverse, present, which = _inverses(weights, members)
    return np.where(present[which][:, :, None], inverse[which] @ right, np.nan)


def _distinct_systems(weights: FloatArray, members: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct systems (S, T, T) of the groupings, and which is whose (B,).

    Units whose cells weigh alike are alike in them, so most draws of few treated units share a system.
    """
    n_periods = weights.shape[1]
    kinds, kind = np.unique(weights, axis=0, return_inverse=True)
    counts = members @ np.eye(len(kinds))[kind.ravel()]
    which: IntArray = np.zeros(len(counts), dtype=np.int64)
    for count in counts.T:  # numbering column by column is ten times as fast as finding unique rows
        which = np.unique(which * (len(weights) + 1) + count, return_inverse=True)[1].astype(np.int64)
    distinct = counts[np.unique(which, return_index=True)[1]]
    sums = np.maximum(kinds.sum(axis=1), np.finfo(float).tiny)
    grams = kinds[:, :, None] * (np.eye(n_periods) - (kinds / sums[:, None])[:, None, :])
    stacked = (distinct @ grams.reshape(len(kinds), -1)).reshape(-1, n_periods, n_periods)
    return stacked, which


def _inverses(weights: FloatArray, members: FloatArray) -> tuple[FloatArray, BoolArray, IntArray]:
    """Invert the distinct systems (S, T, T); say which periods each has (S, T), and which is whose (B,)."""
    grams, which = _distinct_systems(weights, members)
    # Period effects are known up to a constant: a term on their sum fixes it, and differences do not depend on
    # how. Periods in which a group has no cell are set aside.
    present = np.diagonal(grams, axis1=1, axis2=2) > 0
    scale = np.trace(grams, axis1=1, axis2=2) / np.maximum(present.sum(axis=1), 1)
    both = present[:, :, None] & present[:, None, :]
    fixed = grams + scale[:, None, None] * both + np.eye(grams.shape[1]) * ~present[:, None, :]
    sound = np.linalg.cond(fixed, 1) < 1 / RANK_TOLERANCE
    inverse = np.full_like(fixed, np.nan)
    inverse[sound] = np.linalg.inv(fixed[sound])
    return inverse, present, which


def group_parts(
    weights: FloatArray, outcomes: FloatArray, cohorts: NDArray[np.integer[Any]], combine: FloatArray
) -> FloatArray:
    """Give each unit's part in the error of a sum of period effects, for many assignments.

    `combine` (B, (G + 1) * T) holds the sum's weights on the stacked period effects of cohorts and controls,
    `outcomes` is (M, N, T), `cohorts` (B, N). Returns (M, B, N): the residual's weight in the sum.
    """
    demeaned = demean_units(outcomes, weights)
    draws, n_units = cohorts.shape
    rows = combine.reshape(draws, -1, weights.shape[1])
    parts = np.zeros((len(outcomes), draws, n_units))
    at = np.arange(draws)[:, None]
    for group in range(rows.shape[1]):
        members = (cohorts == group).astype(float)
        most = int(members.sum(axis=1).max(initial=0.0))
        if most == 0:
            continue
        effects = np.nan_to_num(group_effects(weights, demeaned, members))
        inverse, present, which = _inverses(weights, members)
        wanted = np.where(present[which], np.einsum("bst,bt->bs", inverse[which], rows[:, group]), 0.0)
        # The group's units come first; a draw with fewer of them has others behind, which do not count.
        units = np.argsort(-members, axis=1, kind="stable")[:, :most]
        own = weights[units]
        centred = (
            np.nan_to_num(wanted)[:, None, :]
            - (np.einsum("bct,bt->bc", own, np.nan_to_num(wanted)) / own.sum(axis=2).clip(1e-300))[:, :, None]
        )
        left = demeaned[:, units] - effects.transpose(2, 0, 1)[:, :, None, :]
        parts[:, at, units] += members[at, units] * np.einsum("bct,bct,mbct->mbc", own, centred, left)
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
    effects = group_effects(weights, demeaned[None], members)[:, :, 0]
    own = effects[np.searchsorted(np.unique(cohorts), cohorts)]
    return demeaned - demean_units(own, weights)


def event_effects(
    design: EventDesign, weights: FloatArray, outcomes: FloatArray, cohorts: NDArray[np.integer[Any]]
) -> FloatArray:
    """Estimate event-time effects for many assignments: `cohorts` (B, N), `outcomes` (M, N, T) to (B, E, M)."""
    demeaned = demean_units(outcomes, weights)
    n_groups = design.exposure.shape[1] + 1
    effects = [group_effects(weights, demeaned, (cohorts == g).astype(float)) for g in range(n_groups)]
    stacked = np.concatenate(effects, axis=1)
    # A group without meaning spoils only the event times that use it.
    spoilt = np.isnan(stacked).any(axis=2).astype(float) @ (design.combine != 0).T.astype(float) > 0
    terms = np.einsum("es,bsm->bem", design.combine, np.nan_to_num(stacked))
    return np.where(spoilt[:, :, None], np.nan, terms)


def exposure_cells(design: EventDesign, cohorts: IntArray) -> FloatArray:
    """Give each unit and period a 1 at each event time of the unit's cohort: (E, N, T)."""
    padded = np.concatenate([design.exposure, np.zeros_like(design.exposure[:, :1])], axis=1)
    return padded[:, cohorts, :]
