"""Permutation inference for the two-way regression, plain and studentised, with intervals by inversion.

A draw moves whole treatment paths between units. Under the null that the effect is tau, the outcome less tau
times the treatment would have been the same under every draw; each draw's coefficient and its cluster-robust
variance are then linear and quadratic in tau, so a handful of matrix products serves all draws and all tau.

References:
    Fisher (1935), The Design of Experiments; Ding, Feller & Miratrix (2016), JRSS B 78(3);
    Janssen (1997), Statistics & Probability Letters 36(1), for the studentised statistic;
    MacKinnon & Webb (2020), Journal of Econometrics 218(2), on few treated clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.methods.twoway import TwoWayFit
from analysis.estimation.panel.panel import BoolArray, FloatArray

Interval = tuple[float, float]

# Rows of draws handled at once: their intermediate matrices then stay in the processor's cache.
CHUNK = 512
# A value so many steps away that a test which keeps it keeps all; farther out rounding decides between ties.
NEVER_BEYOND = 2.0**14


@dataclass(frozen=True)
class PathParts:
    """What a unit would contribute under each path: N units, G starts, L terms.

    `own` (N, G) sums of squares of the demeaned path, `load` (N, G, L) its inner products with the terms,
    `score` and `overlap` (N, G) its inner products with the outcome's and the treatment's residual.
    """

    own: FloatArray
    load: FloatArray
    score: FloatArray
    overlap: FloatArray


@dataclass(frozen=True)
class Draws:
    """Each draw's coefficient of the outcome, and of the observed treatment, on the moved treatment.

    `assignments` are those that could be fitted.

    Under the null tau the draw's coefficient is `outcome - tau * treatment`; its variance, where it was asked
    for, is `variance[0] - 2 tau variance[1] + tau**2 variance[2]`.
    """

    outcome: FloatArray
    treatment: FloatArray
    variance: FloatArray | None
    assignments: Assignments


def path_parts(fit: TwoWayFit) -> PathParts:
    """Work out what each unit contributes under each path."""
    within, starts = fit.within, fit.panel.starts
    shape = (len(starts), *fit.outcome.shape)
    paths = np.arange(fit.panel.n_periods)[None, :] >= starts[:, None]
    demeaned = within.demean(np.broadcast_to(paths[:, None, :].astype(float), shape))
    weighted = within.weights * demeaned
    return PathParts(
        own=(weighted * demeaned).sum(axis=2).T,
        load=np.moveaxis(within.loadings(demeaned), 0, 1),
        score=(weighted * fit.outcome).sum(axis=2).T,
        overlap=(weighted * fit.treatment).sum(axis=2).T,
    )


def permute(fit: TwoWayFit, assignments: Assignments, *, studentised: bool) -> Draws:
    """Fit every draw; with `studentised`, its cluster-robust variance too."""
    parts, paths = path_parts(fit), assignments.paths
    pieces = [
        _permute_chunk(fit, parts, paths[start : start + CHUNK], studentised)
        for start in range(0, len(paths), CHUNK)
    ]
    outcome, treatment, variance, fitted = (np.concatenate(p, axis=-1) for p in zip(*pieces, strict=True))
    kept = assignments.only(fitted)
    return Draws(outcome[fitted], treatment[fitted], variance[:, fitted] if studentised else None, kept)


def _permute_chunk(
    fit: TwoWayFit, parts: PathParts, paths: NDArray[np.int16], studentised: bool
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    members = [(paths == g).astype(float) for g in range(parts.own.shape[1])]
    own = sum(chosen @ parts.own[:, g] for g, chosen in enumerate(members))
    load = sum(chosen @ parts.load[:, g] for g, chosen in enumerate(members))
    slopes = load @ fit.within.inverse
    variation = own - (load * slopes).sum(axis=1)
    fitted = variation > 1e-8 * fit.variation
    variation = np.where(fitted, variation, 1.0)
    outcome = sum(chosen @ parts.score[:, g] for g, chosen in enumerate(members)) / variation
    treatment = sum(chosen @ parts.overlap[:, g] for g, chosen in enumerate(members)) / variation
    if not studentised:
        return outcome, treatment, np.empty((3, len(paths))), fitted
    squares = _treatment_squares(fit, parts, members, slopes)
    of_outcome = _scores(fit, parts.score, fit.outcome, members, slopes) - outcome[:, None] * squares
    of_treatment = _scores(fit, parts.overlap, fit.treatment, members, slopes) - treatment[:, None] * squares
    of_outcome, of_treatment = fit.by_cluster(of_outcome.T), fit.by_cluster(of_treatment.T)
    products = (of_outcome**2, of_outcome * of_treatment, of_treatment**2)
    return outcome, treatment, np.stack([p.sum(axis=0) for p in products]) / variation**2, fitted


def _scores(
    fit: TwoWayFit, direct: FloatArray, residual: FloatArray, members: list[FloatArray], slopes: FloatArray
) -> FloatArray:
    """Inner products, unit by unit, of the drawn treatment's residual with a residual: (draws, units)."""
    chosen = sum(member * direct[:, g] for g, member in enumerate(members))
    return np.asarray(chosen - slopes @ fit.within.loadings(residual).T)


