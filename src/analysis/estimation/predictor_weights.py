"""How much each predictor counts when donors are weighted: the outer problem of the synthetic control method.

Predictor weights are chosen so that the donor weights they lead to predict the outcome best over a window.
Many predictor weights lead to the same donor weights, and then to different ones on other data, so that
packages disagree; we take the centre of the set of equally good ones, which depends neither on the order of
the data nor on the solver.

References: Abadie, Diamond & Hainmueller (2010, 2015); Klößner, Kaul, Pfeifer & Schieler (2018), Swiss
Journal of Economics and Statistics 154, on the ambiguity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.simplex import nearest_in_hull

Array = NDArray[np.float64]

# A predictor's weight relative to the largest is kept above this, so that every predictor decides at least
# between donor weights on which the heavier ones leave a choice.
FLOOR = 1e-6
# Random weights looked at and steps taken across kinks, both for each predictor.
SCANNED, STEPS = 25, 80
SLID, CROSSED, ROUNDS = 6, 2, 2


def donor_weights(gaps: Array, importance: Array) -> Array:
    """Weight the donors whose predictor gaps (donors × predictors) average nearest to zero."""
    return nearest_in_hull((gaps * importance) @ gaps.T)


def choose_importance(gaps: Array, target: Array, donors: Array, seed: int = 0) -> Array:
    """Choose predictor weights, summing to one, by how well their donor weights predict the outcome.

    `gaps` is donors × predictors (donor minus treated, in standard deviations), `target` the treated unit's
    outcome over the window, `donors` donors × periods of theirs. The search descends from equal weights, from
    each predictor's share in a regression, and from the best of many random weights.
    """
    if gaps.shape[1] == 1:
        return np.ones(1)
    starts = [_slide(gaps, target, donors, start) for start in _starts(gaps, target, donors, seed)]
    starts.sort(key=lambda logs: _loss(logs, gaps, target, donors))
    found = [_cross(gaps, target, donors, start) for start in starts[:CROSSED]]
    best = min(found, key=lambda logs: _loss(logs, gaps, target, donors))
    return _centre(gaps, np.exp(best) / np.exp(best).sum())


def _starts(gaps: Array, target: Array, donors: Array, seed: int) -> list[Array]:
    """Give starting points, as logarithms relative to the largest weight."""
    n_predictors, rng = gaps.shape[1], np.random.default_rng(seed)
    explained = np.linalg.lstsq(gaps, donors - target, rcond=None)[0]
    by_regression = np.log((explained**2).sum(axis=1) + np.finfo(float).tiny)
    even = np.log(rng.dirichlet(np.ones(n_predictors), SCANNED * n_predictors))
    uneven = rng.uniform(np.log(1e-4), 0.0, (SCANNED * n_predictors, n_predictors))
    scanned = [_within_floor(logs) for logs in (*even, *uneven)]
    scanned.sort(key=lambda logs: _loss(logs, gaps, target, donors))
    return [np.zeros(n_predictors), _within_floor(by_regression), *scanned[:SLID]]


def _within_floor(logs: Array) -> Array:
    return np.asarray(np.maximum(logs - logs.max(), np.log(FLOOR)))


def _loss(logs: Array, gaps: Array, target: Array, donors: Array) -> float:
    error = donor_weights(gaps, np.exp(_within_floor(logs))) @ donors - target
    return float((error**2).mean())


def _slide(gaps: Array, target: Array, donors: Array, start: Array) -> Array:
    """Descend by gradient, to a minimum or to where the donors used change."""
    from scipy.optimize import minimize

    scale = _loss(start, gaps, target, donors) or 1.0

    def with_slope(logs: Array) -> tuple[float, Array]:
        importance = np.exp(logs)
        weights = donor_weights(gaps, importance)
        error = weights @ donors - target
        slope = _slope(gaps, importance, weights, donors @ error) * importance
        return float((error**2).mean()) / scale, 2 * slope / (len(target) * scale)

    limits = [(np.log(FLOOR), 0.0)] * len(start)
    return _within_floor(minimize(with_slope, start, jac=True, method="L-BFGS-B", bounds=limits).x)


def _cross(gaps: Array, target: Array, donors: Array, start: Array) -> Array:
    """Descend across the places where the donors used change, which stop a gradient."""
    from scipy.optimize import minimize

    scale = _loss(start, gaps, target, donors) or 1.0
    for _ in range(ROUNDS):
        corners = np.vstack([start, start - 0.7 * np.eye(len(start))])
        options = {
            "maxfev": STEPS * len(start),
            "initial_simplex": corners,
            "xatol": 1e-4,
            "fatol": 1e-9 * scale,
        }
        moved = minimize(_loss, start, args=(gaps, target, donors), method="Nelder-Mead", options=options)
        start = _slide(gaps, target, donors, _within_floor(moved.x))
    return start


def _slope(gaps: Array, importance: Array, weights: Array, pull: Array) -> Array:
    """Differentiate pull @ weights by each predictor's weight, the set of donors used held fixed."""
    used = weights > 0
    inner = (gaps[used] * importance) @ gaps[used].T
    size = float(np.trace(inner)) or 1.0
    system = np.ones((used.sum() + 1,) * 2)
    system[:-1, :-1] = inner / size + 1e-10 * np.eye(used.sum())
    system[-1, -1] = 0.0
    back = np.linalg.solve(system, np.append(pull[used], 0.0))[:-1] / size
    return np.asarray(-(back @ gaps[used]) * (weights @ gaps))


def _centre(gaps: Array, importance: Array) -> Array:
    """Move to the centre of the predictor weights that lead to the same donor weights.

    The donor weights are optimal for a predictor weighting if no donor's slope lies below the average one and
    those used lie on it: linear in the predictor weights. The centre is that of the largest ball inside.
    """
    from scipy.linalg import null_space
    from scipy.optimize import linprog

    weights = donor_weights(gaps, importance)
    slopes = gaps * (weights @ gaps)
    slopes = slopes - weights @ slopes
    slopes = slopes / (np.abs(slopes).max() or 1.0)
    n_predictors = len(importance)
    fixed = np.vstack([slopes[weights > 1e-6], np.ones(n_predictors)])
    moves = null_space(fixed, rcond=1e-6)
    if moves.shape[1] == 0:
        return importance
    walls = np.vstack([slopes[weights <= 1e-6], np.eye(n_predictors)]) @ moves
    room = np.concatenate([slopes[weights <= 1e-6] @ importance, importance])
    radius = np.linalg.norm(walls, axis=1)
    found = linprog(
        np.append(np.zeros(moves.shape[1]), -1.0),
        A_ub=np.column_stack([-walls, radius]),
        b_ub=np.maximum(room, 0.0),
        bounds=[(None, None)] * moves.shape[1] + [(0, None)],
    )
    centred = importance + moves @ found.x[:-1] if found.success else importance
    return np.asarray(np.maximum(centred, 0.0) / np.maximum(centred, 0.0).sum())
