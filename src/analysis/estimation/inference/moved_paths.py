"""Permutation inference for estimators that compare groups of units: treatment paths move between units.

With every cell observed and no weights, covariates or clusters, each effect is a sum over units of their path
times loadings that depend on the unit's group alone, so one product of outcomes by loadings serves every
draw. Otherwise the estimator says how it is moved, or is run anew on every draw.

References: Fisher (1935), The Design of Experiments; Janssen (1997), Statistics & Probability Letters 36, for
the studentised statistic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import PanelError
from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.inference.multiplier import sum_by_cluster
from analysis.estimation.inference.permutation import Draws, Interval, invert, plain_interval
from analysis.estimation.panel.panel import FloatArray, Panel

# An estimator: a panel to its effects, the overall one first, and each unit's influence on that. The effects are the
# same for every panel, NaN where one has no cell of them.
Refit = Callable[[Panel], tuple[FloatArray, FloatArray]]

# Draws handled at once, so that their gathered rows stay in memory's cache.
CHUNK = 256


@dataclass(frozen=True)
class Moved:
    """Every draw's effects (draws × effects), the overall one first; NaN where a draw has no cell of an effect.

    `shares` are the effects each draw would find were the observed effect one and nothing else there, for all
    effects or the overall one alone. `variance` (3, draws) holds the overall effect's squared error as powers
    of the hypothesised effect, or is None.
    """

    effects: FloatArray
    shares: FloatArray
    assignments: Assignments
    variance: FloatArray

    def scaled(self, ratios: FloatArray) -> Moved:
        """Multiply each draw by a ratio of its own."""
        rows = ratios[:, None]
        return replace(
            self, effects=self.effects * rows, shares=self.shares * rows, variance=self.variance * ratios**2
        )

    def p_value(self, effect: int, observed: float) -> float:
        """Rank an effect among the draws' that have it; 1 where none has."""
        known = np.isfinite(self.effects[:, effect])
        if not known.any():
            return 1.0
        return self.assignments.only(known).p_value(self.effects[known, effect], observed)

    def interval(self, effect: int, observed: float, conf_level: float) -> Interval:
        """Invert the plain permutation test of one effect."""
        known = np.isfinite(self.effects[:, effect])
        kept = self.assignments.only(known)
        draws = Draws(self.effects[known, effect], self.shares[known, effect], None, kept)
        return plain_interval(draws, observed, conf_level)

    def studentised_p(self, observed: float, own: FloatArray, tau: float = 0.0) -> float:
        """Rank the overall effect less `tau` over its standard error; `own` is the observed variance's parts."""
        powers = np.array([1.0, -2 * tau, tau**2])
        tiny = np.finfo(float).tiny
        deviations = np.sqrt(np.maximum(powers @ self.variance, tiny))
        statistics = (self.effects[:, 0] - tau * self.shares[:, 0]) / deviations
        return self.assignments.p_value(
            statistics, (observed - tau) / np.sqrt(max(float(powers @ own), tiny))
        )

    def studentised_interval(self, observed: float, own: FloatArray, conf_level: float) -> Interval:
        """Invert the studentised permutation test of the overall effect."""
        alpha = round(1 - conf_level, 12)
        step = float(np.sqrt(own[0]))
        return invert(lambda tau: self.studentised_p(observed, own, tau), observed, step, alpha)


@dataclass(frozen=True)
class Moves:
    """Draws to test no effect with, draws near the estimate to make intervals from, and the estimate's own error.

    The two are the same where a draw's effect is linear in the hypothesised one. `own` (3,) is the overall
    effect's squared error as powers of the hypothesised effect. `ratios` (draws,) are the treated units' own
    variation before over that of the units which a draw treats, or None where it is not known.
    """

    null: Moved
    near: Moved
    own: FloatArray
    ratios: FloatArray | None = None


def is_plain(panel: Panel) -> bool:
    """Tell whether effects depend on a unit's group alone: all observed, no weights, covariates, clusters."""
    return panel.is_balanced and panel.weights is None and not panel.covariates and panel.cluster is None