def _treatment_squares(
    fit: TwoWayFit, parts: PathParts, members: list[FloatArray], slopes: FloatArray
) -> FloatArray:
    """Sums of squares, unit by unit, of the drawn treatment's residual: (draws, units)."""
    crossed = (m * (parts.own[:, g] - 2 * slopes @ parts.load[:, g].T) for g, m in enumerate(members))
    return np.asarray(sum(crossed) + _fitted_squares(fit, slopes))


def _fitted_squares(fit: TwoWayFit, slopes: FloatArray) -> FloatArray:
    within = fit.within
    weights, n_periods = within.weights, within.weights.shape[1]
    periods, others = slopes[:, :n_periods], slopes[:, n_periods:]
    squares = periods**2 @ weights.T
    if within.absorbs_units:
        totals = np.maximum(weights.sum(axis=1), np.finfo(float).tiny)
        squares = squares - (periods @ weights.T) ** 2 / totals
    for k, values in enumerate(within.covariates):
        squares = squares + 2 * others[:, k, None] * (periods @ (weights * values).T)
        for m, other_values in enumerate(within.covariates):
            both = (weights * values * other_values).sum(axis=1)
            squares = squares + (others[:, k] * others[:, m])[:, None] * both
    return np.asarray(squares)


def plain_interval(draws: Draws, estimate: float, conf_level: float) -> Interval:
    """Collect the values the plain permutation test does not reject at a level.

    A draw stays at least as extreme as the observed coefficient on one interval of tau around the estimate;
    the limits are order statistics of these intervals' ends. A limit may be infinite.
    """
    low, high = _extreme_between(draws, estimate)
    rank = draws.assignments.rank(conf_level)
    if rank > len(low):
        return -np.inf, np.inf
    return float(np.partition(low, rank - 1)[rank - 1]), float(np.partition(high, -rank)[-rank])


def _extreme_between(draws: Draws, estimate: float) -> tuple[FloatArray, FloatArray]:
    outcome, share = draws.outcome, draws.treatment
    with np.errstate(divide="ignore", invalid="ignore"):
        first = (estimate - outcome) / (1 - share)
        second = (estimate + outcome) / (1 + share)
    # A draw that moves the treatment onto itself, or onto its mirror image, is extreme whatever tau is.
    always = (np.abs(share) >= 1 - 1e-9) | ~np.isfinite(first) | ~np.isfinite(second)
    low, high = np.minimum(first, second), np.maximum(first, second)
    return np.where(always, -np.inf, low), np.where(always, np.inf, high)


def studentised_p(draws: Draws, fit: TwoWayFit, tau: float = 0.0) -> float:
    """Test that the effect is tau with the studentised statistic."""
    assert draws.variance is not None
    constant, linear, square = draws.variance
    variance = constant - tau * (2 * linear - tau * square)
    observed = (fit.estimate - tau) ** 2 / (fit.score_squares / fit.variation**2)
    # Squares compare as the statistics do, and no draw of variance zero needs a division.
    return draws.assignments.share(
        (draws.outcome - tau * draws.treatment) ** 2 >= (1 - 1e-9) * observed * variance
    )


def studentised_interval(draws: Draws, fit: TwoWayFit, conf_level: float) -> Interval:
    """Collect the values the studentised permutation test does not reject at a level."""
    step = float(np.sqrt(fit.score_squares) / fit.variation)
    alpha = round(1 - conf_level, 12)
    return invert(lambda tau: studentised_p(draws, fit, tau), fit.estimate, step, alpha)


def invert(p_value: Callable[[float], float], estimate: float, step: float, alpha: float) -> Interval:
    """Find, on either side of the estimate, where a test's p falls to alpha for good; infinite if it never does.

    The scan goes out to 64 steps, and from there on by doubling until a value is rejected, so that a side is
    infinite only where the test rejects nothing however far away. The crossing farthest out counts, so that a
    p-value that comes up again widens the interval.
    """
    return _crossing(p_value, estimate, -step, alpha), _crossing(p_value, estimate, step, alpha)


def _crossing(p_value: Callable[[float], float], estimate: float, step: float, alpha: float) -> float:
    def kept(steps: float) -> bool:
        return p_value(estimate + steps * step) > alpha

    scanned = [*np.arange(0.25, 8.01, 0.25), *np.geomspace(9, 64, 12)]
    near = max((s for s in scanned if kept(s)), default=0.0)
    far = next((s for s in scanned if s > near), 2 * near)
    if near == scanned[-1]:
        if kept(NEVER_BEYOND):
            return float(np.copysign(np.inf, step))
        while kept(far):
            near, far = far, 2 * far
    while far - near > 1e-7 * max(1.0, near):
        middle = (near + far) / 2
        near, far = (middle, far) if kept(middle) else (near, middle)
    return float(estimate + near * step)
