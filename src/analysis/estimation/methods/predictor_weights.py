"""How much each predictor counts when donors are weighted: the outer problem of the synthetic control method.

Predictor weights are chosen so that the donor weights they lead to predict the outcome best over a window. No weights
can do better than donors chosen for the outcome alone: where some lead to these, they are found at once and proved;
else several descents are made, and where they end well above that bound a global search, since packages stop at
different local optima (Becker & Klößner). Many predictor weights lead to the same donor weights, and then to different
ones on other data; we take the centre of the set of equally good ones, which does not depend on the data's order.

References: Abadie, Diamond & Hainmueller (2010, 2015); Klößner, Kaul, Pfeifer & Schieler (2018), Swiss
Journal of Economics and Statistics 154, on the ambiguity; Becker & Klößner (2018), Econometrics and Statistics 5, on
global optima; Storn & Price (1997), Journal of Global Optimization 11, on differential evolution.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.methods.simplex import nearest_in_hull

Array = NDArray[np.float64]

# A predictor's weight relative to the largest is kept above this, so that every predictor decides at least
# between donor weights on which the heavier ones leave a choice.
FLOOR = 1e-6
# Random weights looked at and steps taken across kinks, both for each predictor.
SCANNED, STEPS = 25, 80
SLID, CROSSED, ROUNDS = 6, 2, 2
# Descents that end this near the bound are not searched on.
NEAR_BOUND = 1.05
# Differential evolution: members for each predictor, rounded up to a Sobol set, and generations. On the Basque data it
# came to the optimum from each of four seeds; begun at random, from two.
MEMBERS, GENERATIONS = 6, 80


def donor_weights(gaps: Array, importance: Array) -> Array:
    """Weight the donors whose predictor gaps (donors × predictors) average nearest to zero."""
    return nearest_in_hull((gaps * np.sqrt(importance)).T)


def choose_importance(gaps: Array, target: Array, donors: Array, seed: int = 0) -> Array:
    """Choose predictor weights, summing to one, by how well their donor weights predict the outcome.

    `gaps` is donors × predictors (donor minus treated, in standard deviations), `target` the treated unit's
    outcome over the window, `donors` donors × periods of theirs. The search descends from equal weights, from
    each predictor's share in a regression, and from the best of many random weights, and goes on globally where that
    ends well above what donors chosen for the outcome alone leave.
    """
    if gaps.shape[1] == 1:
        return np.ones(1)
    apart = donors - target
    freely = nearest_in_hull(apart.T)
    proved = _leading_to(gaps, freely)
    if proved is not None:
        return proved
    starts = [_slide(gaps, target, donors, start) for start in _starts(gaps, target, donors, seed)]
    starts.sort(key=lambda logs: _loss(logs, gaps, target, donors))
    found = [_cross(gaps, target, donors, start) for start in starts[:CROSSED]]
    best = min(found, key=lambda logs: _loss(logs, gaps, target, donors))
    if _loss(best, gaps, target, donors) > NEAR_BOUND * float(((freely @ apart) ** 2).mean()):
        farther = _cross(gaps, target, donors, _evolve(gaps, target, donors, seed))
        best = min(best, farther, key=lambda logs: _loss(logs, gaps, target, donors))
    return _centre(gaps, np.exp(best) / np.exp(best).sum())


def _evolve(gaps: Array, target: Array, donors: Array, seed: int) -> Array:
    """Search all weights by differential evolution, and descend from where it ends."""
    from scipy.optimize import differential_evolution

    found = differential_evolution(
        _loss, [(np.log(FLOOR), 0.0)] * gaps.shape[1], args=(gaps, target, donors), rng=np.random.default_rng(seed),
        popsize=MEMBERS, maxiter=GENERATIONS, tol=1e-8, polish=False, init="sobol",
    )  # fmt: skip
    return _slide(gaps, target, donors, _within_floor(found.x))


def _leading_to(gaps: Array, weights: Array) -> Array | None:
    """Give the centre of the predictor weights that lead to these donor weights; None where none do.

    They do if no donor's slope lies below the average one and those used lie on it, and every predictor counts at least
    a share `FLOOR`, which leaves the donor weights the only optimum.
    """
    centre = _centre_of(gaps, weights, np.full(gaps.shape[1], 1 / gaps.shape[1]))
    if centre is None or centre.min() < FLOOR:
        return None
    return centre if float(np.abs(donor_weights(gaps, centre) - weights).max()) < 1e-4 else None


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
    """Move to the centre of the predictor weights that lead to the same donor weights."""
    centre = _centre_of(gaps, donor_weights(gaps, importance), importance)
    return importance if centre is None else centre


def _centre_of(gaps: Array, weights: Array, near: Array) -> Array | None:
    """Give the centre of the predictor weights for which these donor weights are optimal; None where there are none.

    They are optimal if no donor's slope lies below the average one and those used lie on it: linear in the predictor
    weights. The centre is that of the largest ball inside; `near` is a point that is, or is nearly, among them.
    """
    from scipy.linalg import null_space
    from scipy.optimize import linprog

    slopes = gaps * (weights @ gaps)
    slopes = slopes - weights @ slopes
    slopes = slopes / (np.abs(slopes).max() or 1.0)
    used = weights > 1e-6
    fixed, sums = np.vstack([slopes[used], np.ones(len(near))]), np.append(np.zeros(used.sum()), 1.0)
    start = near + np.linalg.pinv(fixed, rcond=1e-6) @ (sums - fixed @ near)
    if float(np.abs(fixed @ start - sums).max()) > 1e-6:
        return None
    moves = null_space(fixed, rcond=1e-6)
    walls, room = (
        np.vstack([slopes[~used], np.eye(len(near))]),
        np.concatenate([slopes[~used] @ start, start]),
    )
    if moves.shape[1] == 0:
        return start if room.min() >= -1e-9 else None
    walls = walls @ moves
    found = linprog(
        np.append(np.zeros(moves.shape[1]), -1.0),
        A_ub=np.column_stack([-walls, np.linalg.norm(walls, axis=1)]),
        b_ub=room,
        bounds=[(None, None)] * moves.shape[1] + [(0, None)],
    )
    if not found.success:
        return None
    centred = np.maximum(start + moves @ found.x[:-1], 0.0)
    return np.asarray(centred / centred.sum())
