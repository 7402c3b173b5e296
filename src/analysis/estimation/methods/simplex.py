"""Least squares over weights that are non-negative and sum to one: the problem of every synthetic method.

One problem is scipy's non-negative least squares. The many placebos, all series of one panel, share a Gram matrix, and
an optimum is known once it is known which donors have weight: those weights then solve one small linear system. All
problems guess, solve, let donors in and out where signs are wrong, and guess again; what comes out is certified by its
duality gap, and what is not goes to scipy.

References: Lawson & Hanson (1974), Solving Least Squares Problems, chapter 23; Júdice & Pires (1994), Computers &
Operations Research 21, on block principal pivoting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.panel.panel import BoolArray, FloatArray

Ints = NDArray[np.intp]

# A share of the mean squared length: far below what data resolve, enough to single out one of many
# equally good weightings (the one spread most evenly).
RIDGE = 1e-10
# Hardly any problem needs a dozen rounds; the others do not gain from going on together. More entrants a round mean
# larger systems, fewer mean more rounds.
ROUNDS, ENTRANTS = 12, 4
# Inner products held at once, so that memory stays in the hundreds of megabytes however many donors there are.
AT_ONCE = 20_000_000
# In units of the mean squared length: the gap that certifies an optimum, and what an exact fit leaves at most.
GAP, EXACT = 1e-13, 1e-8


def simplex_weights(donors: FloatArray, target: FloatArray, ridge: float = 0.0) -> FloatArray:
    """Weight the donors so that they come nearest to the target.

    Minimises |donors @ w - target|^2 + ridge * |w|^2 over w >= 0 with sum(w) = 1.
    `donors` is rows × donors, `target` has one value a row; returns one weight a donor.
    """
    return nearest_in_hull(donors - target[:, None], ridge)


def nearest_in_hull(points: FloatArray, ridge: float = 0.0) -> FloatArray:
    """Find the convex weights of the point of a hull that is nearest to the origin.

    `points` is rows × points; `ridge` penalises squared weights, beside a vanishing share of the points' mean squared
    length that makes the answer unique.
    """
    from scipy.optimize import nnls

    rows, count = points.shape
    scale = float((points**2).sum()) / count
    if scale + ridge <= 0:
        return np.full(count, 1 / count)
    # Of |P w|^2 + (sum(w) - s)^2 over w >= 0 the solution is, but for its sum, that of |P w|^2 over the hull.
    system, right = np.zeros((rows + count + 1, count)), np.zeros(rows + count + 1)
    system[:rows] = points
    system[rows:-1][np.diag_indices(count)] = np.sqrt(ridge + RIDGE * scale)
    system[-1] = right[-1] = np.sqrt(scale + ridge)
    found = nnls(system, right, maxiter=50 * count + 200)[0]
    return np.asarray(found / found.sum())


@dataclass(frozen=True)
class _SharedGram:
    """Points that are differences from a target, all problems' from one Gram matrix.

    `gram` holds the series' inner products, `cross` (problems × series) those with the target, `own` the
    target's squared length, `ridge` what is added to the diagonal.
    """

    gram: FloatArray
    cross: FloatArray
    own: FloatArray
    ridge: FloatArray

    def diagonal(self) -> FloatArray:
        """Each point's squared length: problems × points."""
        return np.asarray(np.diag(self.gram) - 2 * self.cross + (self.own + self.ridge)[:, None])

    def block(self, rows: Ints, points: Ints) -> FloatArray:
        """The inner products among some points (rows × chosen) of some problems: rows × chosen × chosen."""
        half = np.take_along_axis(self.cross[rows], points, axis=1) - self.own[rows, None] / 2
        inner = self.gram[points[:, :, None], points[:, None, :]] - half[:, :, None] - half[:, None, :]
        count = np.arange(points.shape[1])
        inner[:, count, count] += self.ridge[rows, None]
        return np.asarray(inner)

    def slopes(self, rows: Ints, weights: FloatArray) -> FloatArray:
        """The product of some problems' inner products with weights (rows × points)."""
        total, cross = weights.sum(axis=1), self.cross[rows]
        level = self.own[rows] * total - (cross * weights).sum(axis=1)
        ridged = self.ridge[rows, None] * weights
        return np.asarray(weights @ self.gram - cross * total[:, None] + level[:, None] + ridged)


