"""Least squares over weights that are non-negative and sum to one: the problem of every synthetic method.

The nearest point of a convex hull is found exactly by active sets, from inner products alone. Many problems at
once are in `hulls`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError

Array = NDArray[np.float64]

# A share of the mean squared length: far below what data resolve, enough to single out one of many
# equally good weightings (the one spread most evenly).
RIDGE = 1e-10


class SimplexNotSolved(AnalysisError):
    """The active-set search did not end: the series hold values of incomparable size."""


def simplex_weights(donors: Array, target: Array, ridge: float = 0.0) -> Array:
    """Weight the donors so that they come nearest to the target.

    Minimises |donors @ w - target|^2 + ridge * |w|^2 over w >= 0 with sum(w) = 1.
    `donors` is rows × donors, `target` has one value a row; returns one weight a donor.

    References: Wolfe (1976), Mathematical Programming 11.
    """
    gaps = donors - target[:, None]
    return nearest_in_hull(gaps.T @ gaps, ridge)


def nearest_in_hull(inner: Array, ridge: float = 0.0) -> Array:
    """Find the convex weights of the hull's point nearest to the origin.

    `inner` (points × points) holds the points' inner products; `ridge` is added to its diagonal, together
    with a vanishing share of its mean that makes the answer unique.

    Raises:
        SimplexNotSolved: when no optimum is reached within many times the number of points.
    """
    count = len(inner)
    scale = float(np.trace(inner)) / count
    if scale + ridge <= 0:
        return np.full(count, 1 / count)
    inner = (inner + (ridge + RIDGE * scale) * np.eye(count)) / (scale + ridge)
    weights = _first_guess(inner, spread=ridge > 0)
    for _ in range(50 * count + 200):
        slopes = inner @ weights
        entering = int(np.argmin(slopes))
        if weights[entering] > 0 or slopes[entering] > weights @ slopes - 1e-13:
            return weights
        weights = _minor_cycle(inner, weights, np.append(np.flatnonzero(weights), entering))
    raise SimplexNotSolved(
        f"donor weights: no optimum after {50 * count + 200} steps over {count} donors. "
        "Look for values of incomparable size in the outcome or the predictors."
    )


def _first_guess(inner: Array, *, spread: bool) -> Array:
    """Start from the best single point or, where a penalty spreads weights, from all that come out positive."""
    count = len(inner)
    weights = np.zeros(count)
    weights[int(np.argmin(np.diag(inner)))] = 1.0
    if not spread:
        return weights
    unbounded = np.maximum(np.linalg.solve(inner, np.ones(count)), 0.0)
    if unbounded.sum() <= 0:
        return weights
    return _minor_cycle(inner, unbounded / unbounded.sum(), np.flatnonzero(unbounded))


def _minor_cycle(inner: Array, weights: Array, active: NDArray[np.intp]) -> Array:
    """Move to the optimum on the face the active points span, dropping those that would go negative."""
    current = weights[active]
    while True:
        wanted = np.linalg.solve(inner[active[:, None], active], np.ones(len(active)))
        wanted /= wanted.sum()
        if wanted.min() > 0:
            moved = np.zeros(len(weights))
            moved[active] = wanted
            return moved
        falling = wanted <= 0
        step = np.min(current[falling] / (current[falling] - wanted[falling]))
        current = current + step * (wanted - current)
        kept = current > 1e-15
        active, current = active[kept], current[kept] / current[kept].sum()
