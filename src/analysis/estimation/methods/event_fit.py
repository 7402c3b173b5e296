"""Fit an event study, move its treatment paths, leave out its clusters; `event_study` makes a result of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NotEstimable, UnknownOption, some
from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.inference.clustered import Spread
from analysis.estimation.inference.moved_paths import Moved, Moves, is_plain, move_linear, observed_variance
from analysis.estimation.inference.multiplier import sum_by_cluster
from analysis.estimation.inference.noise import require_noise
from analysis.estimation.methods.saturated import (
    EventDesign,
    cohort_codes,
    design_events,
    event_effects,
    exposure_cells,
    group_parts,
    lay_systems,
    own_effects,
    residual_within_groups,
    saturated_slopes,
)
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel

# Draws handled at once; each needs a few systems of periods by periods.
CHUNK = 500


@dataclass(frozen=True)
class Study:
    """The design with what it gives: `effects` (E + 1,), the average after treatment first, then the event times.

    `average` (E,) are the event times' weights in that average.
    """

    panel: Panel
    design: EventDesign
    outcome: FloatArray
    effects: FloatArray
    average: FloatArray


def with_controls(panel: Panel) -> tuple[Panel, tuple[str, ...]]:
    """Where all are treated in the end, keep the last cohort as controls until its start; say so in a note."""
    if not panel.treated.all():
        return panel, ()
    last = int(panel.starts[-1])
    kept = panel.keep(periods=np.arange(panel.n_periods) < last)
    note = f"No unit is never treated: those treated from {panel.periods[last]} are the controls until then."
    return kept, (note,)


def balanced(panel: Panel, balance: int | None) -> Panel:
    """Keep the cohorts that the panel follows for `balance` periods after their start, and the controls.

    Raises:
        UnknownOption: `balance` is negative, or no cohort is followed for so long.
    """
    if balance is None:
        return panel
    kept = ~panel.treated | (panel.treated_from + balance < panel.n_periods)
    if balance < 0 or not (kept & panel.treated).any():
        longest = panel.n_periods - 1 - int(panel.starts[0])
        raise UnknownOption(
            f"balance={balance}; allowed: 0 to {longest}, which the first cohort is followed for."
        )
    return panel.keep(units=kept)


def fit_events(panel: Panel, reference: int, *, dynamic: bool = False, last: int | None = None) -> Study:
    """Estimate every event time's effect, and their average after treatment: over cells, or `dynamic` over times.

    `last` is the last event time that counts.

    Raises:
        UnknownOption: the reference is not before treatment, or no cohort has it.
        NotEstimable: missing cells leave nothing to compare.
    """
    if reference >= 0:
        raise UnknownOption(f"reference={reference}; allowed: an event time before treatment, -1 or less.")
    design = design_events(panel, reference)
    if not any(t >= 0 for t in design.event_times):
        raise UnknownOption(
            f"No cohort has the reference event time {reference} in the panel; take a later one."
        )
    cohorts, weights = cohort_codes(panel), panel.cell_weights
    outcome = _net_outcome(panel, weights)
    require_noise(panel, residual_within_groups(weights, outcome, cohorts))
    systems = lay_systems(weights, cohorts[None], design.n_groups)
    found = event_effects(design, weights, outcome[None], systems)[0, :, 0]
    inside = np.array([last is None or t <= last for t in design.event_times])
    design, found = _only(design, found, ~np.isnan(found) & inside)
    average = _average(panel, design, dynamic)
    return Study(panel, design, outcome, np.concatenate([[average @ found], found]), average)


def _only(design: EventDesign, found: FloatArray, kept: BoolArray) -> tuple[EventDesign, FloatArray]:
    times = tuple(t for t, is_kept in zip(design.event_times, kept, strict=True) if is_kept)
    if not any(t >= 0 for t in times):
        raise NotEstimable("Missing cells leave no event time after treatment that can be compared.")
    only = replace(design, event_times=times, combine=design.combine[kept], exposure=design.exposure[kept])
    return only, found[kept]


def _average(panel: Panel, design: EventDesign, dynamic: bool) -> FloatArray:
    """Weigh event times after treatment alike, or by the units that are treated so long."""
    sizes = np.array([(panel.treated_from == start).sum() for start in panel.starts], dtype=float)
    units = design.exposure.sum(axis=2) @ sizes
    after = np.array([t >= 0 for t in design.event_times]) * (np.ones(len(units)) if dynamic else units)
    return np.asarray(after / after.sum())


def composition(study: Study) -> tuple[str, ...]:
    """Say of how many units the first and the last effects are, where they are not of the same."""
    sizes = np.array([(study.panel.treated_from == start).sum() for start in study.panel.starts])
    units = {
        time: int(count)
        for time, count in zip(
            study.design.event_times, study.design.exposure.sum(axis=2) @ sizes, strict=True
        )
    }
    changed = [time for time in units if units[time] != max(units.values())]
    if not changed:
        return ()
    told = some(f"{time:+d}: {units[time]}" for time in changed)
    return (
        f"Event times are of different units: of {max(units.values())} in the middle, and fewer at {told}. "
        "balance= averages the same units throughout.",
    )


def move_events(study: Study, assignments: Assignments) -> Moves:
    """Estimate every effect anew with the treatment paths moved between units, or clusters."""
    panel, design = study.panel, study.design
    exposure = exposure_cells(design, cohort_codes(panel))
    overall = exposure[study.average > 0].sum(axis=0)
    if is_plain(panel):
        loadings, exposures = _loadings(study), np.concatenate([overall[None], exposure])
        moved = move_linear(panel, loadings, exposures, assignments)
        return Moves(moved, moved, observed_variance(panel, loadings, exposures))
    pieces = [
        _move_chunk(study, exposure, overall, assignments.paths[first : first + CHUNK])
        for first in range(0, len(assignments.paths), CHUNK)
    ]
    effects, shares, variance = (np.concatenate(part) for part in zip(*pieces, strict=True))
    fitted = np.isfinite(effects[:, 0])
    if not fitted.any():
        raise NotEstimable(
            "Missing cells leave no assignment with an effect after treatment to compare with."
        )
    own = _move_chunk(study, exposure, overall, cohort_codes(panel)[None])[2][0]
    moved = Moved(effects[fitted], shares[fitted], assignments.only(fitted), variance[fitted].T)
    return Moves(moved, moved, own)


def _loadings(study: Study) -> FloatArray:
    """Write each effect of a plain panel as a sum over units of path times the group's loadings."""
    panel = study.panel
    sizes = [(panel.treated_from == kind).sum() for kind in (*panel.starts, panel.n_periods)]
    each = study.design.combine.reshape(len(study.average), len(sizes), panel.n_periods)
    each = each / np.array(sizes, float)[:, None]
    return np.concatenate([np.tensordot(study.average, each, axes=1)[None], each])


