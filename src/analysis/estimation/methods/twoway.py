"""Two-way fixed effects with one treatment term, of panels and of single rows, and what its inference is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.estimation.errors import NotEstimable
from analysis.estimation.methods.within import Effects, Within, build_within
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel


@dataclass(frozen=True)
class TwoWayFit:
    """A fitted two-way regression.

    `outcome` and `treatment` (units, periods) are what the projection leaves of them, `errors` the residuals;
    `variation` is the weighted sum of squares of `treatment`; `cluster` (units) numbers the clusters from 0.
    `movable` says that treatment can be moved between units with all other terms left as they are.
    """

    panel: Panel
    within: Within
    estimate: float
    outcome: FloatArray
    treatment: FloatArray
    errors: FloatArray
    variation: float
    cluster: IntArray
    n_clusters: int
    movable: bool

    @property
    def n_parameters(self) -> int:
        """Terms estimated; the unit effects, nested in the clusters, count as one."""
        return self.within.rank + (2 if self.within.absorbs_units else 1)

    def by_cluster(self, of_units: FloatArray) -> FloatArray:
        """Add up rows of units (units, ...) to rows of clusters (clusters, ...)."""
        if self.n_clusters == len(self.cluster):
            return of_units
        summed = np.zeros((self.n_clusters, *of_units.shape[1:]))
        np.add.at(summed, self.cluster, of_units)
        return summed

    @cached_property
    def score_squares(self) -> float:
        """The sum of the squared scores."""
        return float((self.scores**2).sum())

    @cached_property
    def scores(self) -> FloatArray:
        """Each cluster's sum of treatment residual times error."""
        return self.by_cluster((self.within.weights * self.treatment * self.errors).sum(axis=1))


def fit_two_way(panel: Panel, effects: Effects = "unit") -> TwoWayFit:
    """Regress the outcome on treatment, unit effects, period effects and covariates.

    Raises:
        NotEstimable: the treatment is a combination of the other terms.

    References:
        Angrist & Pischke (2009), Mostly Harmless Econometrics, chapter 5.
    """
    return fit_projected(panel, build_within(panel, effects), movable=effects == "unit")


def fit_projected(panel: Panel, within: Within, *, movable: bool) -> TwoWayFit:
    """Regress the outcome on treatment and the terms of a projection.

    Raises:
        NotEstimable: the treatment is a combination of the other terms.
    """
    outcome = within.residual(panel.outcome)
    treated = panel.treatment.astype(float)
    treatment = within.residual(treated)
    variation = float((within.weights * treatment**2).sum())
    if variation <= 1e-10 * float((within.weights * within.demean(treated) ** 2).sum()):
        raise NotEstimable(
            "Once unit effects, period effects and covariates are taken out, nothing of the treatment is left. "
            "Drop the covariate that follows it, or lengthen the panel."
        )
    estimate = float((within.weights * treatment * outcome).sum()) / variation
    cluster = cluster_codes(panel)
    return TwoWayFit(
        panel=panel,
        within=within,
        estimate=estimate,
        outcome=outcome,
        treatment=treatment,
        errors=outcome - estimate * treatment,
        variation=variation,
        cluster=cluster,
        n_clusters=int(cluster.max()) + 1,
        movable=movable,
    )


def cluster_codes(panel: Panel) -> IntArray:
    """Number each unit's cluster from 0 without gaps; every unit is its own when none is named."""
    if panel.cluster is None:
        return np.arange(panel.n_units)
    return np.unique(panel.cluster, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class CrossSection:
    """One outcome and treatment a row, with covariates, weights, strata and clusters where there are any."""

    outcome: FloatArray
    treated: BoolArray
    names: tuple[str, ...]
    covariates: Mapping[str, FloatArray]
    weights: FloatArray | None = None
    strata: IntArray | None = None
    cluster: IntArray | None = None


def fit_cross_section(rows: CrossSection) -> TwoWayFit:
    """Regress the outcome on treatment, a constant and the covariates.

    Raises:
        NotEstimable: the treatment is a combination of the covariates.
    """
    panel = Panel(
        outcome=rows.outcome[:, None],
        observed=np.ones((len(rows.outcome), 1), dtype=bool),
        treated_from=np.where(rows.treated, 0, 1).astype(np.int64),
        units=rows.names,
        periods=("after",),
        weights=None if rows.weights is None else rows.weights[:, None],
        covariates={name: values[:, None] for name, values in rows.covariates.items()},
        strata=rows.strata,
        cluster=rows.cluster,
    )
    return fit_projected(panel, build_within(panel, "none"), movable=True)
