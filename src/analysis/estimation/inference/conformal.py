"""Conformal tests of one treated unit's effect: is its error after the start unusual among all its errors?

Under the hypothesis the effect is taken off, the synthetic control is fitted to all periods, and the errors
of the treated periods are compared with those of every other stretch of time of the same length.

References: Chernozhukov, Wüthrich & Zhu (2021), JASA 116.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from analysis.estimation.errors import TooShort
from analysis.estimation.inference.permutation import Interval, invert
from analysis.estimation.methods.simplex import nearest_in_hull
from analysis.estimation.panel.panel import BoolArray, FloatArray


@dataclass(frozen=True)
class Conformal:
    """One unit's path (periods), its donors' (donors × periods), and the first treated period."""

    target: FloatArray
    donors: FloatArray
    start: int

    def p_value(self, effect: float, period: int | None = None) -> float:
        """Test one constant effect on all treated periods, or, given a period, on that one alone.

        With a period the other treated ones are left out. Errors are permuted by moving blocks: shifted
        round the whole stretch of time, so that any stationary dependence is kept.
        """
        used, treated = self._periods(period)
        path = self.target[used] - effect * treated
        gaps = self.donors[:, used] - path
        errors = np.abs(nearest_in_hull(gaps.T) @ gaps)
        times = np.arange(len(errors))
        shifts = errors[np.flatnonzero(treated)[None, :] - times[:, None]].mean(axis=1)
        return float((shifts >= shifts[0] * (1 - 1e-9)).mean())

    def interval(self, conf_level: float, estimate: float, period: int | None = None) -> Interval:
        """Collect the effects not rejected at the level.

        Raises:
            TooShort: when there are too few periods to reject anything at this level.
        """
        self.require_periods(conf_level, period)
        used, treated = self._periods(period)
        gaps = self.donors[:, used] - self.target[used]
        errors = nearest_in_hull(gaps[:, ~treated].T) @ gaps[:, ~treated]
        step = float(np.sqrt((errors**2).mean())) or 1.0
        alpha = round(1 - conf_level, 12)
        return invert(lambda effect: self.p_value(effect, period), estimate, step, alpha)

    def require_periods(self, conf_level: float, period: int | None = None) -> None:
        """Refuse a level that so few periods cannot reach.

        Raises:
            TooShort: when one over the number of periods exceeds one minus the level.
        """
        available = int(self._periods(period)[0].sum())
        needed = ceil(1 / (1 - conf_level) - 1e-9)
        if available < needed:
            raise TooShort(
                f"A conformal interval at {conf_level:g} needs {needed} periods (the smallest p is one over their "
                f"number); there are {available}. Lower the level, or ask for inference='placebo'."
            )

    def _periods(self, period: int | None) -> tuple[BoolArray, BoolArray]:
        """Tell which periods are used, and which of those are treated."""
        times = np.arange(len(self.target))
        used = np.ones(len(times), bool) if period is None else (times < self.start) | (times == period)
        return used, times[used] >= self.start
