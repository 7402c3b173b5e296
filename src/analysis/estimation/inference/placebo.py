"""Placebo in space: every unit in turn plays the treated one, and the treated one's gap is ranked among them.

References: Abadie, Diamond & Hainmueller (2010), JASA 105; Firpo & Possebom (2018), Journal of Causal
Inference 6, on intervals by inversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor, isfinite

import numpy as np

from analysis.estimation.inference.permutation import Interval
from analysis.estimation.panel.panel import FloatArray

# A pre-period error below this share of the outcome's spread counts as this share: a ratio to an exact fit
# would rank units by rounding errors.
FLOOR_SHARE = 0.01
# Where the gap needed for a rejection is so many times the largest placebo's, at most 1 in 100 true nulls and 4 in 100
# effects of two standard deviations were rejected (docs/methods.md).
OUT_OF_REACH = 1.5
# Squares this close to the treated unit's tie with it.
TIE = 2e-9


@dataclass(frozen=True)
class Placebos:
    """Each unit's gap to its synthetic control (units × periods), the treated unit's in row `treated`.

    `start` is the first treated period, `weights` (units × units) who imitates whom, `floor` the least
    pre-period error that counts.
    """

    gaps: FloatArray
    weights: FloatArray
    treated: int
    start: int
    floor: float

    @cached_property
    def before(self) -> FloatArray:
        """Root mean squared gap of each unit before the start."""
        return np.asarray(np.sqrt((self.gaps[:, : self.start] ** 2).mean(axis=1)))

    @property
    def after(self) -> FloatArray:
        """Root mean squared gap of each unit from the start on."""
        return np.asarray(np.sqrt((self.gaps[:, self.start :] ** 2).mean(axis=1)))

    @property
    def ratios(self) -> FloatArray:
        """Gap after the start relative to the gap before it."""
        return np.asarray(self.after / np.maximum(self.before, self.floor))

    def needed_gap(self, level: float) -> float | None:
        """Give the gap after the start beyond which the treated unit's rank has a p of at most `level`.

        None where ranks among so few units give no such p.
        """
        rank = floor(level * len(self.gaps) + 1e-9)
        if rank == 0:
            return None
        others = np.sort(np.delete(self.ratios, self.treated))
        return float(others[-rank] * max(self.before[self.treated], self.floor))

    def out_of_reach(self, level: float) -> bool:
        """Tell whether the gap needed lies far beyond that of every placebo, so that hardly anything is rejected."""
        needed = self.needed_gap(level)
        return needed is not None and needed >= OUT_OF_REACH * self.largest_gap

    @property
    def largest_gap(self) -> float:
        """The largest gap after the start of a unit that only plays the treated one."""
        return float(np.delete(self.after, self.treated).max())

    def p_value(self, effect: float = 0.0) -> float:
        """Rank the treated unit's ratio over all treated periods, were the effect taken off it."""
        return float(self._ranks(self._overall(), np.array([effect]))[0])

    def interval(self, conf_level: float) -> Interval:
        """Collect the effects, constant over the treated periods, that the ranks do not reject; may be infinite."""
        return self._limits(self._overall(), conf_level)[0]

    def period_p_values(self) -> FloatArray:
        """Rank the treated unit's ratio in each treated period alone."""
        periods = self._by_period()
        return self._ranks(periods, np.zeros(len(periods)))

    def period_intervals(self, conf_level: float) -> list[Interval]:
        """Collect the effects that the ranks do not reject, for each treated period alone."""
        return self._limits(self._by_period(), conf_level)

    def _overall(self) -> FloatArray:
        return self.gaps[None, :, self.start :]

    def _by_period(self) -> FloatArray:
        return self.gaps[:, self.start :].T[:, :, None]

    def _squares(self, gaps: FloatArray) -> FloatArray:
        """Write each unit's squared ratio as powers of the effect: (3, stretches, units).

        `gaps` is stretches × units × periods. Under the hypothesis the treated unit lends its untreated path to
        the others' synthetic controls.
        """
        slope = self.weights[:, self.treated].copy()
        slope[self.treated] = -1.0
        means = gaps.mean(axis=2)
        squares = np.stack(
            [(gaps**2).mean(axis=2), 2 * slope * means, np.broadcast_to(slope**2, means.shape)]
        )
        return np.asarray(squares / np.maximum(self.before, self.floor) ** 2)

    def _ranks(self, gaps: FloatArray, effects: FloatArray) -> FloatArray:
        """Give the share of units whose ratio is at least the treated one's, with one effect a stretch taken off."""
        squares = self._squares(gaps)
        ratios = squares[0] + effects[:, None] * squares[1] + effects[:, None] ** 2 * squares[2]
        # A mean of squares cannot be negative: what is below zero is rounding.
        own = np.maximum(ratios[:, [self.treated]], 0.0)
        return np.asarray((ratios >= own * (1 - TIE)).mean(axis=1))

    def _limits(self, gaps: FloatArray, conf_level: float) -> list[Interval]:
        squares = self._squares(gaps)
        lead = squares - squares[:, :, [self.treated]] * (1 - TIE)
        lead[:, :, self.treated] = np.array([[1.0], [0.0], [0.0]])
        alpha = round(1 - conf_level, 12)
        high = _highest_kept(lead, alpha)
        low = -_highest_kept(lead * np.array([1.0, -1.0, 1.0])[:, None, None], alpha)
        estimates = gaps[:, self.treated].mean(axis=1)
        limits = np.minimum(low, estimates), np.maximum(high, estimates)
        return list(zip(*(limit.tolist() for limit in limits), strict=True))


