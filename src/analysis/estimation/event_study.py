"""Event studies: effects by time since treatment, common or staggered starts, and a joint test before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimation.clustered import Spread
from analysis.estimation.errors import NotEstimable
from analysis.estimation.event_fit import (
    Moved,
    Study,
    fit_events,
    leave_out_errors,
    permute_events,
    with_controls,
)
from analysis.estimation.frames import build_panel
from analysis.estimation.inference import Ask, assignment_note, check_ask
from analysis.estimation.inference_rule import PERMUTATION_ONLY_UP_TO, STUDENTISED_UP_TO, count_side, few_side
from analysis.estimation.noise import PLAIN_RATE, noise_notes
from analysis.estimation.own_scale import scale_ratios, scaled_note, shows_own_scales
from analysis.estimation.panel import Panel
from analysis.estimation.permutation import Draws, Interval, plain_interval
from analysis.estimation.results import Check, Estimate, Term

INFERENCES = ("default", "permutation", "CR3", "scaled-permutation")
ESTIMAND = "mean over the treated event times of the mean effect on the units treated that long"
# Tests of a flat pre-period are weak, so it counts as flat only when it passes at 10 percent, not 5.
FLAT_ABOVE = 0.10


def event_study(
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
    reference: int | None = None,
) -> Estimate:
    """Estimate effects by time since treatment, against the event time `reference` (-1 unless given).

    Staggered starts are handled by Sun and Abraham's interaction-weighted estimator: each cohort is compared
    with the units never treated, or with the last cohort before its start where all are treated in the end.

    Raises:
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
        RequestError: a column or option does not exist.

    References:
        Sun & Abraham (2021), Journal of Econometrics 225(2).
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
    return estimate_event_study(
        arranged, inference=inference, draws=draws, seed=seed, conf_level=conf_level, reference=reference
    )


def estimate_event_study(
    panel: Panel,
    *,
    inference: str = "default",
    draws: int = 1_999,
    seed: int = 1,
    conf_level: float = 0.95,
    reference: int | None = None,
) -> Estimate:
    """Estimate an event study from a panel already arranged; see `event_study`."""
    ask = check_ask(inference, draws, seed, conf_level, INFERENCES)
    panel, note = with_controls(panel)
    study = fit_events(panel, -1 if reference is None else reference)
    moved = permute_events(study, ask)
    errors = leave_out_errors(study) if _shows_errors(panel, inference) else None
    chosen, why = _chosen(panel, inference, errors is not None)
    scaled = chosen == "scaled-permutation"
    shown = moved.scaled(scale_ratios(panel, moved.assignments)) if scaled else moved
    judged = [
        _judge(study, shown, row, None if errors is None else errors[row], chosen, ask)
        for row in range(len(study.effects))
    ]
    overall, terms = judged[-1], judged[:-1]
    return Estimate(
        method="event-study",
        estimand=ESTIMAND,
        estimate=overall.estimate,
        unit=panel.outcome_name,
        n_obs=panel.n_obs,
        n_units=panel.n_units,
        n_treated=panel.n_treated,
        inference=chosen,
        std_error=overall.std_error,
        conf_low=overall.conf_low,
        conf_high=overall.conf_high,
        conf_level=conf_level,
        p_value=overall.p_value,
        p_values={} if overall.p_value is None else {chosen: overall.p_value},
        terms=_with_reference(study, terms),
        checks=(_pre_trend(study, moved),),
        notes=(*note, *_notes(study, moved, chosen, why), *panel.notes),
    )


def _chosen(panel: Panel, inference: str, has_errors: bool) -> tuple[str, str]:
    few = few_side(panel)
    counted = count_side(panel)
    if inference == "CR3" and not has_errors:
        raise NotEstimable("CR3 is not defined: a cluster alone carries an effect. Ask for permutation.")
    if inference != "default":
        return inference, f"{counted}; {inference} was asked for."
    if few == 1 and shows_own_scales(panel):
        return "scaled-permutation", f"{counted}: permutation for every event time."
    if few <= STUDENTISED_UP_TO:
        return "permutation", f"{counted}: permutation for every event time."
    if has_errors:
        return "CR3", f"{counted}: CR3 for every event time."
    return (
        "permutation",
        f"{counted}: permutation, because a cluster alone carries an effect and CR3 is not defined.",
    )


