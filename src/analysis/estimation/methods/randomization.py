"""Randomization inference for an experiment: treatment is dealt out again as it was dealt out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.estimation.errors import BadTreatment, MissingValues, PanelError, UnknownColumn, some
from analysis.estimation.inference.judge import check_ask, infer
from analysis.estimation.methods.twoway import CrossSection, fit_cross_section
from analysis.estimation.panel.panel import FloatArray, IntArray
from analysis.estimation.results import Estimate

INFERENCES = ("default", "permutation", "studentised-permutation", "CR1", "CR2", "CR3", "wild")
ESTIMAND = "mean effect of the treatment on the rows' outcome, strata and covariates held fixed"


def randomization_inference(
    rows: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    covariates: Sequence[str] | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    inference: str = "default",
    draws: int = 9_999,
    seed: int = 1,
    conf_level: float = 0.95,
) -> Estimate:
    """Regress an outcome on a 0/1 treatment and judge it by dealing the treatment out again.

    Treatment moves between whole clusters and within strata, whose effects are taken out of the regression.

    Raises:
        PanelError: a value is missing, or treatment is not 0 and 1 with both among the rows.
        RequestError: a column or option does not exist.

    References:
        Fisher (1935), The Design of Experiments; Young (2019), Quarterly Journal of Economics 134(2).
    """
    ask = check_ask(inference, draws, seed, conf_level, INFERENCES)
    names = [outcome, treatment, *(covariates or ()), *(n for n in (strata, cluster) if n)]
    _check(rows, names, treatment)
    fit = fit_cross_section(_arrange(rows, outcome, treatment, covariates, strata, cluster))
    verdict = infer(fit, replace(ask, inference="permutation") if inference == "default" else ask)
    return Estimate(
        method="randomization-inference",
        estimand=ESTIMAND,
        estimate=fit.estimate,
        unit=outcome,
        n_obs=len(rows),
        n_units=fit.n_clusters,
        n_treated=len(np.unique(fit.cluster[fit.panel.treated])),
        inference=verdict.inference,
        std_error=verdict.std_error,
        conf_low=verdict.conf_low,
        conf_high=verdict.conf_high,
        conf_level=conf_level,
        p_value=verdict.p_value,
        p_values=verdict.p_values,
        notes=verdict.notes,
    )


def _arrange(
    rows: pd.DataFrame,
    outcome: str,
    treatment: str,
    covariates: Sequence[str] | None,
    strata: str | None,
    cluster: str | None,
) -> CrossSection:
    codes = {n: pd.factorize(rows[n], sort=True)[0].astype(np.int64) for n in (strata, cluster) if n}
    return CrossSection(
        outcome=rows[outcome].to_numpy(float),
        treated=rows[treatment].to_numpy(float) == 1,
        names=tuple(map(str, rows.index)),
        covariates={**_columns(rows, covariates), **(_dummies(codes[strata]) if strata else {})},
        strata=codes[strata] if strata else None,
        cluster=codes[cluster] if cluster else None,
    )


def _check(rows: pd.DataFrame, names: Sequence[str], treatment: str) -> None:
    if unknown := [name for name in names if name not in rows.columns]:
        raise UnknownColumn(f"No column {some(map(repr, unknown))}. The rows have: {some(rows.columns, 30)}.")
    if empty := [name for name in names if rows[name].isna().any()]:
        raise MissingValues(f"Empty cells in {some(map(repr, empty))}; drop or fill these rows first.")
    found = set(rows[treatment].unique().tolist())
    if not found <= {0, 1}:
        raise BadTreatment(f"Column {treatment!r} holds {some(sorted(found - {0, 1}))}; allowed: 0 and 1.")
    if len(found) < 2:
        raise PanelError(f"Column {treatment!r} is {found} throughout; both 0 and 1 are needed.")


def _columns(rows: pd.DataFrame, names: Sequence[str] | None) -> dict[str, FloatArray]:
    return {name: rows[name].to_numpy(float) for name in names or ()}


def _dummies(codes: IntArray) -> dict[str, FloatArray]:
    return {f"stratum {k}": (codes == k).astype(float) for k in range(1, int(codes.max()) + 1)}
