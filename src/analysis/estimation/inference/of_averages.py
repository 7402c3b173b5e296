"""Inference for estimators that give several effects and their average, by the rule (`inference_rule`).

The multiplier bootstrap stands beside the permutation from six treated on where every start date holds
`COHORT_AT_LEAST` units: with twenty treated it still rejects a true null in 6 to 9 percent of panels
(benchmarks/staggered_synthetic_study.csv), and with one unit a date in 11 (benchmarks/staggered_shares.csv). Terms
get permutation intervals or uniform bands to match.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.estimation.errors import NotEstimable, UnknownOption
from analysis.estimation.inference.assignments import Assignments, draw_assignments
from analysis.estimation.inference.judge import Ask, assignment_note
from analysis.estimation.inference.moved_paths import Moved, Moves
from analysis.estimation.inference.multiplier import redraw, standard_errors, sum_by_cluster
from analysis.estimation.inference.noise import PLAIN_RATE, noise_notes, rounding
from analysis.estimation.inference.own_scale import scale_ratios, scaled_note
from analysis.estimation.inference.permutation import Interval
from analysis.estimation.inference.placebo import finite_or_none
from analysis.estimation.inference.rule import (
    COHORT_AT_LEAST,
    PERMUTATION_ONLY_UP_TO,
    PERMUTED_UP_TO,
    STUDENTISED_UP_TO,
    choose_inference,
    few_side,
    smallest_cohort,
)
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.results import Check, Term

INFERENCES = (
    "default",
    "permutation",
    "studentised-permutation",
    "multiplier",
    "analytic",
    "scaled-permutation",
)
FLAT_ABOVE = 0.10
ALONE = "A start date has one unit, and few are treated: a true null was rejected in up to 10 of 100 cases, not 5."


@dataclass(frozen=True)
class Several:
    """An overall effect, first, and its terms: estimates, influence (units × effects), and how to get draws.

    `labels` are the terms without numbers; `move` gives every effect under each of some assignments, with ratios
    of the units' own variation over the first `scale_periods` periods, where these are enough (else 0);
    `shows_leads` says that the effects before a start have shares to make intervals from.
    """

    effects: FloatArray
    influence: FloatArray
    labels: tuple[Term, ...]
    move: Callable[[Assignments], Moves]
    scale_periods: int = 0
    shows_leads: bool = False


def judge_several(panel: Panel, several: Several, ask: Ask) -> Verdict:
    """Judge the overall effect and its terms by one inference, or by the rule.

    Raises:
        UnknownOption: studentised permutation was asked for where it is not defined.
    """
    chosen, why = _chosen(panel, several, ask.inference)
    if chosen in ("multiplier", "analytic"):
        return _by_influence(panel, several, chosen, ask, why)
    return _by_permutation(panel, several, chosen, ask, why)


def _chosen(panel: Panel, several: Several, inference: str) -> tuple[str, str]:
    few = few_side(panel)
    counted = f"{few} cluster(s) on the smaller side, treated or untreated"
    if inference == "studentised-permutation" and few < 2:
        raise UnknownOption(
            "studentised-permutation needs at least 2 treated and 2 untreated clusters. Allowed here: permutation."
        )
    if inference != "default":
        return inference, f"{counted}; {inference} was asked for.{_too_often(few, inference)}"
    errors = "multiplier" if smallest_cohort(panel) >= COHORT_AT_LEAST else None
    shown = choose_inference(
        panel, INFERENCES, errors=errors, above=PERMUTED_UP_TO, own_scales=several.scale_periods > 0
    )
    if shown == "multiplier":
        return shown, f"{counted}: the multiplier bootstrap."
    return shown, f"{counted}: permutation of treatment paths."


def _too_often(few: int, inference: str) -> str:
    """Say how far standard errors can be trusted with so few clusters."""
    if inference not in ("multiplier", "analytic") or few > PERMUTED_UP_TO:
        return ""
    if few <= PERMUTATION_ONLY_UP_TO:
        return " So few make its standard errors far too small; the rule is permutation."
    return (
        f" With 10 to 20 it was measured to reject a true null in 5 to 9 of 100 cases instead of 5; from "
        f"{PERMUTED_UP_TO} on it can be trusted more."
    )


def _by_influence(panel: Panel, several: Several, chosen: str, ask: Ask, why: str) -> Verdict:
    from scipy.special import ndtr, ndtri

    summed = sum_by_cluster(several.influence, panel.cluster)
    deviations = standard_errors(summed, panel.n_units)
    factors = np.full(len(deviations), float(ndtri(0.5 + ask.conf_level / 2)))
    tiny = np.where(deviations > 0, deviations, 1.0)
    p_values = 2 * ndtr(-np.abs(several.effects) / tiny)
    if chosen == "multiplier":
        rng = np.random.default_rng([ask.seed, 11])
        distances = redraw(summed / (tiny * panel.n_units), ask.draws, rng)
        np.abs(distances, out=distances)
        factors[0] = np.quantile(distances[:, 0], ask.conf_level)
        factors[1:] = np.quantile(distances[:, 1:].max(axis=1, initial=0.0), ask.conf_level)
        observed = (np.abs(several.effects) / tiny).astype(np.float32)
        p_values = (1 + (distances >= observed).sum(axis=0)) / (1 + ask.draws)
        why += f" {ask.draws:,} draws; the terms' intervals are a band that holds for all of them at once."
    lows, highs = several.effects - factors * deviations, several.effects + factors * deviations
    columns = (several.effects, deviations, lows, highs, p_values)
    found = zip((Term(0.0), *several.labels), *(column.tolist() for column in columns), strict=True)
    overall, *terms = (
        _filled(label, effect, deviation, (low, high), p_value if deviation > 0 else None)
        for label, effect, deviation, low, high, p_value in found
    )
    check = _wald(several, summed, panel.n_units)
    p_shown = {} if overall.p_value is None else {chosen: overall.p_value}
    return _verdict(chosen, overall, tuple(terms), p_shown, check, (why,))


def _by_permutation(panel: Panel, several: Several, chosen: str, ask: Ask, why: str) -> Verdict:
    assignments = draw_assignments(panel, ask.draws, ask.generator("permutation"), ask.conf_level)
    moves = several.move(assignments)
    moved, near, own = moves.null, moves.near, moves.own
    effect = float(several.effects[0])
    p_values = {"permutation": moved.p_value(0, effect)}
    interval = near.interval(0, effect, ask.conf_level)
    if chosen == "studentised-permutation":
        if own[0] <= rounding(panel.outcome[panel.observed]) ** 2:
            raise NotEstimable(
                "Units of one start date move exactly alike, so there is no noise to judge an effect by."
            )
        p_values[chosen] = moved.studentised_p(effect, own)
        interval = near.studentised_interval(effect, own, ask.conf_level)
    if chosen == "scaled-permutation":
        if several.scale_periods and few_side(panel) > 1 and smallest_cohort(panel) >= COHORT_AT_LEAST:
            p_values["studentised-permutation"] = moved.studentised_p(effect, own)
        ratios = scale_ratios(panel, moved.assignments) if moves.ratios is None else moves.ratios
        moved, near = moved.scaled(ratios), near.scaled(ratios)
        p_values[chosen] = moved.p_value(0, effect)
        interval = near.interval(0, effect, ask.conf_level)
    deviation = None
    if few_side(panel) > PERMUTATION_ONLY_UP_TO and smallest_cohort(panel) >= COHORT_AT_LEAST:
        beside = _by_influence(panel, several, "multiplier", ask, "")
        deviation = beside.std_error
        p_values |= beside.p_values
    overall = _filled(Term(0.0), effect, deviation, interval, p_values[chosen])
    terms = tuple(_permuted_term(several, moved, near, row, ask) for row in range(1, len(several.effects)))
    notes = (why, assignment_note(moved.assignments, chosen), *_noise(panel, chosen, several))
    return _verdict(chosen, overall, terms, p_values, _distance(several, moved), notes)


def _noise(panel: Panel, chosen: str, several: Several) -> tuple[str, ...]:
    if chosen == "scaled-permutation":
        return (scaled_note(several.scale_periods or int(panel.starts[0])),)
    if chosen == "permutation":
        return noise_notes(panel, PLAIN_RATE)
    few = few_side(panel)
    # A start date of one or two units leaves the studentised statistic little to learn their noise from.
    rate = "10 to 30" if few <= PERMUTATION_ONLY_UP_TO else "6 to 7" if few <= STUDENTISED_UP_TO else ""
    alone = few <= PERMUTATION_ONLY_UP_TO and smallest_cohort(panel) < 2
    return (*((ALONE,) if alone else ()), *noise_notes(panel, rate))


def _verdict(
    inference: str,
    overall: Term,
    terms: tuple[Term, ...],
    p_values: dict[str, float],
    checks: tuple[Check, ...],
    notes: tuple[str, ...],
) -> Verdict:
    limits = overall.conf_low, overall.conf_high
    return Verdict(inference, overall.p_value, *limits, overall.std_error, p_values, notes, terms, checks)


def _permuted_term(several: Several, moved: Moved, near: Moved, row: int, ask: Ask) -> Term:
    label, effect = several.labels[row - 1], float(several.effects[row])
    if label.is_reference:
        return label
    interval: Interval = (-np.inf, np.inf)
    before = label.event_time is not None and label.event_time < 0 and not several.shows_leads
    if row < near.shares.shape[1] and not before:
        interval = near.interval(row, effect, ask.conf_level)
    return _filled(label, effect, None, interval, moved.p_value(row, effect))


def _filled(
    label: Term, effect: float, deviation: float | None, interval: Interval, p_value: float | None
) -> Term:
    if label.is_reference:
        return label
    return Term(
        estimate=effect,
        std_error=deviation,
        conf_low=finite_or_none(interval[0]),
        conf_high=finite_or_none(interval[1]),
        p_value=p_value,
        event_time=label.event_time,
        group=label.group,
        period=label.period,
    )


def _before(several: Several) -> list[int]:
    return [
        row
        for row, label in enumerate(several.labels, start=1)
        if label.event_time is not None and label.event_time < 0 and not label.is_reference
    ]


def _wald(several: Several, summed: FloatArray, n_units: int) -> tuple[Check, ...]:
    """Test jointly, by influence functions, that every effect before treatment is zero."""
    from scipy.special import chdtrc

    rows = _before(several)
    if not rows:
        return ()
    if len(rows) > len(summed) / 2:
        text = f"{len(rows)} effects before are too many for {len(summed)} clusters to judge together."
        return (Check("pre-trend", None, text),)
    covariance = summed[:, rows].T @ summed[:, rows] / n_units**2
    effects = several.effects[rows]
    rank = int(np.linalg.matrix_rank(covariance))
    distance = float(effects @ np.linalg.pinv(covariance, hermitian=True) @ effects)
    return (_pre_trend(several, rows, float(chdtrc(rank, distance))),)


def _distance(several: Several, moved: Moved) -> tuple[Check, ...]:
    """Test jointly, by moving treatment paths, that every effect before treatment is zero."""
    rows = _before(several)
    if not rows:
        return ()
    known = np.asarray(np.isfinite(moved.effects[:, rows]).all(axis=1))
    drawn, effects = moved.effects[known][:, rows], several.effects[rows]
    if len(drawn) < 2:
        return (Check("pre-trend", None, "Only one assignment is possible, so nothing can be ranked."),)
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(drawn, rowvar=False)), rcond=1e-10, hermitian=True)
    distances = np.einsum("bi,ij,bj->b", drawn, inverse, drawn)
    return (
        _pre_trend(
            several,
            rows,
            moved.assignments.only(known).p_value(distances, float(effects @ inverse @ effects)),
        ),
    )


def _pre_trend(several: Several, rows: list[int], p_value: float) -> Check:
    flat = p_value >= FLAT_ABOVE
    verdict = (
        "a flat pre-period is not rejected, which does not show that it is flat"
        if flat
        else "the pre-period is not flat, so what follows cannot be read as caused by the treatment"
    )
    table = tuple(
        {
            "event_time": several.labels[row - 1].event_time,
            "group": several.labels[row - 1].group,
            "estimate": float(several.effects[row]),
        }
        for row in rows
    )
    return Check(
        "pre-trend", flat, f"Joint test of {len(rows)} effect(s) before: p = {p_value:.3f}; {verdict}.", table
    )
