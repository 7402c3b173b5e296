"""What the treated cells would have been: unit and period effects fitted to the untreated cells alone.

Many assignments of treatment paths are fitted at once (draws × units × periods): each has its own untreated cells,
so its own unit means and its own normal equations of period effects and covariates, which are solved as a batch.

References: Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.estimation.errors import NotEstimable, some
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel
from analysis.estimation.panel.shares import Scale

# Normal equations whose condition number is above this do not tie all their terms together.
CONDITION = 1e10


@dataclass(frozen=True)
class Design:
    """What is fitted to the untreated cells, whoever is treated.

    `observed` and `weights` are units × periods, `covariates` (K, N, T) of unit standard deviation. `trends` gives
    each unit a linear trend of its own; the `anticipation` periods before a start are neither fitted nor counted.
    """

    observed: BoolArray
    weights: FloatArray
    covariates: FloatArray
    scale: Scale
    trends: bool = False
    anticipation: int = 0


def design_of(panel: Panel, scale: Scale, *, trends: bool = False, anticipation: int = 0) -> Design:
    """Set up the design of a panel."""
    covariates = np.array(list(panel.covariates.values())).reshape(-1, *panel.outcome.shape)
    spreads = np.array([values[panel.observed].std() or 1.0 for values in covariates]).reshape(-1, 1, 1)
    return Design(panel.observed, panel.cell_weights, covariates / spreads, scale, trends, anticipation)


@dataclass(frozen=True)
class Paths:
    """Assignments laid out for fitting: D draws, N units, T periods.

    `starts` (D, N) are first treated periods. `untreated` (D, N, T) are the weights of the cells fitted,
    `treated` marks the observed treated cells.
    """

    design: Design
    starts: IntArray
    untreated: FloatArray
    treated: BoolArray

    @cached_property
    def _totals(self) -> FloatArray:
        totals = self.untreated.sum(axis=2)
        return np.where(totals > 0, totals, 1.0)

    @cached_property
    def _times(self) -> FloatArray:
        """Time from the unit's mean untreated period: (D, N, T)."""
        times = np.arange(self.untreated.shape[2], dtype=float)
        return times - ((self.untreated @ times) / self._totals)[:, :, None]

    @cached_property
    def _time_squares(self) -> FloatArray:
        squares = (self.untreated * self._times**2).sum(axis=2)
        return np.where(squares > 1e-9 * self._totals, squares, np.inf)

    def take_out(self, cells: FloatArray) -> FloatArray:
        """Take each unit's untreated mean, and own trend if the design has one, off all its cells."""
        cells = np.broadcast_to(cells, self.untreated.shape)
        left = cells - (np.einsum("dnt,dnt->dn", self.untreated, cells) / self._totals)[:, :, None]
        if self.design.trends:
            slopes = np.einsum("dnt,dnt->dn", self.untreated, self._times * left) / self._time_squares
            left -= slopes[:, :, None] * self._times
        return np.asarray(left)

    @cached_property
    def _covariates(self) -> list[FloatArray]:
        return [self.take_out(values) for values in self.design.covariates]

    @cached_property
    def gram(self) -> FloatArray:
        """The normal equations of period effects and covariates, unit terms taken out: (D, L, L)."""
        draws, _, n_periods = self.untreated.shape
        size = n_periods + len(self._covariates)
        gram = np.zeros((draws, size, size))
        at = np.arange(n_periods)
        gram[:, at, at] = self.untreated.sum(axis=1)
        parts = [self.untreated / np.sqrt(self._totals)[:, :, None]]
        if self.design.trends:
            parts.append(self.untreated * self._times / np.sqrt(self._time_squares)[:, :, None])
        for part in parts:
            gram[:, :n_periods, :n_periods] -= part.swapaxes(1, 2) @ part
        for k, values in enumerate(self._covariates, start=n_periods):
            weighted = self.untreated * values
            gram[:, k, :n_periods] = gram[:, :n_periods, k] = weighted.sum(axis=1)
            for m, others in enumerate(self._covariates, start=n_periods):
                gram[:, k, m] = np.einsum("dnt,dnt->d", weighted, others)
        return gram

    @cached_property
    def _solution(self) -> tuple[FloatArray, BoolArray]:
        """The inverse of the normal equations, and whether they tie all terms together."""
        n_periods = self.untreated.shape[2]
        bare = self.untreated.sum(axis=1) <= 0
        size = np.trace(self.gram, axis1=1, axis2=2) / n_periods
        held = self.gram + size[:, None, None] * _free_directions(self.gram.shape[1], n_periods, self.design)
        at = np.arange(n_periods)
        held[:, at, at] += size[:, None] * bare
        inverse = _invert(held)
        condition = np.abs(held).sum(axis=1).max(axis=1) * np.abs(inverse).sum(axis=1).max(axis=1)
        # A treated cell in a period without untreated cells has nothing to be predicted from.
        unseen = (self.treated.any(axis=1) & bare).any(axis=1)
        return inverse, (condition < CONDITION) & ~unseen & self._units_fitted()

    def _units_fitted(self) -> BoolArray:
        """Have all treated units the untreated cells that their own terms need?"""
        fitted = self.untreated.sum(axis=2) > 0
        if self.design.trends:
            fitted &= np.isfinite(self._time_squares)
        return np.asarray((fitted | ~self.treated.any(axis=2)).all(axis=1))

    @property
    def inverse(self) -> FloatArray:
        """The inverse of the normal equations: (D, L, L)."""
        return self._solution[0]

    @property
    def fitted(self) -> BoolArray:
        """Which draws can be fitted: (D,)."""
        return self._solution[1]

    def gaps(self, values: FloatArray) -> FloatArray:
        """Give what the fit leaves of values (N, T) on the scale of the fit, in treated cells too: (D, N, T)."""
        n_periods = self.untreated.shape[2]
        left = self.take_out(values)
        weighted = self.untreated * left
        totals = [np.einsum("dnt,dnt->d", weighted, covariate) for covariate in self._covariates]
        sums = np.column_stack([weighted.sum(axis=1), *totals])
        slopes = np.matmul(self.inverse, sums[:, :, None])[:, :, 0]
        left -= self.take_out(slopes[:, None, :n_periods])
        for k, covariate in enumerate(self._covariates, start=n_periods):
            left -= slopes[:, k, None, None] * covariate
        return left

    def fit(self, outcome: FloatArray) -> Fit:
        """Fit an outcome (N, T, in its own unit) and take the treated cells' effects back to that unit."""
        outcome = np.where(self.design.observed, outcome, 50.0)
        values = np.where(self.design.observed, self.design.scale.forward(outcome), 0.0)
        gaps = self.gaps(values)
        scale = self.design.scale
        predicted = scale.backward(values - gaps)
        # On the points scale the gap itself keeps all its digits.
        effects = gaps if scale.name == "points" else outcome - predicted
        return Fit(self, np.where(self.treated, effects, 0.0), gaps, scale.slope(predicted), effects)

    def spread_target(self, target: FloatArray) -> FloatArray:
        """Give the period effects and slopes (D, L) with which the untreated cells enter the average `target`."""
        left = target - self.untreated * self._unit_parts(target)
        totals = [np.einsum("dnt,dnt->d", target, covariate) for covariate in self._covariates]
        sums = np.column_stack([left.sum(axis=1), *totals])
        return np.asarray(np.matmul(self.inverse, sums[:, :, None])[:, :, 0])

    def _unit_parts(self, target: FloatArray) -> FloatArray:
        parts = np.broadcast_to((target.sum(axis=2) / self._totals)[:, :, None], target.shape)
        if self.design.trends:
            slopes = np.einsum("dnt,dnt->dn", target, self._times) / self._time_squares
            parts = parts + slopes[:, :, None] * self._times
        return np.asarray(parts)

    def pattern(self, slopes: FloatArray) -> FloatArray:
        """Turn period effects and slopes (D, L) into cells, unit terms taken out."""
        n_periods = self.untreated.shape[2]
        cells = self.take_out(slopes[:, None, :n_periods])
        for k, covariate in enumerate(self._covariates, start=n_periods):
            cells = cells + slopes[:, k, None, None] * covariate
        return cells

    @property
    def leads(self) -> BoolArray:
        """Which observed cells lie in the anticipation before their unit's start: (D, N, T)."""
        times = np.arange(self.untreated.shape[2])
        since = times[None, None, :] - self.starts[:, :, None]
        dated = (self.starts < self.untreated.shape[2])[:, :, None]
        return np.asarray(self.design.observed & dated & (since < 0) & (since >= -self.design.anticipation))

    def weights_on_cells(self, target: FloatArray) -> FloatArray:
        """Write the average of effects with weights `target` (D, N, T) as a sum over all cells.

        Treated cells keep their weight; untreated cells get the one with which they enter the predictions.
        """
        pattern = self.pattern(self.spread_target(target))
        return np.asarray(target - self.untreated * (self._unit_parts(target) + pattern))


