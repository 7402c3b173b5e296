"""How much each predictor counts when donors are weighted: the outer problem of the synthetic control method.

Predictor weights are chosen so that the donor weights they lead to predict the outcome best over a window. No weights
can do better than donors chosen for the outcome alone: where some lead to these, they are found at once and proved;
else the search is a global one with a descent from where it ends, since packages stop at different local optima
(Becker & Klößner). Many predictor weights lead to the same donor weights, and then to different
ones on other data; we take the centre of the set of equally good ones, which does not depend on the data's order.

References: Abadie, Diamond & Hainmueller (2010, 2015); Klößner, Kaul, Pfeifer & Schieler (2018), Swiss
Journal of Economics and Statistics 154, on the ambiguity; Becker & Klößner (2018), Econometrics and Statistics 5, on
global optima; Storn & Price (1997), Journal of Global Optimization 11, on differential evolution.
"""

from __future__ import annotations

import numpy as np

from analysis.estimation.methods.simplex import nearest_in_hull
from analysis.estimation.panel.panel import FloatArray

# A predictor's weight relative to the largest is kept above this, so that every predictor decides at least
# between donor weights on which the heavier ones leave a choice.
FLOOR = 1e-6
# Steps of a descent for each predictor, and how often it begins anew.
STEPS, ROUNDS = 200, 2
# Differential evolution: members for each predictor and at least so many, rounded up to a Sobol set, generations, and
# searches from seeds of their own: with one, an optimum was missed in one of nine simulated cases.
MEMBERS, FEWEST, GENERATIONS, SEARCHES = 6, 64, 40, 2


def donor_weights(gaps: FloatArray, importance: FloatArray) -> FloatArray:
    """Weight the donors whose predictor gaps (donors × predictors) average nearest to zero."""
    return nearest_in_hull((gaps * np.sqrt(importance)).T)


def choose_importance(gaps: FloatArray, target: FloatArray, donors: FloatArray, seed: int = 0) -> FloatArray:
    """Choose predictor weights, summing to one, by how well their donor weights predict the outcome.

    `gaps` is donors × predictors (donor minus treated, in standard deviations), `target` the treated unit's
    outcome over the window, `donors` donors × periods of theirs.
    """
    if gaps.shape[1] == 1:
        return np.ones(1)
    apart = donors - target
    freely = nearest_in_hull(apart.T)
    proved = _leading_to(gaps, freely)
    if proved is not None:
        return proved
    searched = [_search(gaps, target, donors, seed + k) for k in range(SEARCHES)]
    best = np.exp(min(searched, key=lambda logs: _loss(logs, gaps, target, donors)))
    return _centre(gaps, best / best.sum())


def _search(gaps: FloatArray, target: FloatArray, donors: FloatArray, seed: int) -> FloatArray:
    """Search all weights, as logarithms, by differential evolution; descend from where it ends."""
    from scipy.optimize import differential_evolution, minimize

    count = gaps.shape[1]
    known = (gaps, target, donors)
    found = differential_evolution(
        _loss, [(np.log(FLOOR), 0.0)] * count, args=known, rng=np.random.default_rng(seed),
        popsize=max(MEMBERS, FEWEST // count), maxiter=GENERATIONS, tol=1e-8, polish=False, init="sobol",
    )  # fmt: skip
    best = _within_floor(found.x)
    for _ in range(ROUNDS):
        # The loss has kinks where the donors used change, so that no gradient is followed.
        corners = np.vstack([best, best - 0.7 * np.eye(count)])
        options = {
            "maxfev": STEPS * count,
            "initial_simplex": corners,
            "xatol": 1e-6,
            "fatol": 1e-12 * found.fun,
        }
        best = _within_floor(minimize(_loss, best, args=known, method="Nelder-Mead", options=options).x)
    return best


def _leading_to(gaps: FloatArray, weights: FloatArray) -> FloatArray | None:
    """Give the centre of the predictor weights that lead to these donor weights; None where none do.

    They do if no donor's slope lies below the average one and those used lie on it, and every predictor counts at least
    a share `FLOOR`, which leaves the donor weights the only optimum.
    """
    centre = _centre_of(gaps, weights, np.full(gaps.shape[1], 1 / gaps.shape[1]))
    if centre is None or centre.min() < FLOOR:
        return None
    return centre if float(np.abs(donor_weights(gaps, centre) - weights).max()) < 1e-4 else None


def _within_floor(logs: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(logs - logs.max(), np.log(FLOOR)))


def _loss(logs: FloatArray, gaps: FloatArray, target: FloatArray, donors: FloatArray) -> float:
    error = donor_weights(gaps, np.exp(_within_floor(logs))) @ donors - target
    return float((error**2).mean())


def _centre(gaps: FloatArray, importance: FloatArray) -> FloatArray:
    """Move to the centre of the predictor weights that lead to the same donor weights."""
    centre = _centre_of(gaps, donor_weights(gaps, importance), importance)
    return importance if centre is None else centre


def _centre_of(gaps: FloatArray, weights: FloatArray, near: FloatArray) -> FloatArray | None:
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
