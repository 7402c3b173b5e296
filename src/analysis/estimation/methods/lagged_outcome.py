"""Adjusting for the last outcome before treatment: the other end of the bracket when treatment follows a dip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import some
from analysis.estimation.inference.judge import INFERENCES, Ask, infer
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.twoway import TwoWayFit, fit_projected
from analysis.estimation.methods.within import build_within
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.results import Estimate, Term

ESTIMAND = "mean effect on the treated units over their treated periods, were units with the same outcome before alike"


@door(INFERENCES)
def lagged_outcome(panel: Panel, ask: Ask) -> Estimate:
    """Regress outcomes from the start on, period by period, on treatment and the last outcome before.

    The two terms are this estimate and the difference in differences on the same cells. Where treatment
    followed a bad (or good) outcome by chance and outcomes drift back, the truth lies between them.

    References:
        Ding & Li (2019), Political Analysis 27(4).
    """
    panel.require_one_start("lagged-outcome")
    after, before, left_out = _after(panel)
    lagged = _fit(after, after.outcome, {"outcome before": before})
    change = _fit(after, after.outcome - before, {})
    verdict, beside = infer(lagged, ask), infer(change, ask)
    found = verdict.of(
        after,
        method="lagged-outcome",
        estimand=ESTIMAND,
        estimate=lagged.estimate,
        conf_level=ask.conf_level,
        first=(_bracket(lagged, change), *left_out),
        checks=check_design(panel),
    )
    terms = (_term(lagged, verdict, "lagged outcome"), _term(change, beside, "difference in differences"))
    return replace(found, n_obs=after.n_obs + after.n_units, terms=terms)


def _after(panel: Panel) -> tuple[Panel, FloatArray, tuple[str, ...]]:
    """Cut out the periods from the start on; give each unit's last outcome before in every one of them."""
    start = int(panel.starts[0])
    used = panel.observed[:, start - 1] & panel.observed[:, start:].any(axis=1)
    lost = [panel.units[i] for i in np.flatnonzero(~used)]
    kept = panel.keep(units=used) if lost else panel
    told = (
        f"Left out, because they have no outcome in {panel.periods[start - 1]} or none after: {some(lost)}."
    )
    length = kept.n_periods - start

    def hold(cells: FloatArray) -> FloatArray:
        return np.repeat(cells[:, start - 1 : start], length, axis=1)

    after = replace(
        kept,
        outcome=kept.outcome[:, start:],
        observed=kept.observed[:, start:],
        treated_from=np.where(kept.treated, 0, length).astype(np.int64),
        periods=kept.periods[start:],
        weights=None if kept.weights is None else kept.weights[:, start:],
        covariates={name: hold(values) for name, values in kept.covariates.items()},
    )
    return after, hold(kept.outcome), (told,) if lost else ()


def _fit(after: Panel, outcome: FloatArray, lag: dict[str, FloatArray]) -> TwoWayFit:
    # Period effects stay in, so that a unit missing in a good year is not read as a bad one.
    panel = replace(after, outcome=outcome, covariates={**lag, **after.covariates})
    return fit_projected(panel, build_within(panel, "none"), movable=True)


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