@dataclass(frozen=True)
class Fit:
    """Effects on the treated cells (D, N, T) in the outcome's unit, zero elsewhere, with what their error needs.

    `gaps` are what the fit leaves, on its own scale; `slopes` how much the outcome changes per unit of that scale;
    `differences` are observed less predicted outcomes in all cells, fitted or not.
    """

    paths: Paths
    effects: FloatArray
    gaps: FloatArray
    slopes: FloatArray
    differences: FloatArray

    def influence(self, target: FloatArray, cohorts: IntArray | None = None) -> FloatArray:
        """Give each unit's contribution to the error of the average with weights `target`: (D, N).

        Effects are centred so that the sum of squares is a conservative variance: on their cohort's average in the
        period where `cohorts` (N,) are given, and otherwise on one average of all, which cohorts of one need.
        """
        centred = self._centred(target) if cohorts is None else self._centred_by(target, cohorts)
        # Unit terms are orthogonal to the residuals, so only period effects and slopes carry them into the average.
        slopes = self.paths.spread_target(target * self.slopes)
        n_periods = target.shape[2]
        residuals = self.paths.untreated * self.gaps
        noise = np.matmul(residuals, slopes[:, :n_periods, None])[:, :, 0]
        for k, covariate in enumerate(self.paths._covariates, start=n_periods):
            noise += slopes[:, k, None] * np.einsum("dnt,dnt->dn", residuals, covariate)
        return np.asarray(centred - noise)

    def _centred(self, target: FloatArray) -> FloatArray:
        shares = target.sum(axis=2)
        sums = np.einsum("dnt,dnt->dn", target, self.effects)
        squares = (shares**2).sum(axis=1)
        mean = (shares * sums).sum(axis=1) / np.where(squares > 0, squares, 1.0)
        return np.asarray(sums - shares * mean[:, None])

    def _centred_by(self, target: FloatArray, cohorts: IntArray) -> FloatArray:
        centred = self.effects.copy()
        for cohort in np.unique(cohorts):
            rows = cohorts == cohort
            squares = target[:, rows] ** 2
            totals = squares.sum(axis=1)
            means = (squares * self.effects[:, rows]).sum(axis=1) / np.where(totals > 0, totals, 1.0)
            centred[:, rows] -= means[:, None, :] * self.paths.treated[:, rows]
        return np.asarray(np.einsum("dnt,dnt->dn", target, centred))


