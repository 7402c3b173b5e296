"""The change of one group against the change of another, with or without covariates, and its influence function.

References: Sant'Anna & Zhao (2020), Journal of Econometrics 219; Callaway & Sant'Anna (2021), Journal of
Econometrics 225.
"""

from __future__ import annotations

import numpy as np

from analysis.estimation.errors import PanelError
from analysis.estimation.panel.panel import BoolArray, FloatArray

# Comparison units whose estimated chance of treatment exceeds this get no weight: they would outweigh all others.
TRIM = 0.995
NEWTON_STEPS = 50


class NoOverlap(PanelError):
    """The covariates tell treated from comparison units (almost) perfectly."""


class CollinearCovariates(PanelError):
    """The covariates of the comparison units do not vary independently."""


def compare_changes(
    change: FloatArray, treated: FloatArray, controls: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Subtract the controls' mean change from the treated's, comparison by comparison.

    All are units × comparisons: the changes and either side's weights, zero for units that do not take part.
    Returns the differences, and each unit's influence on them (units × comparisons).
    """
    effects, influence = np.zeros(change.shape[1]), np.zeros(change.shape)
    for weights, sign in ((treated, 1.0), (controls, -1.0)):
        share = weights / weights.sum(axis=0)
        means = (share * change).sum(axis=0)
        effects += sign * means
        influence += sign * len(change) * share * (change - means)
    return effects, influence


def compare_adjusted(
    change: FloatArray, treated: BoolArray, weights: FloatArray, covariates: FloatArray, method: str
) -> tuple[float, FloatArray]:
    """Subtract the change the treated would have had, given their covariates, from the one they had.

    `covariates` is units × covariates without a constant. `method` is "reg" (outcome regression), "ipw"
    (inverse probability, normalised) or "dr" (both: right if either model is).

    Raises:
        NoOverlap: when covariates separate treated from comparison units.
        CollinearCovariates: when the covariates, with a constant, are not of full rank.
    """
    design = np.column_stack([np.ones(len(change)), covariates])
    _require_rank(design[~treated & (weights > 0)])
    fitted, ols = np.zeros(len(change)), np.zeros_like(design)
    if method != "ipw":
        fitted, ols = _fit_change(change, weights * ~treated, design)
    gap = change - fitted
    mean_treated, influence = _mean(gap, weights * treated)
    influence = influence - ols @ _weighted_mean(design, weights * treated)
    if method == "reg":
        return mean_treated, influence
    chance, scores = _fit_chance(treated, weights, design)
    odds = weights * ~treated * (chance < TRIM) * chance / (1 - chance)
    mean_rest, influence_rest = _mean(gap, odds)
    influence_rest = influence_rest + scores @ _weighted_mean(design * (gap - mean_rest)[:, None], odds)
    influence_rest = influence_rest - ols @ _weighted_mean(design, odds)
    return mean_treated - mean_rest, influence - influence_rest


def _mean(values: FloatArray, weights: FloatArray) -> tuple[float, FloatArray]:
    mean = float(weights @ values / weights.sum())
    return mean, weights * (values - mean) / weights.mean()


def _weighted_mean(rows: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(weights @ rows / weights.sum())


def _fit_change(change: FloatArray, weights: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit the change by weighted least squares; return fitted values and the coefficients' influence."""
    inverse = np.linalg.inv(design.T @ (design * weights[:, None]))
    fitted = design @ (inverse @ (design.T @ (weights * change)))
    return fitted, len(change) * ((weights * (change - fitted))[:, None] * design) @ inverse


def _fit_chance(treated: BoolArray, weights: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit the chance of treatment by logit; return it and the coefficients' influence."""
    beta = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -35, 35)))
        score = (weights * (treated - chance))[:, None] * design
        information = design.T @ (design * (weights * chance * (1 - chance))[:, None])
        if np.linalg.cond(information) > 1e14:
            break
        step = np.linalg.solve(information, score.sum(axis=0))
        beta = beta + step
        if np.abs(step).max() < 1e-9 * (1 + np.abs(beta).max()):
            return chance, len(treated) * score @ np.linalg.inv(information)
    raise NoOverlap(
        f"The covariates separate {int(treated.sum())} treated from {int((~treated).sum())} comparison units, so "
        'no comparison weights exist. Use fewer covariates, or method="reg".'
    )


def _require_rank(design: FloatArray) -> None:
    rank = int(np.linalg.matrix_rank(design))
    if rank < design.shape[1]:
        raise CollinearCovariates(
            f"{len(design)} comparison units carry {design.shape[1] - 1} covariates and a constant, of which only "
            f"{rank} are independent. Drop constant or repeated covariates."
        )
