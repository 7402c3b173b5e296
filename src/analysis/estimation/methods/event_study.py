"""Event studies: effects by time since treatment, common or staggered starts, and a joint test before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import require_option
from analysis.estimation.inference.clustered import Spread
from analysis.estimation.inference.judge import Ask
from analysis.estimation.inference.of_averages import INFERENCES as OF_AVERAGES
from analysis.estimation.inference.of_averages import Several, judge_several
from analysis.estimation.inference.rule import against_rule
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.event_fit import (
    Study,
    balanced,
    clustered_errors,
    composition,
    event_influence,
    fit_events,
    move_events,
    with_controls,
)
from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import Check, Estimate, Term

INFERENCES = (*OF_AVERAGES, "CR1")
AGGREGATES = ("simple", "dynamic")
ESTIMANDS = {
    "simple": "mean effect on the treated cells after treatment, cohorts weighted by size",
    "dynamic": "mean over the treated event times of the mean effect on the units treated that long",
}


@door(INFERENCES, draws=1_999)
def event_study(
    panel: Panel,
    ask: Ask,
    *,
    reference: int | None = None,
    aggregate: str = "simple",
    balance: int | None = None,
) -> Estimate:
    """Estimate effects by time since treatment, against the event time `reference` (-1 unless given).

    Staggered starts are handled by Sun and Abraham's interaction-weighted estimator: each cohort is compared
    with the units never treated, or with the last cohort before its start where all are treated in the end.
    The estimate is the effect on the treated: the mean over their cells (`simple`), or over event times whatever
    the number of units at each (`dynamic`). With several starts late event times are of the early cohorts alone;
    `balance` keeps the cohorts followed for so many periods after their start, and those event times.

    References:
        Sun & Abraham (2021), Journal of Econometrics 225(2).
    """
    require_option("aggregate", aggregate, AGGREGATES)
    panel, note = with_controls(panel)
    panel = balanced(panel, balance)
    study = fit_events(
        panel, -1 if reference is None else reference, dynamic=aggregate == "dynamic", last=balance
    )
    verdict = _judge(study, ask)
    return replace(verdict, terms=_with_reference(study, verdict.terms)).of(
        panel,
        method="event-study",
        estimand=ESTIMANDS[aggregate],
        estimate=float(study.effects[0]),
        conf_level=ask.conf_level,
        first=(*note, *_notes(study)),
        checks=check_design(panel),
    )


def _judge(study: Study, ask: Ask) -> Verdict:
    several = Several(
        effects=study.effects,
        influence=event_influence(study) * study.panel.n_units,
        labels=tuple(_label(study, time) for time in study.design.event_times),
        move=partial(move_events, study),
        shows_leads=True,
    )
    if (inference := ask.inference) != "CR1":
        return _with_pre_trend(judge_several(study.panel, several, ask))
    by_influence = _with_pre_trend(judge_several(study.panel, several, replace(ask, inference="analytic")))
    labels = (Term(0.0), *several.labels)
    overall, *terms = (
        _term(label, float(effect), spread, ask)
        for label, effect, spread in zip(labels, study.effects, clustered_errors(study), strict=True)
    )
    assert overall.p_value is not None
    return Verdict(
        inference,
        overall.p_value,
        overall.conf_low,
        overall.conf_high,
        overall.std_error,
        {inference: overall.p_value},
        (f"{inference} was asked for.", *against_rule(study.panel, inference)),
        tuple(terms),
        by_influence.checks,
    )


def _with_pre_trend(verdict: Verdict) -> Verdict:
    """Say so where no trend can be seen."""
    none = "There is no period before the reference one, so no trend can be seen."
    return verdict if verdict.checks else replace(verdict, checks=(Check("pre-trend", None, none),))


def _label(study: Study, event_time: int) -> Term:
    return Term(0.0, event_time=event_time, period=_period(study.panel, event_time))


def _term(label: Term, effect: float, spread: Spread, ask: Ask) -> Term:
    low, high = spread.interval(effect, ask.conf_level)
    return replace(
        label,
        estimate=effect,
        std_error=spread.std_error,
        conf_low=low,
        conf_high=high,
        p_value=spread.p_value(effect),
    )


def _period(panel: Panel, event_time: int) -> str | None:
    return panel.periods[int(panel.starts[0]) + event_time] if len(panel.starts) == 1 else None


def _with_reference(study: Study, terms: Sequence[Term]) -> tuple[Term, ...]:
    reference = study.design.reference
    zero = Term(0.0, event_time=reference, period=_period(study.panel, reference), is_reference=True)
    return tuple(sorted([*terms, zero], key=lambda term: term.event_time or 0))


def _notes(study: Study) -> tuple[str, ...]:
    covariates = "Covariates' slopes are those of the saturated regression."
    return (
        f"The reference is event time {study.design.reference}.",
        *composition(study),
        *((covariates,) if study.panel.covariates else ()),
    )
