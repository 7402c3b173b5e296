"""A regression across units with one row each: the two-way machinery on a panel of a single period.

It serves designs without repeated outcomes, such as a randomized experiment whose clusters were assigned within
strata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.estimation.methods.twoway import TwoWayFit, fit_projected
from analysis.estimation.methods.within import build_within
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel


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
