"""Cluster-robust standard errors of the two-way regression: CR1, CR2 and CR3.

References:
    Bell & McCaffrey (2002), Survey Methodology 28(2); Pustejovsky & Tipton (2018), JBES 36(4);
    MacKinnon, Nielsen & Webb (2023), Journal of Econometrics 232(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.methods.twoway import TwoWayFit
from analysis.estimation.methods.within import RANK_TOLERANCE, unit_grams
from analysis.estimation.panel.panel import FloatArray

KINDS = ("CR1", "CR2", "CR3")


@dataclass(frozen=True)
class Spread:
    """A standard error with the degrees of freedom of its t distribution."""

    std_error: float
    degrees: float

    def p_value(self, estimate: float) -> float:
        """Two-sided p of an estimate against zero."""
        from scipy.special import stdtr

        return float(2 * stdtr(self.degrees, -abs(estimate) / self.std_error))

    def interval(self, estimate: float, conf_level: float) -> tuple[float, float]:
        """The interval of an estimate at a level."""
        from scipy.special import stdtrit

        half = float(stdtrit(self.degrees, 0.5 + conf_level / 2)) * self.std_error
        return estimate - half, estimate + half


def spread(fit: TwoWayFit, kind: str) -> Spread | None:
    """Compute a cluster-robust standard error; None where it is not defined."""
    return {"CR1": spread_cr1, "CR2": spread_cr2, "CR3": spread_cr3}[kind](fit)


def spread_cr1(fit: TwoWayFit) -> Spread | None:
    """Sum of squared cluster scores with the small-sample factor G/(G-1) (n-1)/(n-k).

    Unit effects, nested in the clusters, count as one term in k.
    """
    clusters, cells = fit.n_clusters, fit.panel.n_obs
    factor = clusters / (clusters - 1) * (cells - 1) / (cells - fit.n_parameters)
    return _spread(np.sqrt(factor * fit.score_squares) / fit.variation, clusters - 1)


def spread_cr3(fit: TwoWayFit) -> Spread | None:
    """Jackknife: each cluster is left out and the regression fitted anew.

    Not defined when a cluster left out takes the effect with it, as with one treated cluster.
    """
    moves = leave_out_moves(fit)
    if moves is None:
        return None
    clusters = fit.n_clusters
    return _spread(np.sqrt((clusters - 1) / clusters * float((moves**2).sum())), clusters - 1)


def leave_out_moves(fit: TwoWayFit) -> FloatArray | None:
    """Give the change of the estimate when each cluster is left out; None when one cannot be."""
    within = fit.within
    treated = within.demean(fit.panel.treatment.astype(float))
    grams = fit.by_cluster(unit_grams(within.weights, within.covariates, within.absorbs_units))
    own = fit.by_cluster((within.weights * treated**2).sum(axis=1))
    load = fit.by_cluster(within.loadings(treated))
    errors = fit.by_cluster(within.loadings(fit.errors))
    products = fit.by_cluster((within.weights * treated * fit.errors).sum(axis=1))
    rest = grams.sum(axis=0) - grams
    rest_load = load.sum(axis=0) - load
    slopes = _solve_each(rest, rest_load, 1 if within.absorbs_units else 0)
    variation = own.sum() - own - (rest_load * slopes).sum(axis=1)
    if (variation <= 1e-8 * fit.variation).any():
        return None
    return np.asarray((-products - ((errors.sum(axis=0) - errors) * slopes).sum(axis=1)) / variation)


def _solve_each(grams: FloatArray, right: FloatArray, redundant: int) -> FloatArray:
    # Beside unit effects the first period's dummy is redundant; without it the systems are regular unless a
    # cluster alone carries a period or covariate, and then the minimum-norm solution is the regression
    # without that term.
    regular = grams[:, redundant:, redundant:]
    if np.linalg.cond(regular, 1).max() >= 1 / RANK_TOLERANCE:
        inverses = np.linalg.pinv(grams, rcond=RANK_TOLERANCE, hermitian=True)
        return np.asarray(np.einsum("cij,cj->ci", inverses, right))
    slopes = np.zeros_like(right)
    slopes[:, redundant:] = np.linalg.solve(regular, right[:, redundant:, None])[:, :, 0]
    return slopes


def spread_cr2(fit: TwoWayFit) -> Spread | None:
    """Bias-reduced linearisation, with Satterthwaite's degrees of freedom.

    The working model has independent errors of variance 1/weight. Not defined when a cluster fits itself
    perfectly, as one treated cluster does.
    """
    terms = _scaled_terms(fit)
    gram = np.einsum("ntl,ntm->lm", terms, terms)
    inverse = np.linalg.pinv(gram, rcond=RANK_TOLERANCE, hermitian=True)
    scale = np.sqrt(fit.within.weights)
    norms, loads, scores = [], [], []
    for members in _alike(fit):
        rows = terms[members].reshape(len(members), -1, terms.shape[2])
        roots = _inverse_roots(np.eye(rows.shape[1]) - rows @ inverse @ rows.transpose(0, 2, 1))
        if roots is None:
            return None
        treatment, errors = (
            (scale * cells)[members].reshape(rows.shape[:2]) for cells in (fit.treatment, fit.errors)
        )
        own = np.einsum("cij,cj->ci", roots, treatment) / fit.variation
        scores.append((own * errors).sum(axis=1))
        norms.append((own**2).sum(axis=1))
        loads.append(np.einsum("ci,cil->cl", own, rows))
    load = np.concatenate(loads)
    products = np.diag(np.concatenate(norms)) - load @ inverse @ load.T
    degrees = float(np.trace(products) ** 2 / (products**2).sum())
    return _spread(float(np.sqrt((np.concatenate(scores) ** 2).sum())), degrees)


def _scaled_terms(fit: TwoWayFit) -> FloatArray:
    within = fit.within
    n_units, n_periods = within.weights.shape
    dummies = np.broadcast_to(np.eye(n_periods)[:, None, :], (n_periods, n_units, n_periods))
    terms = np.concatenate([within.demean(dummies), within.covariates, fit.treatment[None]])
    return np.asarray(np.moveaxis(np.sqrt(within.weights) * terms, 0, 2))


def _alike(fit: TwoWayFit) -> list[NDArray[np.intp]]:
    """List the units of each cluster, clusters of one size together: (clusters, units) an entry."""
    order = np.argsort(fit.cluster, kind="stable")
    clusters = np.split(order, np.flatnonzero(np.diff(fit.cluster[order])) + 1)
    sizes = sorted({len(members) for members in clusters})
    return [np.array([members for members in clusters if len(members) == size]) for size in sizes]


def _inverse_roots(matrices: FloatArray) -> FloatArray | None:
    values, vectors = np.linalg.eigh(matrices)
    if values.min() <= RANK_TOLERANCE:
        return None
    return np.asarray((vectors / np.sqrt(values)[:, None, :]) @ vectors.transpose(0, 2, 1))


def _spread(std_error: float, degrees: float) -> Spread | None:
    return Spread(float(std_error), float(degrees)) if std_error > 0 else None
