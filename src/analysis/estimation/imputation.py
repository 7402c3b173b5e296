"""The imputation estimator: treated cells less what unit and period effects of untreated cells predict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimation.averages_inference import INFERENCES, Several, judge_several
from analysis.estimation.errors import NotEstimable, require_option
from analysis.estimation.frames import build_panel
from analysis.estimation.imputed import Imputation, impute
from analysis.estimation.inference import check_ask
from analysis.estimation.panel import Panel
from analysis.estimation.results import Estimate, Term

Array = NDArray[np.float64]

AGGREGATES = ("simple", "dynamic", "group", "calendar")
ESTIMAND = "mean effect on the treated cells, each weighted alike or by the weights given"


def imputation(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated_from: str | None = None,
    treatment: str | None = None,
    weights: str | None = None,
    covariates: Sequence[str] | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    inference: str = "default",
    draws: int = 1_999,
    seed: int = 1,
    conf_level: float = 0.95,
    aggregate: str = "simple",
) -> Estimate:
    """Estimate the effect on every treated cell by imputation, and average the effects.

    `panel` is a tidy frame, one row a unit and period; the other words name its columns. Missing cells are
    left out of the fit. The estimate is the mean over treated cells; `aggregate` says which averages stand
    beside it: by event time (dynamic), group or calendar period.

    Raises:
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
        RequestError: a column or option does not exist.

    References:
        Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91.
    """
    arranged = build_panel(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated_from=treated_from,
        treatment=treatment,
        weights=weights,
        covariates=covariates,
        strata=strata,
        cluster=cluster,
    )
    return estimate_imputation(
        arranged, inference=inference, draws=draws, seed=seed, conf_level=conf_level, aggregate=aggregate
    )


def estimate_imputation(
    panel: Panel,
    *,
    inference: str = "default",
    draws: int = 1_999,
    seed: int = 1,
    conf_level: float = 0.95,
    aggregate: str = "simple",
) -> Estimate:
    """Estimate by imputation from a panel already arranged; see `imputation`."""
    ask = check_ask(inference, draws, seed, conf_level, INFERENCES)
    require_option("aggregate", aggregate, AGGREGATES)
    several = gather_effects(panel, aggregate)
    verdict = judge_several(panel, several, inference, ask)
    estimate = float(several.effects[0])
    return verdict.of(panel, method="imputation", estimand=ESTIMAND, estimate=estimate, conf_level=conf_level)


def gather_effects(panel: Panel, aggregate: str) -> Several:
    """Gather the overall effect and its terms with what their inference needs."""
    imputed = impute(panel)
    labels, targets = _targets(panel, imputed, aggregate)
    return Several(
        effects=_average(imputed, targets),
        influence=_influence(panel, imputed, targets),
        labels=labels,
        exposures=lambda: (targets > 0).astype(float),
        loadings=lambda: _loadings(panel, imputed, targets),
        estimate=lambda moved: _effects(moved, aggregate),
    )


def _targets(panel: Panel, imputed: Imputation, aggregate: str) -> tuple[tuple[Term, ...], Array]:
    """Weigh the treated cells for the overall mean and for each term (effects × units × periods)."""
    times, own = np.arange(panel.n_periods)[None, :], panel.treated_from[:, None]
    keyed = {"dynamic": times - own, "group": np.broadcast_to(own, imputed.treated.shape), "calendar": times}
    cells = panel.cell_weights * imputed.treated
    if cells.sum() == 0:
        raise NotEstimable("imputation: no treated cell has both an outcome and a weight above 0.")
    marks, labels = [imputed.treated], []
    if aggregate != "simple":
        keys = np.broadcast_to(keyed[aggregate], imputed.treated.shape)
        for key in np.unique(keys[cells > 0]).tolist():
            marks.append(imputed.treated & (keys == key))
            labels.append(_label(panel, aggregate, key))
    weighted = [cells * mark for mark in marks]
    return tuple(labels), np.array([part / part.sum() for part in weighted])


def _label(panel: Panel, aggregate: str, key: int) -> Term:
    if aggregate == "dynamic":
        return Term(0.0, event_time=key)
    return (
        Term(0.0, group=panel.periods[key]) if aggregate == "group" else Term(0.0, period=panel.periods[key])
    )


def _average(imputed: Imputation, targets: Array) -> Array:
    return np.asarray(np.tensordot(targets, imputed.effects, axes=2))


def _effects(panel: Panel, aggregate: str) -> tuple[Array, Array]:
    imputed = impute(panel)
    targets = _targets(panel, imputed, aggregate)[1]
    return _average(imputed, targets), _influence(panel, imputed, targets[:1])[:, 0]


def _influence(panel: Panel, imputed: Imputation, targets: Array) -> Array:
    each = [imputed.influence(target, panel.treated_from) for target in targets]
    return np.column_stack(each) * panel.n_units


def _loadings(panel: Panel, imputed: Imputation, targets: Array) -> Array:
    """Read each group's weights off one of its units: in a complete panel they are the same for all."""
    kinds = np.append(panel.starts, panel.n_periods)
    first = [
        int(np.flatnonzero(panel.treated_from == kind)[0])
        for kind in kinds
        if (panel.treated_from == kind).any()
    ]
    loadings = np.zeros((len(targets), len(kinds), panel.n_periods))
    for row, target in enumerate(targets):
        loadings[row, : len(first)] = imputed.weights_on_cells(target)[first]
    return loadings