def _move_chunk(
    study: Study, exposure: FloatArray, overall: FloatArray, paths: NDArray[np.integer[Any]]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give draws' effects and shares (B, E + 1), and the overall effect's squared error as powers of the effect."""
    panel, design, weights = study.panel, study.design, study.panel.cell_weights
    systems = lay_systems(weights, paths, design.n_groups)
    drawn = event_effects(design, weights, np.stack([study.outcome, overall]), systems)
    known: BoolArray = np.asarray(np.isfinite(drawn).all(axis=2), dtype=np.bool_)
    # A draw that lacks an event time averages those it has.
    average = study.average * known
    mass = average.sum(axis=1)
    average = np.where(mass[:, None] > 0, average / np.where(mass > 0, mass, 1.0)[:, None], np.nan)
    overall_of = np.einsum("be,bem->bm", average, np.where(known[:, :, None], drawn, 0.0))
    shares = own_effects(design, weights, exposure, systems)
    combine = np.nan_to_num(average) @ design.combine
    parts = group_parts(weights, np.stack([study.outcome, overall]), systems, combine)
    own, share = (sum_by_cluster(part.T, panel.cluster) for part in parts)
    variance = np.column_stack([(own**2).sum(axis=0), (own * share).sum(axis=0), (share**2).sum(axis=0)])
    return (
        np.column_stack([overall_of[:, 0], drawn[:, :, 0]]),
        np.column_stack([overall_of[:, 1], shares]),
        variance,
    )


def event_influence(study: Study) -> FloatArray:
    """Give each unit's influence on every effect (N, E + 1), covariates' slopes included."""
    panel, weights, cohorts = study.panel, study.panel.cell_weights, cohort_codes(study.panel)
    combine = np.concatenate([study.average[None] @ study.design.combine, study.design.combine])
    systems = lay_systems(weights, np.tile(cohorts, (len(combine), 1)), study.design.n_groups)
    found: FloatArray = group_parts(weights, study.outcome[None], systems, combine)[0].T
    if not panel.covariates:
        return found
    values = [np.where(panel.observed, cells, 0.0) for cells in panel.covariates.values()]
    left = [residual_within_groups(weights, cells, cohorts) for cells in values]
    gram = np.array([[(weights * a * b).sum() for b in left] for a in left])
    errors = residual_within_groups(weights, study.outcome, cohorts)
    scores = np.array([(weights * cells * errors).sum(axis=1) for cells in left])
    own = lay_systems(weights, cohorts[None], study.design.n_groups)
    moves = event_effects(study.design, weights, np.array(values), own)[0]
    moves = np.concatenate([study.average[None] @ moves, moves])
    return np.asarray(found - (moves @ np.linalg.solve(gram, scores)).T)


def clustered_errors(study: Study) -> list[Spread]:
    """Give every effect's cluster-robust error, with the small-sample factor regression packages use (CR1)."""
    panel = study.panel
    summed = sum_by_cluster(event_influence(study), panel.cluster)
    groups = cohort_codes(panel)
    # Each group has an effect in each of its periods, less one for the unit effects, which are nested in clusters.
    periods = sum(int(panel.observed[groups == g].any(axis=0).sum()) - 1 for g in np.unique(groups))
    n_clusters, n_terms = len(summed), periods + len(panel.covariates) + 1
    factor = n_clusters / (n_clusters - 1) * (panel.n_obs - 1) / (panel.n_obs - n_terms)
    return [Spread(float(np.sqrt(factor * s)), n_clusters - 1) for s in (summed**2).sum(axis=0)]


def _net_outcome(panel: Panel, weights: FloatArray) -> FloatArray:
    outcome = np.where(panel.observed, panel.outcome, 0.0)
    if not panel.covariates:
        return outcome
    values = np.stack(list(panel.covariates.values()))
    slopes = saturated_slopes(weights, outcome, values, cohort_codes(panel))
    return np.asarray(outcome - np.tensordot(slopes, values, axes=1))
