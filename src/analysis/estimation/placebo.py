"""Placebo in space: every unit in turn plays the treated one, and the treated one's gap is ranked among them.

References: Abadie, Diamond & Hainmueller (2010), JASA 105; Firpo & Possebom (2018), Journal of Causal
Inference 6, on intervals by inversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.permutation import Interval, invert

Array = NDArray[np.float64]

# A pre-period error below this share of the outcome's spread counts as this share: a ratio to an exact fit
# would rank units by rounding errors.
FLOOR_SHARE = 0.01


@dataclass(frozen=True)
class Placebos:
    """Each unit's gap to its synthetic control (units × periods), the treated unit's in row `treated`.

    `start` is the first treated period, `weights` (units × units) who imitates whom, `floor` the least
    pre-period error that counts.
    """

    gaps: Array
    weights: Array
    treated: int
    start: int
    floor: float

    @cached_property
    def before(self) -> Array:
        """Root mean squared gap of each unit before the start."""
        return np.asarray(np.sqrt((self.gaps[:, : self.start] ** 2).mean(axis=1)))

    @property
    def after(self) -> Array:
        """Root mean squared gap of each unit from the start on."""
        return np.asarray(np.sqrt((self.gaps[:, self.start :] ** 2).mean(axis=1)))

    @property
    def ratios(self) -> Array:
        """Gap after the start relative to the gap before it."""
        return np.asarray(self.after / np.maximum(self.before, self.floor))

    @property
    def smallest_p(self) -> float:
        """The smallest p-value a rank among these units can give."""
        return 1 / len(self.gaps)

    def p_value(self, effect: float = 0.0, period: int | None = None) -> float:
        """Rank the treated unit's ratio, were the effect taken off it: over all treated periods, or in one."""
        return self._rank(self._squares(period), effect)

    def interval(self, conf_level: float, period: int | None = None) -> Interval:
        """Collect the effects, constant over the periods, that the ranks do not reject; may be infinite."""
        gaps, squares = self.gaps[:, self._after(period)], self._squares(period)
        step = float(np.median(np.abs(gaps))) or 1.0
        alpha = round(1 - conf_level, 12)
        estimate = float(gaps[self.treated].mean())
        return invert(lambda effect: self._rank(squares, effect), estimate, step, alpha)

    def _after(self, period: int | None) -> slice:
        return slice(self.start, None) if period is None else slice(period, period + 1)

    def _squares(self, period: int | None) -> Array:
        """Write each unit's squared ratio as powers of the effect: (3, units).

        Under the hypothesis the treated unit lends its untreated path to the others' synthetic controls.
        """
        gaps, slope = self.gaps[:, self._after(period)], self.weights[:, self.treated].copy()
        slope[self.treated] = -1.0
        scale = np.maximum(self.before, self.floor) ** 2
        squares = np.array([(gaps**2).mean(axis=1), 2 * slope * gaps.mean(axis=1), slope**2])
        return np.asarray(squares / scale)

    def _rank(self, squares: Array, effect: float) -> float:
        ratios = squares[0] + effect * squares[1] + effect**2 * squares[2]
        # A mean of squares cannot be negative: what is below zero is rounding.
        own = max(float(ratios[self.treated]), 0.0)
        return int((ratios >= own * (1 - 2e-9)).sum()) / len(ratios)


def fit_floor(outcome: Array, start: int) -> float:
    """Set the least pre-period error that counts, from the outcome's spread around each period's mean."""
    before = outcome[:, :start]
    return FLOOR_SHARE * float(np.std(before - before.mean(axis=0)))


def finite_or_none(limit: float) -> float | None:
    """Give a limit that is not finite as None: a side on which nothing is rejected."""
    return float(limit) if isfinite(limit) else None
