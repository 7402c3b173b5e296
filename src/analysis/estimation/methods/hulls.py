"""Donor weights of many units at once: every placebo's nearest point of its donors' hull, in step.

A problem's optimum is known once it is known which donors have weight: those weights then solve one small
linear system. All problems guess, solve, let donors in and out where signs are wrong, and guess again. What
comes out is certified by its duality gap; what is not is left to the one-by-one search.

References: Júdice & Pires (1994), Computers & Operations Research 21; Kim & Park (2011), SIAM Journal on
Scientific Computing 33, both on block principal pivoting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.methods.simplex import RIDGE, nearest_in_hull

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

# Hardly any problem needs a dozen rounds; the others do not gain from going on together.
ROUNDS = 30
# More entrants a round mean larger systems, fewer mean more rounds.
ENTRANTS = 3
# Without progress for so many rounds a problem changes one donor at a time, which cannot go round in circles.
PATIENCE = 8
# Inner products held at once, so that memory stays in the hundreds of megabytes however many donors there are.
AT_ONCE = 20_000_000
# In units of the mean squared length, as the one-by-one search's own.
GAP = 1e-13


class InnerProducts(Protocol):
    """The inner products of each problem's points: problems × points × points, however they are held."""

    def diagonal(self) -> Array:
        """Each point's squared length: problems × points."""
        ...

    def block(self, rows: Ints, points: Ints) -> Array:
        """The inner products among some points (rows × chosen) of some problems: rows × chosen × chosen."""
        ...

    def slopes(self, rows: Ints, weights: Array) -> Array:
        """The product of some problems' inner products with weights (rows × points)."""
        ...


@dataclass(frozen=True)
class SharedGram:
    """Points that are differences from a target, all problems' from one Gram matrix.

    `gram` holds the series' inner products, `cross` (problems × series) those with the target, `own` the
    target's squared length, `ridge` what is added to the diagonal.
    """

    gram: Array
    cross: Array
    own: Array
    ridge: Array

    def diagonal(self) -> Array:
        """Each point's squared length: problems × points."""
        return np.asarray(np.diag(self.gram) - 2 * self.cross + (self.own + self.ridge)[:, None])

    def block(self, rows: Ints, points: Ints) -> Array:
        """The inner products among some points of some problems."""
        half = np.take_along_axis(self.cross[rows], points, axis=1) - self.own[rows, None] / 2
        inner = self.gram[points[:, :, None], points[:, None, :]] - half[:, :, None] - half[:, None, :]
        count = np.arange(points.shape[1])
        inner[:, count, count] += self.ridge[rows, None]
        return np.asarray(inner)

    def slopes(self, rows: Ints, weights: Array) -> Array:
        """The product of some problems' inner products with weights."""
        total, cross = weights.sum(axis=1), self.cross[rows]
        level = self.own[rows] * total - (cross * weights).sum(axis=1)
        ridged = self.ridge[rows, None] * weights
        return np.asarray(weights @ self.gram - cross * total[:, None] + level[:, None] + ridged)


@dataclass(frozen=True)
class Stacked:
    """Inner products written out: problems × points × points."""

    inner: Array

    def diagonal(self) -> Array:
        """Each point's squared length: problems × points."""
        return np.asarray(np.einsum("bii->bi", self.inner))

    def block(self, rows: Ints, points: Ints) -> Array:
        """The inner products among some points of some problems."""
        return np.asarray(self.inner[rows[:, None, None], points[:, :, None], points[:, None, :]])

    def slopes(self, rows: Ints, weights: Array) -> Array:
        """The product of some problems' inner products with weights."""
        return np.asarray((self.inner[rows] @ weights[:, :, None])[:, :, 0])


def written_out(inner: Array) -> Stacked:
    """Hold inner products (problems × points × points), with the vanishing ridge that makes weights unique."""
    ridge = RIDGE * np.einsum("bii->b", inner) / inner.shape[1]
    return Stacked(inner + ridge[:, None, None] * np.eye(inner.shape[1]))