def placebo_weights(
    series: FloatArray, targets: FloatArray, pools: BoolArray, ridge: FloatArray | float = 0.0
) -> FloatArray:
    """Weight a pool of donors to each of several units or groups, from one Gram matrix.

    `series` is rows × units; `targets` (problems × units) averages units to what is to be imitated, a row of
    one 1 for a single unit; `pools` (problems × units) says who may serve for whom; `ridge` is the penalty on
    squared weights, one for all or one each. Returns problems × units; a unit outside its pool has weight zero.
    """
    centred = series - series.mean(axis=1, keepdims=True)
    gram = centred.T @ centred
    cross = targets @ gram
    ridges = np.broadcast_to(np.asarray(ridge, dtype=np.float64), len(targets))
    bare = _SharedGram(gram, cross, (cross * targets).sum(axis=1), np.zeros(len(targets)))
    scale = _mean_square(bare, pools)
    inner = _SharedGram(gram, cross, bare.own, RIDGE * scale + ridges)
    scale = scale + ridges
    weights: FloatArray = pools / pools.sum(axis=1, keepdims=True)
    rows = np.flatnonzero(scale > 0)
    step = max(1, AT_ONCE // pools.shape[1] ** 2)
    for part in (rows[first : first + step] for first in range(0, len(rows), step)):
        weights[part] = _pivot(inner, pools, scale, part)
    slopes = inner.slopes(rows, weights[rows])
    squares = (weights[rows] * slopes).sum(axis=1)
    gaps = squares - np.where(pools[rows], slopes, np.inf).min(axis=1)
    # Of fits all but exact the vanishing ridge decides, which is as small as the gap allowed.
    sure = (gaps <= 10 * GAP * scale[rows]) & (squares > EXACT * scale[rows])
    for row in rows[~(sure & (weights[rows].min(axis=1) >= 0))]:
        pool = pools[row]
        weights[row] = 0.0
        weights[row, pool] = simplex_weights(centred[:, pool], centred @ targets[row], float(ridges[row]))
    return weights


def _mean_square(inner: _SharedGram, pools: BoolArray) -> FloatArray:
    return np.asarray(np.where(pools, inner.diagonal(), 0.0).sum(axis=1) / pools.sum(axis=1))


def _pivot(inner: _SharedGram, pools: BoolArray, scale: FloatArray, rows: Ints) -> FloatArray:
    """Settle which points count, all problems in step; the weights of those not settled in time are no optimum."""
    found = np.zeros((len(rows), pools.shape[1]))
    nearest = np.where(pools, inner.diagonal(), np.inf).argmin(axis=1)
    active = np.arange(pools.shape[1]) == nearest[rows, None]
    # A penalty spreads weights, so that most donors end up with some.
    active |= pools[rows] & (inner.ridge[rows] > 2 * RIDGE * scale[rows])[:, None]
    left = np.arange(len(rows))
    for _ in range(ROUNDS):
        if not len(left):
            break
        at = rows[left]
        found[left] = _weights_on(inner, at, active[left])
        wrong = _violations(inner, at, pools[at], scale[at], active[left], found[left])
        active[left] ^= _changes(wrong, active[left])
        left = left[(wrong > 0).any(axis=1)]
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _weights_on(inner: _SharedGram, rows: Ints, active: BoolArray) -> FloatArray:
    """Solve each problem on its active points alone; the weights are not yet scaled to sum to one."""
    sizes = active.sum(axis=1)
    points = np.argsort(~active, axis=1, kind="stable")[:, : sizes.max()]
    spare = np.arange(points.shape[1]) >= sizes[:, None]
    block = inner.block(rows, points)
    block[spare[:, :, None] | spare[:, None, :]] = 0.0
    problem, point = np.nonzero(spare)
    block[problem, point, point] = 1.0
    solved = np.linalg.solve(block, (~spare)[:, :, None].astype(float))[:, :, 0]
    weights = np.zeros(active.shape)
    np.put_along_axis(weights, points, np.where(spare, 0.0, solved), axis=1)
    return weights


def _violations(
    inner: _SharedGram,
    rows: Ints,
    pools: BoolArray,
    scale: FloatArray,
    active: BoolArray,
    weights: FloatArray,
) -> FloatArray:
    """Measure how negative an active point's weight is, and by how much an idle point would still help."""
    allowed = GAP * scale * weights.sum(axis=1)
    idle = np.where(pools & ~active, 1 - allowed[:, None] - inner.slopes(rows, weights), 0.0)
    return np.maximum(np.where(active, -weights, idle), 0.0)


def _changes(violations: FloatArray, active: BoolArray) -> BoolArray:
    """Take out every point of negative weight, let in those that would help most."""
    count = violations.shape[1]
    helping = np.where(active, 0.0, violations)
    least = np.partition(helping, max(count - ENTRANTS, 0), axis=1)[:, max(count - ENTRANTS, 0)]
    return np.asarray((violations > 0) & (active | (helping >= least[:, None])))