def _highest_kept(lead: FloatArray, alpha: float) -> FloatArray:
    """Find the highest effect at which more than a share `alpha` of the units lead; may be infinite either way.

    `lead` (3, stretches, units) holds the powers, constant first, of what has to be 0 or more for a unit to lead.
    """
    constant, linear, square = lead
    far = np.where(square != 0, square, np.where(linear != 0, linear, constant)) >= 0
    lower, upper = _roots(constant, linear, square)
    # From above, a unit changes sides at its upper root and back at its lower one.
    places = np.concatenate([upper, lower], axis=1)
    turns = np.concatenate([np.where(far, -1, 1), np.where(far, 1, -1)], axis=1)
    order = np.argsort(-places, axis=1)
    leading = far.sum(axis=1, keepdims=True) + np.take_along_axis(turns, order, axis=1).cumsum(axis=1)
    kept = leading / far.shape[1] > alpha
    first = np.take_along_axis(places, order, axis=1)[np.arange(len(far)), kept.argmax(axis=1)]
    first = np.where(kept.any(axis=1), first, -np.inf)
    return np.asarray(np.where(far.mean(axis=1) > alpha, np.inf, first))


def _roots(constant: FloatArray, linear: FloatArray, square: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solve quadratics; one that never or nowhere else changes sign has its roots at minus infinity."""
    under = linear**2 - 4 * square * constant
    with np.errstate(divide="ignore", invalid="ignore"):
        # The sum that does not cancel, and from it both roots.
        half = -(linear + np.copysign(np.sqrt(under), linear)) / 2
        one, other = half / square, constant / half
    one, other = (np.where((under >= 0) & np.isfinite(root), root, -np.inf) for root in (one, other))
    return np.minimum(one, other), np.maximum(one, other)


def fit_floor(outcome: FloatArray, start: int) -> float:
    """Set the least pre-period error that counts, from the outcome's spread around each period's mean."""
    before = outcome[:, :start]
    return FLOOR_SHARE * float(np.std(before - before.mean(axis=0)))


def finite_or_none(limit: float) -> float | None:
    """Give a limit that is not finite as None: a side on which nothing is rejected."""
    return float(limit) if isfinite(limit) else None
