"""Difference in differences with weighted controls and weighted pre-periods, for one start date.

References: Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.simplex import simplex_weights

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WeightedDid:
    """The estimate with its weights: one a control, one a pre-period; `path` is the treated mean's gap."""

    estimate: float
    unit_weights: Array
    time_weights: Array
    path: Array


def weighted_did(treated: Array, controls: Array, start: int) -> WeightedDid:
    """Compare treated with controls (units × periods) before and after `start`.

    Controls are weighted to move as the treated did before, pre-periods to predict the controls' later mean;
    both up to a constant, and unit weights spread out by the penalty the paper derives.
    """
    before, after = controls[:, :start], controls[:, start:]
    target = treated[:, :start].mean(axis=0)
    penalty = np.sqrt(len(treated) * after.shape[1]) * _noise(before) ** 2
    unit_weights = simplex_weights(
        (before - before.mean(axis=1, keepdims=True)).T, target - target.mean(), penalty * start
    )
    later = after.mean(axis=1)
    time_weights = simplex_weights(before - before.mean(axis=0), later - later.mean())
    path = treated.mean(axis=0) - unit_weights @ controls
    path = path - time_weights @ path[:start]
    return WeightedDid(float(path[start:].mean()), unit_weights, time_weights, path)


def _noise(before: Array) -> float:
    """Measure how much one period differs from the next among the controls."""
    changes = np.diff(before, axis=1)
    return float(changes.std(ddof=1))
