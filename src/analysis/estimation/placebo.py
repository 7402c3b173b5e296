"""Placebo in space: every unit in turn plays the treated one, and the treated one's gap is ranked among them.

References: Abadie, Diamond & Hainmueller (2010), JASA 105; Firpo & Possebom (2018), Journal of Causal
Inference 6, on intervals by inversion.
"""

from __future__ import annotations

from dataclasses import dataclass

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

    @property
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
        """Rank the treated unit's ratio, were the effect taken off it: over all treated periods, or in one.

        Under the hypothesis the treated unit lends its untreated path to the others' synthetic controls.
        """
        after = slice(self.start, None) if period is None else slice(period, period + 1)
        gaps = self.gaps[:, after] + effect * self.weights[:, self.treated, None]
        gaps[self.treated] -= effect
        ratios = np.sqrt((gaps**2).mean(axis=1)) / np.maximum(self.before, self.floor)
        return float((ratios >= ratios[self.treated] * (1 - 1e-9)).mean())

    def interval(self, conf_level: float, period: int | None = None) -> Interval:
        """Collect the effects, constant over the periods, that the ranks do not reject; may be infinite."""
        after = slice(self.start, None) if period is None else slice(period, period + 1)
        estimate = float(self.gaps[self.treated, after].mean())
        step = float(np.median(np.abs(self.gaps[:, after]))) or 1.0
        alpha = round(1 - conf_level, 12)
        return invert(lambda effect: self.p_value(effect, period), estimate, step, alpha)


def fit_floor(outcome: Array, start: int) -> float:
    """Set the least pre-period error that counts, from the outcome's spread around each period's mean."""
    before = outcome[:, :start]
    return FLOOR_SHARE * float(np.std(before - before.mean(axis=0)))


def finite_or_none(limit: float) -> float | None:
    """Give a limit that is not finite as None: a side on which nothing is rejected."""
    return float(limit) if np.isfinite(limit) else None
