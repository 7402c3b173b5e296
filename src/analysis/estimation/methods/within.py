"""The within projection: what is left of a panel's cells once unit, period and covariate terms are taken out.

Unit effects are taken out by weighted demeaning over the observed cells, period effects and covariates by
least squares on what remains, so that missing cells and weights are handled exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.estimation.panel.panel import FloatArray, Panel

Effects = Literal["unit", "group", "none"]

# Gram matrices of period dummies are singular by one dimension; eigenvalues below this share are zero.
RANK_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Within:
    """A projection off unit effects, period effects and covariates.

    Shapes, for N units, T periods, K covariates and L = T + K: `weights` (N, T), zero where nothing is
    observed; `covariates` (K, N, T), already demeaned; `inverse` (L, L), the pseudo-inverse of their Gram
    matrix; `rank`, the terms it holds beside the unit effects.
    """

    weights: FloatArray
    covariates: FloatArray
    inverse: FloatArray
    rank: int
    absorbs_units: bool

    def demean(self, cells: FloatArray) -> FloatArray:
        """Take each unit's weighted mean off (..., N, T); cells not observed become zero."""
        return demean_units(cells, self.weights, self.absorbs_units)

    def loadings(self, demeaned: FloatArray) -> FloatArray:
        """Give each unit's inner products with the L terms: (..., N, T) to (..., N, L)."""
        weighted = self.weights * demeaned
        with_covariates = np.einsum("...nt,knt->...nk", weighted, self.covariates)
        return np.concatenate([weighted, with_covariates], axis=-1)

    def fitted(self, coefficients: FloatArray) -> FloatArray:
        """Turn L coefficients into demeaned cells (N, T)."""
        n_periods = self.weights.shape[1]
        of_periods = np.broadcast_to(coefficients[:n_periods], self.weights.shape)
        of_covariates = np.tensordot(coefficients[n_periods:], self.covariates, axes=1)
        return self.demean(of_periods) + of_covariates

    def residual(self, cells: FloatArray) -> FloatArray:
        """Take unit effects, period effects and covariates off cells (N, T)."""
        demeaned = self.demean(cells)
        return demeaned - self.fitted(self.inverse @ self.loadings(demeaned).sum(axis=0))


def demean_units(cells: FloatArray, weights: FloatArray, absorbs_units: bool = True) -> FloatArray:
    """Take each unit's weighted mean off (..., N, T); cells of weight zero become zero."""
    seen = weights > 0
    filled = np.where(seen, cells, 0.0)
    if not absorbs_units:
        return filled
    totals = np.maximum(weights.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    means = (weights * filled).sum(axis=-1, keepdims=True) / totals
    return np.where(seen, filled - means, 0.0)


def build_within(panel: Panel, effects: Effects = "unit") -> Within:
    """Set up the projection for a panel.

    `effects="group"` puts one effect for the treated and one for the others in place of an effect for each
    unit: the panel is then read as repeated samples of two groups, and units seen once count too.
    `effects="none"` takes out period effects and covariates only.
    """
    absorbs_units = effects == "unit"
    weights = panel.cell_weights
    terms = [demean_units(values, weights, absorbs_units) for values in panel.covariates.values()]
    if effects == "group":
        terms.append(np.where(weights > 0, panel.treated[:, None].astype(float), 0.0))
    if not absorbs_units:
        # Period effects absorb any constant; without it sums of squares do not lose digits to the level.
        terms = [np.where(weights > 0, term - (weights * term).sum() / weights.sum(), 0.0) for term in terms]
    covariates = np.stack(terms) if terms else np.zeros((0, *weights.shape))
    inverse, rank = _invert(_gram(weights, covariates, absorbs_units))
    return Within(weights, covariates, inverse, rank, absorbs_units)


def unit_grams(weights: FloatArray, covariates: FloatArray, absorbs_units: bool = True) -> FloatArray:
    """Give each unit's Gram matrix of the L demeaned terms: (N, L, L)."""
    n_units, n_periods = weights.shape
    grams = np.zeros((n_units, n_periods + len(covariates), n_periods + len(covariates)))
    at = np.arange(n_periods)
    grams[:, at, at] = weights
    if absorbs_units:
        totals = np.maximum(weights.sum(axis=1), np.finfo(float).tiny)
        grams[:, :n_periods, :n_periods] -= weights[:, :, None] * (weights / totals[:, None])[:, None, :]
    weighted = weights * covariates
    grams[:, :n_periods, n_periods:] = np.moveaxis(weighted, 0, 2)
    grams[:, n_periods:, :n_periods] = np.moveaxis(weighted, 0, 1)
    grams[:, n_periods:, n_periods:] = np.einsum("knt,lnt->nkl", weighted, covariates)
    return grams


def _gram(weights: FloatArray, covariates: FloatArray, absorbs_units: bool) -> FloatArray:
    n_periods = weights.shape[1]
    gram = np.zeros((n_periods + len(covariates),) * 2)
    gram[:n_periods, :n_periods] = np.diag(weights.sum(axis=0))
    if absorbs_units:
        totals = np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        gram[:n_periods, :n_periods] -= weights.T @ (weights / totals)
    weighted = weights * covariates
    gram[n_periods:, :n_periods] = weighted.sum(axis=1)
    gram[:n_periods, n_periods:] = gram[n_periods:, :n_periods].T
    gram[n_periods:, n_periods:] = np.einsum("knt,lnt->kl", weighted, covariates)
    return gram


def _invert(gram: FloatArray) -> tuple[FloatArray, int]:
    # Scaling to a unit diagonal lets one tolerance serve covariates of any size.
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(gram / scale[:, None] / scale[None, :])
    held = values > RANK_TOLERANCE * max(values.max(), 1.0)
    scaled = vectors[:, held] / scale[:, None]
    return (scaled / values[held]) @ scaled.T, int(held.sum())
