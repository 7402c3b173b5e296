"""What the treated cells would have been: unit and period effects fitted to the untreated cells alone.

References: Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NotEstimable, some
from analysis.estimation.panel import Panel
from analysis.estimation.within import Within, build_within

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Imputation:
    """The effect on every treated cell, and what it takes to average effects with their uncertainty.

    `effects` and `residuals` are units × periods, zero where they do not apply; `treated` marks the observed
    treated cells; `covariates` (K, N, T) are centred on their unit's untreated mean; `within` projects the
    untreated cells off unit effects, period effects and covariates.
    """

    effects: Array
    residuals: Array
    treated: Flags
    covariates: Array
    within: Within

    def weights_on_cells(self, target: Array) -> Array:
        """Write the average of effects with weights `target` (units × periods) as a sum over all cells.

        Treated cells keep their weight; untreated cells get the one with which they enter the predictions.
        """
        weights = self.within.weights
        share = target.sum(axis=1) / _unit_totals(weights)
        of_periods = target.sum(axis=0) - weights.T @ share
        of_covariates = np.tensordot(self.covariates, target, axes=2)
        slopes = self.within.inverse @ np.concatenate([of_periods, of_covariates])
        return np.asarray(target - weights * (share[:, None] + self.within.fitted(slopes)))

    def influence(self, target: Array, cohorts: NDArray[np.int64]) -> Array:
        """Return each unit's contribution to the error of the average with weights `target`.

        Effects are centred on their cohort's average in the period, as the paper proposes, so that the sum of
        squares is a conservative variance.
        """
        centred = self.effects.copy()
        for cohort in np.unique(cohorts[self.treated.any(axis=1)]):
            rows = cohorts == cohort
            squares = target[rows] ** 2
            totals = squares.sum(axis=0)
            means = (squares * self.effects[rows]).sum(axis=0) / np.where(totals > 0, totals, 1.0)
            centred[rows] -= means * self.treated[rows]
        return np.asarray((self.weights_on_cells(target) * (centred + self.residuals)).sum(axis=1))


def impute(panel: Panel) -> Imputation:
    """Fit unit effects, period effects and covariates to the untreated cells and predict the treated ones.

    Missing cells are left out of the fit; weights weigh it.

    Raises:
        NotEstimable: when a treated cell has no untreated cell of its period to be predicted from, or the
            untreated cells do not tie periods and covariates together.
    """
    treated = panel.observed & panel.treatment
    untreated = panel.observed & ~panel.treatment
    _require_periods(panel, treated, untreated)
    weights = panel.cell_weights * untreated
    within = build_within(replace(panel, observed=untreated, weights=weights))
    if within.rank < int(untreated.any(axis=0).sum()) - 1 + len(panel.covariates):
        raise NotEstimable(
            "imputation: the untreated cells do not tie all periods and covariates together (a period shares no "
            "unit with the others, or a covariate does not vary within units over time). Drop it."
        )
    outcome = _centre(np.where(panel.observed, panel.outcome, 0.0), weights)
    covariates = np.array([_centre(values, weights) for values in panel.covariates.values()])
    covariates = covariates.reshape(-1, *weights.shape)
    slopes = within.inverse @ within.loadings(outcome).sum(axis=0)
    of_periods = _centre(np.broadcast_to(slopes[: panel.n_periods], weights.shape), weights)
    gap = outcome - of_periods - np.tensordot(slopes[panel.n_periods :], covariates, axes=1)
    return Imputation(gap * treated, gap * untreated, treated, covariates, within)


def _unit_totals(weights: Array) -> Array:
    totals = weights.sum(axis=1)
    return np.where(totals > 0, totals, 1.0)


def _centre(cells: Array, weights: Array) -> Array:
    """Take each unit's untreated mean off all its cells."""
    return np.asarray(cells - ((weights * cells).sum(axis=1) / _unit_totals(weights))[:, None])


def _require_periods(panel: Panel, treated: Flags, untreated: Flags) -> None:
    bare = np.flatnonzero(treated.any(axis=0) & ~untreated.any(axis=0))
    if len(bare):
        raise NotEstimable(
            f"imputation: every unit observed in {some(panel.periods[t] for t in bare)} is treated, so nothing says "
            "what would have happened without. End the panel before, or add untreated units."
        )