def _judge(study: Study, moved: Moved, row: int, spread: Spread | None, chosen: str, ask: Ask) -> Term:
    estimate = float(study.effects[row])
    if chosen == "CR3" and spread is not None:
        p_value, interval = spread.p_value(estimate), spread.interval(estimate, ask.conf_level)
    else:
        values, _, kept = moved.of(row)
        p_value = kept.p_value(values, estimate) if len(values) else 1.0
        interval = _interval(moved, row, estimate, ask.conf_level)
    low, high = (float(limit) if np.isfinite(limit) else None for limit in interval)
    times = study.design.event_times
    event_time = times[row] if row < len(times) else None
    return Term(
        estimate=estimate,
        std_error=None if spread is None else spread.std_error,
        conf_low=low,
        conf_high=high,
        p_value=p_value,
        event_time=event_time,
        period=None if event_time is None else _period(study.panel, event_time),
    )


def _interval(moved: Moved, row: int, estimate: float, conf_level: float) -> Interval:
    values, shares, kept = moved.of(row)
    return plain_interval(Draws(values, shares, None, kept), estimate, conf_level)


def _period(panel: Panel, event_time: int) -> str | None:
    return panel.periods[int(panel.starts[0]) + event_time] if len(panel.starts) == 1 else None


def _shows_errors(panel: Panel, inference: str) -> bool:
    return inference == "CR3" or (inference == "default" and few_side(panel) > PERMUTATION_ONLY_UP_TO)


def _with_reference(study: Study, terms: list[Term]) -> tuple[Term, ...]:
    reference = study.design.reference
    zero = Term(0.0, event_time=reference, period=_period(study.panel, reference), is_reference=True)
    return tuple(sorted([*terms, zero], key=lambda term: term.event_time or 0))


def _pre_trend(study: Study, moved: Moved) -> Check:
    """Test jointly that every effect before treatment is zero, by moving the treatment paths."""
    before = [row for row, t in enumerate(study.design.event_times) if t < 0]
    if not before:
        return Check(
            "pre-trend", None, "There is no period before the reference one, so no trend can be seen."
        )
    known = np.asarray(np.isfinite(moved.effects[:, before]).all(axis=1))
    effects, drawn = study.effects[before], moved.effects[known][:, before]
    if len(drawn) < 2:
        text = f"Missing cells leave {len(drawn)} assignment(s) with all {len(before)} effects before to rank by."
        return Check("pre-trend", None, text)
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(drawn, rowvar=False)), rcond=1e-10, hermitian=True)
    distances = np.einsum("bi,ij,bj->b", drawn, inverse, drawn)
    p_value = moved.assignments.only(known).p_value(distances, float(effects @ inverse @ effects))
    rows = tuple(
        {"event_time": study.design.event_times[row], "estimate": float(study.effects[row])} for row in before
    )
    flat = p_value >= FLAT_ABOVE
    verdict = (
        "a flat pre-period is not rejected, which does not show that it is flat"
        if flat
        else "the pre-period is not flat, so what follows cannot be read as caused by the treatment"
    )
    return Check(
        "pre-trend",
        flat,
        f"Joint test of {len(before)} effect(s) before: p = {p_value:.3f}; {verdict}.",
        rows,
    )


def _notes(study: Study, moved: Moved, chosen: str, why: str) -> tuple[str, ...]:
    panel, noise = study.panel, tuple[str, ...]()
    if chosen == "permutation":
        noise = noise_notes(panel, PLAIN_RATE)
    elif chosen == "scaled-permutation":
        noise = (scaled_note(int(panel.starts[0])),)
    lost = f"{study.panel.outcome_name}: covariates' slopes are those of the saturated regression."
    return (
        f"The reference is event time {study.design.reference}.",
        why,
        *((lost,) if study.panel.covariates else ()),
        assignment_note(moved.assignments, "permutation"),
        *noise,
    )
