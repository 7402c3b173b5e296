"""Adjusting for the last outcome before treatment: the other end of the bracket when treatment follows a dip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimation.cross_section import CrossSection, fit_cross_section
from analysis.estimation.errors import some
from analysis.estimation.frames import build_panel
from analysis.estimation.inference import INFERENCES, Verdict, check_ask, infer
from analysis.estimation.panel import FloatArray, Panel
from analysis.estimation.results import Estimate, Term
from analysis.estimation.twoway import TwoWayFit

ESTIMAND = "mean effect on the treated units over their treated periods, were units with the same outcome before alike"


def lagged_outcome(
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
    draws: int = 9_999,
    seed: int = 1,
    conf_level: float = 0.95,
) -> Estimate:
    """Regress each unit's mean outcome after the start on treatment and its outcome in the last period before.

    The two terms are this estimate and the difference in differences on the same two values. Where treatment
    followed a bad (or good) outcome by chance and outcomes drift back, the truth lies between them.

    Raises:
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
        RequestError: a column or option does not exist.

    References:
        Ding & Li (2019), Political Analysis 27(4).
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
    return estimate_lagged_outcome(
        arranged, inference=inference, draws=draws, seed=seed, conf_level=conf_level
    )


def estimate_lagged_outcome(
    panel: Panel, *, inference: str = "default", draws: int = 9_999, seed: int = 1, conf_level: float = 0.95
) -> Estimate:
    """Estimate from a panel already arranged; see `lagged_outcome`."""
    ask = check_ask(inference, draws, seed, conf_level, INFERENCES)
    panel.require_one_start("lagged-outcome")
    sides = _sides(panel)
    lagged = _fit(sides, sides.after, {"outcome before": sides.before})
    change = _fit(sides, sides.after - sides.before, {})
    verdict, beside = infer(lagged, inference, ask), infer(change, inference, ask)
    return Estimate(
        method="lagged-outcome",
        estimand=ESTIMAND,
        estimate=lagged.estimate,
        unit=panel.outcome_name,
        n_obs=2 * len(sides.before),
        n_units=len(sides.before),
        n_treated=int(sides.panel.treated.sum()),
        inference=verdict.inference,
        std_error=verdict.std_error,
        conf_low=verdict.conf_low,
        conf_high=verdict.conf_high,
        conf_level=conf_level,
        p_value=verdict.p_value,
        p_values=verdict.p_values,
        terms=(_term(lagged, verdict, "lagged outcome"), _term(change, beside, "difference in differences")),
        notes=(_bracket(lagged, change), *sides.notes, *verdict.notes, *panel.notes),
    )


@dataclass(frozen=True)
class _Sides:
    """The panel of the units used, each one's last outcome before, mean outcome after, and covariates before."""

    panel: Panel
    before: FloatArray
    after: FloatArray
    covariates: dict[str, FloatArray]
    notes: tuple[str, ...]


def _sides(panel: Panel) -> _Sides:
    start = int(panel.starts[0])
    used = panel.observed[:, start - 1] & panel.observed[:, start:].any(axis=1)
    lost = [panel.units[i] for i in np.flatnonzero(~used)]
    kept = panel.keep(units=used) if lost else panel
    left_out = (
        f"Left out, because they have no outcome in {panel.periods[start - 1]} or none after: {some(lost)}.",
    )
    weights = kept.cell_weights[:, start:]
    outcomes = np.where(kept.observed, kept.outcome, 0.0)
    return _Sides(
        panel=kept,
        before=outcomes[:, start - 1],
        after=(weights * outcomes[:, start:]).sum(axis=1) / weights.sum(axis=1),
        covariates={name: values[:, start - 1] for name, values in kept.covariates.items()},
        notes=left_out if lost else (),
    )


def _fit(sides: _Sides, outcome: FloatArray, lag: dict[str, FloatArray]) -> TwoWayFit:
    panel = sides.panel
    return fit_cross_section(
        CrossSection(
            outcome=outcome,
            treated=panel.treated,
            names=panel.units,
            covariates={**lag, **sides.covariates},
            weights=None if panel.weights is None else panel.weights[:, int(panel.starts[0]) - 1],
            strata=panel.strata,
            cluster=panel.cluster,
        )
    )


def _term(fit: TwoWayFit, verdict: Verdict, name: str) -> Term:
    return Term(
        fit.estimate, verdict.std_error, verdict.conf_low, verdict.conf_high, verdict.p_value, group=name
    )


def _bracket(lagged: TwoWayFit, change: TwoWayFit) -> str:
    low, high = sorted([lagged.estimate, change.estimate])
    return (
        f"The two readings lie at {low:.4g} and {high:.4g}. The truth is between them if either the trends would "
        "have been the same, or treatment followed the last outcome alone."
    )