@dataclass(frozen=True)
class GroupMoves:
    """How an estimator that compares groups of a panel's units is moved over assignments.

    `exposures` gives the cells each effect averages (effects × units × periods), `loadings` effects × groups ×
    periods for plain panels; `at_once` takes exposures and assignments where there are no covariates; `estimate` runs
    the estimator.
    """

    panel: Panel
    estimate: Refit
    loadings: Callable[[], FloatArray]
    exposures: Callable[[], FloatArray]
    at_once: Callable[[FloatArray, Assignments], Moves]

    def __call__(self, assignments: Assignments) -> Moves:
        """Apply loadings where all units of a group have the same, else run the estimator, at once or on every draw."""
        exposures = self.exposures()
        if is_plain(self.panel):
            loadings = self.loadings()
            moved = move_linear(self.panel, loadings, exposures, assignments)
            return Moves(moved, moved, observed_variance(self.panel, loadings, exposures))
        if not self.panel.covariates:
            return self.at_once(exposures, assignments)
        moved = move_refit(self.panel, self.estimate, exposures, assignments)
        return Moves(moved, moved, refit_variance(self.panel, self.estimate, exposures))


def move_linear(panel: Panel, loadings: FloatArray, exposures: FloatArray, assignments: Assignments) -> Moved:
    """Apply loadings (effects × groups × periods, controls last) to every draw.

    `exposures` (effects × units × periods) mark the observed cells each effect averages.
    """
    parts = np.einsum("ut,egt->eug", panel.outcome, loadings)
    share_parts = np.einsum("eut,egt->eug", exposures, loadings)
    effects, shares, variance = [], [], []
    for start in range(0, len(assignments.paths), CHUNK):
        paths = assignments.paths[start : start + CHUNK]
        effects.append(_gather(parts, paths).sum(axis=2))
        shares.append(_gather(share_parts, paths).sum(axis=2))
        variance.append(_variance(parts[0], share_parts[0], paths))
    return Moved(
        np.concatenate(effects, axis=1).T,
        np.concatenate(shares, axis=1).T,
        assignments,
        np.concatenate(variance, axis=1),
    )


def observed_variance(panel: Panel, loadings: FloatArray, exposures: FloatArray) -> FloatArray:
    """Give the overall effect's squared error as powers of the hypothesised effect (3,)."""
    parts = np.einsum("ut,gt->ug", panel.outcome, loadings[0])
    share_parts = np.einsum("ut,gt->ug", exposures[0], loadings[0])
    paths = np.searchsorted(panel.starts, panel.treated_from)[None, :]
    return np.asarray(_variance(parts, share_parts, paths)[:, 0])


def _gather(parts: FloatArray, paths: NDArray[np.integer]) -> FloatArray:
    """Take each unit's part under its path: (effects, units, groups) and (draws, units) to (e, d, u)."""
    return np.asarray(parts[:, np.arange(parts.shape[1])[None, :], paths])


def _variance(parts: FloatArray, share_parts: FloatArray, paths: NDArray[np.integer]) -> FloatArray:
    """Sum squares around each group's mean, of the outcome's parts, their product, the share's parts."""
    own, share = _gather(parts[None], paths)[0], _gather(share_parts[None], paths)[0]
    sums = [(own**2).sum(axis=1), (own * share).sum(axis=1), (share**2).sum(axis=1)]
    for group in range(parts.shape[1]):
        members = (paths == group).astype(float)
        size = max(members[0].sum(), 1.0)
        of_own, of_share = (members * own).sum(axis=1), (members * share).sum(axis=1)
        for power, product in enumerate((of_own**2, of_own * of_share, of_share**2)):
            sums[power] = sums[power] - product / size
    return np.array(sums)


def move_refit(panel: Panel, estimate: Refit, exposures: FloatArray, assignments: Assignments) -> Moved:
    """Run an estimator on every draw, and on the treatment as outcome.

    Draws on which it cannot be run are left out.
    """
    starts = np.append(panel.starts, panel.n_periods)
    effects, shares, variance = [], [], []
    fitted = np.ones(len(assignments.paths), dtype=bool)
    for draw, paths in enumerate(assignments.paths):
        moved = replace(panel, treated_from=starts[paths].astype(np.int64))
        try:
            found, share, squares = _refit(moved, estimate, exposures[0])
        except PanelError:
            fitted[draw] = False
            continue
        effects.append(found)
        shares.append([share])
        variance.append(squares)
    return Moved(np.array(effects), np.array(shares), assignments.only(fitted), np.array(variance).T)


def refit_variance(panel: Panel, estimate: Refit, exposures: FloatArray) -> FloatArray:
    """Give the overall effect's squared error, from influence, as powers of the hypothesised effect (3,)."""
    return _refit(panel, estimate, exposures[0])[2]


def _refit(panel: Panel, estimate: Refit, treatment: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    found, own = estimate(panel)
    of_treatment, shared = estimate(replace(panel, outcome=treatment))
    parts = sum_by_cluster(np.column_stack([own, shared]), panel.cluster) / panel.n_units
    products = parts.T @ parts
    return found, float(of_treatment[0]), np.array([products[0, 0], products[0, 1], products[1, 1]])