def placebo_weights(
    series: Array, targets: Array, pools: Bools, ridge: Array | float = 0.0, begin: Bools | None = None
) -> Array:
    """Weight a pool of donors to each of several units or groups, from one Gram matrix.

    `series` is rows × units; `targets` (problems × units) averages units to what is to be imitated, a row of
    one 1 for a single unit; `pools` (problems × units) says who may serve for whom; `ridge` is the penalty on
    squared weights, one for all or one each; `begin` marks the donors to begin with. Returns problems × units; a
    unit outside its pool has weight zero.
    """
    centred = series - series.mean(axis=1, keepdims=True)
    gram = centred.T @ centred
    cross = targets @ gram
    bare = SharedGram(gram, cross, (cross * targets).sum(axis=1), np.zeros(len(targets)))
    vanishing = RIDGE * _mean_square(bare, pools)
    # A penalty spreads weights, so that most donors end up with some.
    begin = pools if begin is None and bool(np.any(np.asarray(ridge) > 0)) else begin
    return nearest_in_hulls(SharedGram(gram, cross, bare.own, vanishing + ridge), pools, begin)


def nearest_in_hulls(inner: InnerProducts, pools: Bools, begin: Bools | None = None) -> Array:
    """Find the convex weights of each problem's point nearest to the origin, among the points of its pool.

    The search begins from the points marked in `begin`, otherwise from the nearest one.

    Raises:
        SimplexNotSolved: when the one-by-one search, for a problem left over, does not end.
    """
    scale = _mean_square(inner, pools)
    weights: Array = pools / pools.sum(axis=1, keepdims=True)
    rows = np.flatnonzero(scale > 0)
    step = max(1, AT_ONCE // pools.shape[1] ** 2)
    for part in (rows[first : first + step] for first in range(0, len(rows), step)):
        weights[part] = _pivot(inner, pools, scale, part, begin)
    slopes = inner.slopes(rows, weights[rows])
    lowest = np.where(pools[rows], slopes, np.inf).min(axis=1)
    gaps = (weights[rows] * slopes).sum(axis=1) - lowest
    for row in rows[~((gaps <= 10 * GAP * scale[rows]) & (weights[rows].min(axis=1) >= 0))]:
        points = np.flatnonzero(pools[row])
        weights[row] = 0.0
        weights[row, points] = nearest_in_hull(inner.block(np.array([row]), points[None, :])[0])
    return weights


def _mean_square(inner: InnerProducts, pools: Bools) -> Array:
    return np.asarray(np.where(pools, inner.diagonal(), 0.0).sum(axis=1) / pools.sum(axis=1))


def _pivot(inner: InnerProducts, pools: Bools, scale: Array, rows: Ints, begin: Bools | None) -> Array:
    """Settle which points count, all problems in step; the weights of those not settled in time are no optimum."""
    found = np.zeros((len(rows), pools.shape[1]))
    nearest = np.where(pools, inner.diagonal(), np.inf).argmin(axis=1)
    active = np.arange(pools.shape[1]) == nearest[rows, None]
    if begin is not None:
        active |= begin[rows] & pools[rows]
    left = np.arange(len(rows))
    fewest, patience = np.full(len(rows), active.shape[1] + 1), np.full(len(rows), PATIENCE)
    for _ in range(ROUNDS):
        if not len(left):
            break
        at = rows[left]
        found[left] = _weights_on(inner, at, active[left])
        wrong = _violations(inner, at, pools[at], scale[at], active[left], found[left])
        count = (wrong > 0).sum(axis=1)
        patience[left] = np.where(count < fewest[left], PATIENCE, patience[left] - 1)
        fewest[left] = np.minimum(count, fewest[left])
        active[left] ^= _changes(wrong, active[left], patience[left] < 0)
        left = left[count > 0]
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _weights_on(inner: InnerProducts, rows: Ints, active: Bools) -> Array:
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
    inner: InnerProducts, rows: Ints, pools: Bools, scale: Array, active: Bools, weights: Array
) -> Array:
    """Measure how negative an active point's weight is, and by how much an idle point would still help."""
    allowed = GAP * scale * weights.sum(axis=1)
    idle = np.where(pools & ~active, 1 - allowed[:, None] - inner.slopes(rows, weights), 0.0)
    return np.maximum(np.where(active, -weights, idle), 0.0)


def _changes(violations: Array, active: Bools, singly: Bools) -> Bools:
    """Take out every point of negative weight, let in those that would help most; where asked, the last one only."""
    count = violations.shape[1]
    helping = np.where(active, 0.0, violations)
    least = np.partition(helping, max(count - ENTRANTS, 0), axis=1)[:, max(count - ENTRANTS, 0)]
    wrong = violations > 0
    last = np.arange(count) == (count - 1 - wrong[:, ::-1].argmax(axis=1))[:, None]
    return np.asarray(wrong & np.where(singly[:, None], last, active | (helping >= least[:, None])))
