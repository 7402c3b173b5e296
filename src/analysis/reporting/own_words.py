"""One province of a study in words for a notebook: beside its synthetic twin, and before and after its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.answers.study_answer import StudyAnswer
from analysis.estimation.results import Estimate
from analysis.panels.published_results import BeforeAfter, NotAvailable
from analysis.reference.indicators import find_indicator
from analysis.reference.test_data import mark_of
from analysis.reporting.answer_words import METHODS, describe_estimate, in_points, signed, unit_words
from analysis.reporting.display import Answer, Reason
from analysis.reporting.numbers import format_date
from analysis.reporting.study_words import Words, describe_data, say_set_aside
from analysis.reporting.tables import Table

if TYPE_CHECKING:
    from analysis.panels.own_pair import OwnPair
    from analysis.panels.own_panel import OwnPanel
    from analysis.panels.study_panel import StudyPanel

MOST_DONORS = 12
FEW_BEFORE = 8  # periods before a start below which almost any province can be matched


def introduce_own(own: OwnPanel, panel: StudyPanel) -> Words:
    """Say which province is compared with whom, from when on and over which periods before."""
    before = sum(1 for period in panel.periods if period < own.start) - len(own.skipped)
    donors = own.rows["province_code"].nunique() - 1
    role = (
        f"{own.name} is known to have set a target and counts as treated from {own.start} on."
        if own.is_treated
        else f"{own.name} is not known to have set a target: it is treated as if from {own.start} on, as a "
        f"placebo that "
        "shows how large a gap chance alone makes."
    )
    merged = f"On this map {own.asked} is part of {own.name}. " if own.asked else ""
    skipped = (
        f" {own.skipped[0]} to {own.skipped[-1]} are left out: a province about to decide may already be preparing."
        if own.skipped
        else ""
    )
    thin = (
        " So few periods before are easily matched, and a good fit says little."
        if before < FEW_BEFORE
        else ""
    )
    return Words(
        (
            f"**Question** (study `{panel.study.name}`). Did {own.name} do better than a twin made of other provinces?",
            f"**Data.** {describe_data(panel)} {_used(own)}",
            f"**Estimand.** {merged}{role} The effect is its mean gap to a weighted mean of {donors} provinces "
            f"not known to have "
            f"set targets, weighted so that it follows {own.name} over the {before} periods before.{skipped}{thin}",
            "**Inference.** Placebo in space: every donor plays the treated province; the p-value is the "
            "province's rank "
            "among the ratios of the gaps after and before.",
        )
    )


def _used(own: OwnPanel) -> str:
    """Say how much of the panel's figures the comparison uses."""
    return (
        f"Used here are {len(own.rows):,} of them, of {own.rows['province_code'].nunique()} provinces: {own.name} and "
        "those neither known to have set targets nor doubtful."
    )


def answer_own(result: Estimate | Reason, own: OwnPanel) -> Answer:
    """Say how far the province ended from its synthetic twin, and whether chance makes gaps as large."""
    if not isinstance(result, Estimate):
        return Answer(f"{own.name}: {result}")
    clear = result.p_value is not None and result.p_value <= 1 - result.conf_level
    verdict = "is larger than chance makes" if clear else "cannot be told from chance"
    role = "" if own.is_treated else ", not known to have set a target, so this is a placebo"
    return Answer(
        f"{own.name}{role}: from {own.start} on it stood {describe_estimate(result, None, result.unit)} from "
        f"its synthetic "
        f"twin; the gap {verdict}.{_bad_fit(result)}{_conformal(result, clear)}"
    )


def _conformal(result: Estimate, clear: bool) -> str:
    """Say why the conformal test need not find a gap that is larger than those of all placebos."""
    p_value = result.p_values.get("conformal")
    if p_value is None or not clear or p_value <= 1 - result.conf_level:
        return ""
    after = sum(1 for term in result.terms if term.event_time is not None and term.event_time >= 0)
    return (
        f" The conformal test in the table does not find that (p = {p_value:.3g}). It matches the twin to the {after} "
        f"periods after as well, and ranks their gap among only {len(result.terms)} overlapping stretches of time: a "
        "lasting gap is partly matched away, so that not rejecting says little."
    )


def _bad_fit(result: Estimate) -> str:
    fit = next((check for check in result.checks if check.name == "placebo in space"), None)
    bad = fit is not None and fit.passed is False
    return " The twin does not follow it before the start, so the gap says little." if bad else ""


