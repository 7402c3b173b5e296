"""Permutation of treatment paths for the imputation estimator, on any panel: every draw is fitted, in batches.

Under the hypothesis that the effect on every treated cell is tau, in the outcome's unit, the outcome less tau on
these cells would have been the same under every draw. On the points scale a draw's effect and each unit's
influence on it are linear in tau. On the logit scale they are so nearly, and are taken as linear between two
values of tau on either side of the estimate; the p-value of no effect is computed without that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.estimation.errors import NothingToMove
from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.inference.moved_paths import Moved, Moves
from analysis.estimation.inference.multiplier import sum_by_cluster
from analysis.estimation.methods.cell_averages import CellAverages
from analysis.estimation.methods.imputed import Design, Fit, Paths, lay_paths
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel

# Cells (draws × units × periods) fitted at once: their matrices then stay in the processor's cache.
CHUNK_CELLS = 250_000
# The two values of tau lie this many standard deviations of the draws from the estimate.
REACH = 3.0


@dataclass(frozen=True)
class _Found:
    """Averages (draws × effects), units' influence on the overall one (draws × clusters), at one tau.

    `scales` (draws,) is the spread that the treated units' own variation before gives the overall average.
    """

    averages: FloatArray
    influence: FloatArray
    scales: FloatArray


@dataclass(frozen=True)
class Observed:
    """The observed overall estimate, its squared error, and the units' own variation before (N,), where known."""

    effect: float
    squared_error: float
    scales: FloatArray | None = None


def move_imputation(
    panel: Panel, design: Design, averages: CellAverages, observed: Observed, assignments: Assignments
) -> Moves:
    """Fit every draw."""
    effect, own = observed.effect, observed.squared_error
    rng = np.random.default_rng(0)
    pilot = next(_batches(panel, design, assignments))
    start = _evaluate(pilot, panel, averages, panel.outcome, rng, None).averages[pilot.fitted, 0]
    start = start[np.isfinite(start)]  # a moved path may have no cell after its start
    if not len(start):
        raise NothingToMove(
            "No other assignment of the treatment could be fitted: units lack the cells that a moved path needs. "
            "Lengthen the panel or leave sparse units out."
        )
    reach = REACH * max(float(start.std()), 1e-6)
    taus = (0.0, 1.0) if design.scale.name == "points" else (0.0, effect - reach, effect + reach)
    outcomes = [design.scale.take_off(panel.outcome, tau, panel.treatment) for tau in taus]
    found, fitted = _fit_all(panel, design, averages, outcomes, observed.scales, assignments)
    kept = assignments.only(fitted)
    null, first, second = found[0], found[-2], found[-1]
    near = _line(first, second, taus[-2], taus[-1], kept)
    exact = near if len(taus) == 2 else _line(null, null, 0.0, 1.0, kept)
    return Moves(exact, near, np.array([own, 0.0, 0.0]), _ratios(panel, design, observed, null))


def _ratios(panel: Panel, design: Design, observed: Observed, null: _Found) -> FloatArray | None:
    if observed.scales is None:
        return None
    fit = lay_paths(design, panel.treated_from[None]).fit(panel.outcome)
    return np.asarray(spread_of(fit, target_of(panel, fit.paths), observed.scales) / null.scales)


def target_of(panel: Panel, paths: Paths) -> FloatArray:
    """Give each treated cell's weight in the overall average: (D, N, T)."""
    weights = panel.cell_weights * paths.treated
    totals = weights.sum(axis=(1, 2))
    return np.asarray(weights / np.where(totals > 0, totals, 1.0)[:, None, None])


def spread_of(fit: Fit, target: FloatArray, scales: FloatArray) -> FloatArray:
    """Give the spread of the average `target` that comes of the treated units' own variation: (D,)."""
    return np.asarray(np.sqrt((((target * fit.slopes).sum(axis=2) * scales) ** 2).sum(axis=1)))


def _fit_all(
    panel: Panel,
    design: Design,
    averages: CellAverages,
    outcomes: list[FloatArray],
    scales: FloatArray | None,
    assignments: Assignments,
) -> tuple[list[_Found], BoolArray]:
    pieces: list[list[_Found]] = [[] for _ in outcomes]
    fitted = []
    for number, paths in enumerate(_batches(panel, design, assignments)):
        for piece, outcome in zip(pieces, outcomes, strict=True):
            # The same order among units alike at every tau.
            piece.append(_evaluate(paths, panel, averages, outcome, np.random.default_rng(number), scales))
        answered = [np.isfinite(piece[-1].averages[:, 0]) for piece in pieces]
        fitted.append(paths.fitted & np.all(answered, axis=0))
    held = np.concatenate(fitted)
    joined = [
        _Found(
            np.concatenate([part.averages for part in piece])[held],
            np.concatenate([part.influence for part in piece])[held],
            np.concatenate([part.scales for part in piece])[held],
        )
        for piece in pieces
    ]
    return joined, held


def _batches(panel: Panel, design: Design, assignments: Assignments) -> Iterator[Paths]:
    starts = np.append(panel.starts, panel.n_periods)
    size = max(1, CHUNK_CELLS // panel.outcome.size)
    for first in range(0, len(assignments.paths), size):
        yield lay_paths(design, starts[assignments.paths[first : first + size]])


def _evaluate(
    paths: Paths,
    panel: Panel,
    averages: CellAverages,
    outcome: FloatArray,
    rng: np.random.Generator,
    scales: FloatArray | None,
) -> _Found:
    fit, target = paths.fit(outcome), target_of(panel, paths)
    found = averages.average(fit.effects, target, paths.starts, averages.places(paths.starts, rng))
    influence = sum_by_cluster(fit.influence(target).T, panel.cluster).T
    spreads = np.ones(len(found)) if scales is None else spread_of(fit, target, scales)
    return _Found(found, influence, spreads)


def _line(first: _Found, second: _Found, low: float, high: float, kept: Assignments) -> Moved:
    """Draw the line through what was found at two values of tau."""
    shares = (first.averages - second.averages) / (high - low)
    of_influence = (first.influence - second.influence) / (high - low)
    effects, influence = first.averages + low * shares, first.influence + low * of_influence
    products = (influence**2, influence * of_influence, of_influence**2)
    return Moved(effects, shares, kept, np.array([product.sum(axis=1) for product in products]))
