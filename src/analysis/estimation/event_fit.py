"""Fit an event study, move its treatment paths, leave out its clusters; `event_study` makes a result of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.assignments import Assignments, draw_assignments
from analysis.estimation.clustered import Spread
from analysis.estimation.errors import NotEstimable, UnknownOption
from analysis.estimation.inference import Ask
from analysis.estimation.noise import require_noise
from analysis.estimation.panel import BoolArray, FloatArray, IntArray, Panel
from analysis.estimation.saturated import (
    EventDesign,
    cohort_codes,
    design_events,
    event_effects,
    exposure_cells,
    residual_within_groups,
    saturated_slopes,
)
from analysis.estimation.twoway import cluster_codes

# Draws handled at once; each needs a few systems of periods by periods.
CHUNK = 1_000


@dataclass(frozen=True)
class Study:
    """The design with what it gives: `effects` (E + 1,), the event times and, last, their post mean."""

    panel: Panel
    design: EventDesign
    outcome: FloatArray
    effects: FloatArray
    average: FloatArray


@dataclass(frozen=True)
class Moved:
    """Every draw's effects (B, E + 1), and its effects on each observed exposure (B, E + 1).

    NaN where missing cells leave a draw without an event time; the last column averages those it has.
    """

    effects: FloatArray
    shares: FloatArray
    assignments: Assignments

    def of(self, row: int) -> tuple[FloatArray, FloatArray, Assignments]:
        """Give the draws that have an effect: its values, its shares, and the assignments."""
        known = np.isfinite(self.effects[:, row])
        return self.effects[known, row], self.shares[known, row], self.assignments.only(known)

    def scaled(self, ratios: FloatArray) -> Moved:
        """Multiply each draw by a ratio of its own."""
        rows = ratios[:, None]
        return replace(self, effects=self.effects * rows, shares=self.shares * rows)


def with_controls(panel: Panel) -> tuple[Panel, tuple[str, ...]]:
    """Where all are treated in the end, keep the last cohort as controls until its start; say so in a note."""
    if not panel.treated.all():
        return panel, ()
    last = int(panel.starts[-1])
    kept = panel.keep(periods=np.arange(panel.n_periods) < last)
    note = f"No unit is never treated: those treated from {panel.periods[last]} are the controls until then."
    return kept, (note,)


def fit_events(panel: Panel, reference: int) -> Study:
    """Estimate every event time's effect, and their mean after treatment.

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
    found = event_effects(design, weights, outcome[None], cohorts[None, :])[0, :, 0]
    design, found = _drop_unknown(design, found)
    average = _average(design)
    return Study(panel, design, outcome, np.append(found, average @ found), average)


def _drop_unknown(design: EventDesign, found: FloatArray) -> tuple[EventDesign, FloatArray]:
    known = ~np.isnan(found)
    times = tuple(t for t, is_known in zip(design.event_times, known, strict=True) if is_known)
    if not any(t >= 0 for t in times):
        raise NotEstimable("Missing cells leave no event time after treatment that can be compared.")
    kept = replace(design, event_times=times, combine=design.combine[known], exposure=design.exposure[known])
    return kept, found[known]


def _average(design: EventDesign) -> FloatArray:
    after = np.array([t >= 0 for t in design.event_times], dtype=float)
    return np.asarray(after / after.sum())


def permute_events(study: Study, ask: Ask) -> Moved:
    """Estimate every effect anew with the treatment paths moved between units, or clusters."""
    panel, design = study.panel, study.design
    assignments = draw_assignments(panel, ask.draws, ask.generator("permutation"), ask.conf_level)
    exposure = exposure_cells(design, cohort_codes(panel))
    after = [t >= 0 for t in design.event_times]
    cells = np.concatenate([study.outcome[None], exposure, exposure[after].sum(axis=0, keepdims=True)])
    drawn = _effects_by_chunks(design, panel.cell_weights, cells, assignments.paths)
    known: BoolArray = np.asarray(np.isfinite(drawn).all(axis=2), dtype=np.bool_)
    weight = np.asarray(known @ study.average)
    fitted: BoolArray = np.asarray(weight > 0, dtype=np.bool_)
    if not fitted.any():
        raise NotEstimable(
            "Missing cells leave no assignment with an effect after treatment to compare with."
        )
    drawn, known, weight = drawn[fitted], known[fitted], weight[fitted]
    averaged = np.where(known[:, :, None], drawn, 0.0)[:, :, [0, -1]]
    overall = np.einsum("bem,e->bm", averaged, study.average) / weight[:, None]
    effects = np.column_stack([drawn[:, :, 0], overall[:, 0]])
    own = np.einsum("bee->be", drawn[:, :, 1:-1])
    return Moved(effects, np.column_stack([own, overall[:, 1]]), assignments.only(fitted))


def leave_out_errors(study: Study) -> list[Spread] | None:
    """Jackknife every effect by leaving out each cluster and estimating anew, covariates' slopes included."""
    panel, weights = study.panel, study.panel.cell_weights
    cluster, cohorts = cluster_codes(panel), cohort_codes(panel)
    n_clusters = int(cluster.max()) + 1
    members = np.where(cluster == np.arange(n_clusters)[:, None], np.int64(-1), cohorts)
    weight = weights.sum(axis=1)
    if any(((members == g) @ weight == 0).any() for g in range(study.design.exposure.shape[1] + 1)):
        return None
    found = _effects_left_out(study, members)
    moves = np.column_stack([found, found @ study.average]) - study.effects
    squares = (n_clusters - 1) / n_clusters * (moves**2).sum(axis=0)
    if not np.isfinite(squares).all() or (squares <= 0).any():
        return None
    return [Spread(float(np.sqrt(square)), n_clusters - 1) for square in squares]


def _effects_left_out(study: Study, members: IntArray) -> FloatArray:
    """Estimate the effects (B, E) once a row of `members` (B, N), whose -1 are left out."""
    panel, design, weights = study.panel, study.design, study.panel.cell_weights
    if not panel.covariates:
        return _effects_by_chunks(design, weights, study.outcome[None], members)[:, :, 0]
    found = []
    for row in members:  # the slopes change with who is left out
        kept = np.where(row[:, None] < 0, 0.0, weights)
        outcome = _net_outcome(panel, kept)
        found.append(event_effects(design, kept, outcome[None], row[None, :])[0, :, 0])
    return np.array(found)


def _effects_by_chunks(
    design: EventDesign, weights: FloatArray, outcomes: FloatArray, cohorts: NDArray[np.integer[Any]]
) -> FloatArray:
    chunks = [cohorts[start : start + CHUNK] for start in range(0, len(cohorts), CHUNK)]
    return np.concatenate([event_effects(design, weights, outcomes, chunk) for chunk in chunks])


def _net_outcome(panel: Panel, weights: FloatArray) -> FloatArray:
    outcome = np.where(panel.observed, panel.outcome, 0.0)
    if not panel.covariates:
        return outcome
    values = np.stack(list(panel.covariates.values()))
    slopes = saturated_slopes(weights, outcome, values, cohort_codes(panel))
    return np.asarray(outcome - np.tensordot(slopes, values, axes=1))