def lay_paths(design: Design, starts: IntArray) -> Paths:
    """Lay out assignments given by each unit's first treated period (D, N); T or more means never."""
    n_periods = design.observed.shape[1]
    # Never comes so late that no anticipation reaches into the panel.
    dated = np.where(starts < n_periods, starts, n_periods + design.anticipation)
    since = np.arange(n_periods)[None, None, :] - dated[:, :, None]
    return Paths(
        design=design,
        starts=starts,
        untreated=design.weights * (since < -design.anticipation),
        treated=design.observed & (since >= 0),
    )


def impute(panel: Panel, design: Design) -> Fit:
    """Fit unit effects, period effects and covariates to the untreated cells and predict the treated ones (D = 1).

    Missing cells are left out of the fit; weights weigh it.

    Raises:
        NotEstimable: when a treated cell has no untreated cell of its period to be predicted from, a unit too few
            cells before its start, or the untreated cells do not tie periods and covariates together.
    """
    paths = lay_paths(design, panel.treated_from[None, :])
    _require_periods(panel, paths)
    _require_before(panel, paths)
    if not paths.fitted[0]:
        raise NotEstimable(
            "imputation: the untreated cells do not tie all periods and covariates together (a period shares no "
            "unit with the others, or a covariate does not vary within units over time). Drop it."
        )
    return paths.fit(panel.outcome)


def _free_directions(size: int, n_periods: int, design: Design) -> FloatArray:
    """Give the projection on what unit terms absorb of period effects: a constant and, with trends, a line."""
    basis = np.zeros((size, 2 if design.trends else 1))
    basis[:n_periods, 0] = 1.0
    if design.trends:
        basis[:n_periods, 1] = np.arange(n_periods) - (n_periods - 1) / 2
    basis /= np.linalg.norm(basis, axis=0)
    return np.asarray(basis @ basis.T)


def _invert(held: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.inv(held))
    except np.linalg.LinAlgError:
        # One singular draw fails the batch: a shift far below rounding of a regular one makes its condition tell.
        size = held.shape[1]
        shift = 1e-14 * np.trace(held, axis1=1, axis2=2) / size
        return np.asarray(
            np.linalg.pinv(held + shift[:, None, None] * np.eye(size), rcond=1e-15, hermitian=True)
        )


def _require_periods(panel: Panel, paths: Paths) -> None:
    bare = np.flatnonzero(paths.treated[0].any(axis=0) & ~(paths.untreated[0] > 0).any(axis=0))
    if len(bare):
        raise NotEstimable(
            f"imputation: every unit observed in {some(panel.periods[t] for t in bare)} is treated, so nothing says "
            "what would have happened without. End the panel before, or add untreated units."
        )


def _require_before(panel: Panel, paths: Paths) -> None:
    needed = 2 if paths.design.trends else 1
    count = (paths.untreated[0] > 0).sum(axis=1)
    short = np.flatnonzero(paths.treated[0].any(axis=1) & (count < needed))
    if len(short):
        asked = "trends='unit' and " if paths.design.trends else ""
        raise NotEstimable(
            f"imputation: with {asked}anticipation={paths.design.anticipation} a treated unit needs {needed} "
            f"period(s) observed before its start less the anticipation; {some(panel.units[i] for i in short)} have "
            "fewer. Lengthen the panel, lower the anticipation, or leave them out."
        )
