"""Inference from the controls' own residuals when few units are treated: Conley–Taber and Ferman–Pinto.

References:
    Conley & Taber (2011), Review of Economics and Statistics 93(1);
    Ferman & Pinto (2019), Review of Economics and Statistics 101(3), for groups of unequal size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NoControlLeft, UnknownOption
from analysis.estimation.inference.permutation import Interval, path_parts
from analysis.estimation.methods.twoway import TwoWayFit
from analysis.estimation.panel.panel import FloatArray, Panel

# Below this share of the mean, a fitted variance is a sampling accident of the line, not a small group.
VARIANCE_FLOOR = 0.05
# Weights that differ by less than this factor are not read as sizes that noise would go with.
SIZES_DIFFER_FROM = 2.0


@dataclass(frozen=True)
class ControlDraws:
    """Effects that the controls' residuals alone would have produced in the treated units' places."""

    effects: FloatArray

    def p_value(self, estimate: float) -> float:
        """Two-sided p of an estimate against zero."""
        return float(((np.abs(self.effects) >= abs(estimate)).sum() + 1) / (len(self.effects) + 1))

    def interval(self, estimate: float, conf_level: float) -> Interval:
        """The estimate less the effects' outer quantiles."""
        tail = (1 - conf_level) / 2
        low, high = np.quantile(self.effects, [tail, 1 - tail])
        return estimate - float(high), estimate - float(low)


def control_draws(
    fit: TwoWayFit, draws: int, rng: np.random.Generator, sizes: FloatArray | None = None
) -> ControlDraws:
    """Put controls' residuals, drawn with replacement, in the treated units' places.

    With `sizes` (one a unit, say its population) the residuals are rescaled first: their variance is fitted
    as a constant plus a term in one over size, and each is given the variance of the unit it stands for.

    Raises:
        NoControlLeft: fewer than two controls.
    """
    parts = path_parts(fit)
    panel = fit.panel
    controls, treated = np.flatnonzero(~panel.treated), np.flatnonzero(panel.treated)
    if len(controls) < 2:
        raise NoControlLeft(f"{len(controls)} control(s); Conley–Taber and Ferman–Pinto need at least 2.")
    starts = np.searchsorted(panel.starts, panel.treated_from[treated])
    errors = _placebo_effects(fit, parts.own)[controls]
    scale = np.ones(panel.n_units) if sizes is None else _scales(errors[:, 0], sizes, controls)
    standard = errors / scale[controls, None]
    shares = parts.own[treated, starts] / parts.own[treated, starts].sum()
    drawn = rng.integers(0, len(controls), size=(draws, len(treated)))
    return ControlDraws((standard[drawn, starts[None, :]] * (scale[treated] * shares)).sum(axis=1))


def _placebo_effects(fit: TwoWayFit, own: FloatArray) -> FloatArray:
    paths = np.arange(fit.panel.n_periods)[None, :] >= fit.panel.starts[:, None]
    sums = (fit.within.weights * fit.errors) @ paths.T
    return np.asarray(sums / np.maximum(own, np.finfo(float).tiny))


def _scales(errors: FloatArray, sizes: FloatArray, controls: NDArray[np.intp]) -> FloatArray:
    line = np.column_stack([np.ones(len(controls)), 1 / sizes[controls]])
    coefficients = np.linalg.lstsq(line, errors**2, rcond=None)[0]
    if (coefficients < 0).any():
        # A variance cannot fall with 1/size or be negative at its start: keep the part that is possible.
        keep = int(np.argmax(coefficients))
        coefficients = np.zeros(2)
        coefficients[keep] = (line[:, keep] @ errors**2) / (line[:, keep] @ line[:, keep])
    fitted = coefficients[0] + coefficients[1] / sizes
    return np.asarray(np.sqrt(np.maximum(fitted, VARIANCE_FLOOR * float((errors**2).mean()))))


def sizes_differ(panel: Panel) -> bool:
    """Do the units' weights differ so much that their noise may go with size?"""
    if panel.weights is None:
        return False
    sizes = unit_sizes(panel)
    return bool(sizes.max() > SIZES_DIFFER_FROM * sizes[sizes > 0].min())


def unit_sizes(panel: Panel) -> FloatArray:
    """Give each unit's size: its mean weight over the cells observed.

    Raises:
        UnknownOption: the panel has no weights.
    """
    if panel.weights is None:
        raise UnknownOption("ferman-pinto needs the units' sizes: name their column in weights.")
    return np.asarray(panel.weights.sum(axis=1) / np.maximum(panel.observed.sum(axis=1), 1))