def own_effect_of(answer: StudyAnswer | Reason, own: OwnPanel) -> Answer:
    """Say what the study's own method finds for the province, where it gives each province an effect."""
    if not isinstance(answer, StudyAnswer):
        return Answer(str(answer))
    found = answer.own_effect(own.code)
    if found is None:
        method = METHODS.get(answer.headline, answer.headline)
        return Answer(f"The study's method ({method}) gives {own.name} no effect of its own.")
    factor = answer.points_per_unit
    low, high = in_points(found.conf_low, factor), in_points(found.conf_high, factor)
    span = "no interval" if low is None or high is None else f"{signed(low)} to {signed(high)}"
    return Answer(
        f"{own.name}, {found.treated_from} to {found.last}: {signed(found.estimate * (factor or 1.0))} "
        f"{unit_words(factor, answer.unit)} ({span}), by {METHODS.get(answer.headline, answer.headline)}."
    )


def table_of_donors(result: Estimate | Reason) -> Table:
    """Return the provinces a twin is made of, heaviest first; empty where there is no twin."""
    weights = result.weights if isinstance(result, Estimate) else {}
    rows = sorted(
        ((name, round(weight, 3)) for name, weight in weights.items() if weight >= 0.0005),
        key=lambda row: -row[1],
    )
    return Table(pd.DataFrame(rows[:MOST_DONORS], columns=["province", "weight"]))


def introduce_pair(pair: OwnPair) -> Words:
    """Say which figures of the province and the country are compared, and why these."""
    line = find_indicator(pair.indicator)
    if pair.before and pair.after:
        how = f"the figures of {format_date(pair.before, 'en')} and {format_date(pair.after, 'en')}"
        how += ", chosen around the decision" if pair.decided else ""
    else:
        how = "two published figures of one definition" + (
            ", one on either side of the decision" if pair.decided else ""
        )
    nation = (
        f"the counts of {pair.n_counted} provinces that have them on both dates, summed"
        if pair.n_counted
        else "what was published of the country"
    )
    known, mark = _decided(pair), mark_of(pair.rows["raw_location"], "en")
    whole = (
        f" Both figures are of one definition, which changed on {_days(pair.breaks)}; a brief that rests on a panel "
        "goes to the newest period, across the change."
        if pair.breaks and pair.before and pair.after
        else ""
    )
    return Words(
        (
            f"**Data.** {f'**{mark}** ' if mark else ''}{line.name_en} (`{line.code}`, {line.unit}), map of "
            f"{pair.frame}. {pair.name}: {how}. "
            f"The country: {nation}. The province's own decision: {known}.{whole}{say_set_aside(pair.set_aside)}",
        )
    )


def _decided(pair: OwnPair) -> str:
    """Say when the province decided, as precisely as it is known."""
    if not pair.decided:
        return "not known"
    if pair.precision == "day":
        return f"of {format_date(pair.decided, 'en')}"
    if pair.precision == "month":
        return f"of {pair.decided[:7]}"
    return f"by {format_date(pair.decided, 'en')} at the latest"


def _days(days: tuple[str, ...]) -> str:
    return ", ".join(format_date(day, "en") for day in days)


def limits_of_pair(pair: OwnPair, result: BeforeAfter | NotAvailable) -> Words:
    """Say what a pair of figures does not show."""
    lines = [
        "**Not to be read as the effect of the target:** it may hold some of it, or none. The national documents of "
        "those months applied to every province, and the country's figures contain those that set targets.",
        "**Not a sample.** One province and two dates have no standard error.",
    ]
    if isinstance(result, BeforeAfter):
        inside = [day for day in pair.breaks if result.before.date < day <= result.after.date]
        near = [day for day in pair.breaks if day > result.after.date or day <= result.before.date]
        if len(result.tides) > 1:
            lines[1] = (
                lines[1][:-1]
                + "; the range speaks of the readings of the national figures only, not of rounding."
            )
        if inside or near:
            days = ", ".join(format_date(day, "en") for day in (*inside, *near))
            lines.append(
                f"**One definition only.** The indicator's definition changed on {days}; the pair lies on one side."
            )
        if not pair.n_counted:
            lines.append(
                "**Perhaps not like with like.** If a quarter's share counts from the start of the year, it "
                "rises from quarter "
                "to quarter by itself; a printed figure does not always say."
            )
    return Words(tuple(f"- {line}" for line in lines))
