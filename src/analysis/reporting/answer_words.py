"""A study's answer in words and tables for a notebook: estimates in percentage points, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.panels.study_panel import POINTS_PER_UNIT
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import name_of
from analysis.reporting.display import Answer
from analysis.reporting.numbers import format_number
from analysis.reporting.tables import Table

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.estimation.results import Estimate
    from analysis.panels.study_panel import StudyPanel

WHERE = "where the treated lie"  # the check that looks whether those that decided lie together
METHODS = {
    "did": "two-way fixed effects",
    "event-study": "event study",
    "callaway-santanna": "Callaway–Sant'Anna",
    "imputation": "imputation in points",
    "imputation-logit": "imputation on logits",
}


def points_of(code: str) -> float | None:
    """Return the percentage points in one unit of an indicator; None where it measures no share."""
    return 1.0 if find_indicator(code).unit == "percent" else POINTS_PER_UNIT.get(code)


def unit_words(points_per_unit: float | None, unit: str) -> str:
    """Name the unit that answers are given in."""
    return unit if points_per_unit is None else "percentage points"


def in_points(value: float | None, factor: float | None) -> float | None:
    """Return a value of the outcome in percentage points, or as it is where the outcome is no share."""
    return None if value is None else value * (1.0 if factor is None else factor)


def signed(value: float, digits: int = 2) -> str:
    """Write an effect with its sign."""
    text = format_number(value, digits, "en")
    return text if value < 0 or float(f"{value:.{digits}f}") == 0 else f"+{text}"


def describe_estimate(estimate: Estimate, factor: float | None, unit: str) -> str:
    """Write an estimate with interval and p-value: +0.66 percentage points (95% interval −0.7 to +1.9, p = 0.27 …)."""
    value = in_points(estimate.estimate, factor)
    low, high = in_points(estimate.conf_low, factor), in_points(estimate.conf_high, factor)
    span = (
        "no interval"
        if low is None or high is None
        else f"{estimate.conf_level:.0%} interval {signed(low)} to {signed(high)}"
    )
    p = "" if estimate.p_value is None else f", {_p(estimate.p_value)} by {estimate.inference}"
    assert value is not None
    return f"{signed(value)} {unit_words(factor, unit)} ({span}{p})"


def _p(value: float) -> str:
    return f"p = {value:.2f}" if value >= 0.01 else f"p = {value:.3f}"


def answer_of(answer: StudyAnswer) -> Answer:
    """Say what was found, on the rung of the wording ladder that interval and checks allow."""
    effect, factor = answer.effect, answer.points_per_unit
    size = describe_estimate(effect, factor, answer.unit)
    groups = (
        f"{answer.n_treated} provinces with targets against {answer.n_provinces - answer.n_treated} others"
    )
    way = "higher" if effect.estimate > 0 else "lower"
    more = "more" if effect.estimate > 0 else "less"
    text = {
        "unclear": f"We cannot tell whether targets made a difference: {groups} differ by {size}.",
        "failed": f"Provinces that set targets rose {more} afterwards, alongside other changes (a check did not pass): "
        f"{groups} differ by {size}.",
        "passed": f"We estimate the {lower_name(answer.outcome)} in provinces with targets {way} than it would "
        f"otherwise have "
        f"been: {size}, {groups}.",
    }[answer.rung]
    text = in_units(text) if answer.units else text
    return Answer(
        f"{text} Method: {METHODS.get(answer.headline, answer.headline)}, because there is {_design(answer)}."
    )


def in_units(text: str) -> str:
    """Return a sentence about provinces as one about the units of a province."""
    for one, other in (
        ("known to have set targets", "given targets"),
        ("that set targets", "that were given targets"),
        ("provinces", "units"),
        ("Provinces", "Units"),
        ("province", "unit"),
    ):
        text = text.replace(one, other)
    return text


def _design(answer: StudyAnswer) -> str:
    return "one start" if answer.design == "one start" else "more than one start"


def table_of_answers(answer: StudyAnswer) -> Table:
    """Return one row an estimate, the one that answers first: points, interval, p-values, what it rests on."""
    rows = [(METHODS.get(name, name), found) for name, found in answer.estimates.items()]
    rows[0] = (f"{rows[0][0]} (answers)", rows[0][1])
    if answer.without_doubtful is not None:
        rows.append(
            (
                f"{METHODS.get(answer.headline, answer.headline)}, without doubtful provinces",
                answer.without_doubtful,
            )
        )
    return Table(frame_of_estimates(dict(rows), answer.points_per_unit, answer.unit))


def table_of_regions(answer: StudyAnswer) -> Table | Answer:
    """Return each estimate twice: decisions exchanged over the whole map, and between provinces of one region."""
    where = next((check for check in answer.checks if check.name == WHERE), None)
    if not answer.within_regions:
        return Answer(where.text if where else "One province decided: there is nothing to lie together.")
    rows = {}
    for name, within in answer.within_regions.items():
        rows[f"{METHODS.get(name, name)}, over the map"] = answer.estimates[name]
        rows[f"{METHODS.get(name, name)}, within regions"] = within
    return Table(frame_of_estimates(rows, answer.points_per_unit, answer.unit))


def table_of_placebo(answer: StudyAnswer, panel: StudyPanel) -> Table | Answer:
    """Return the estimate on the outcome that targets cannot move, in its own unit; say so where there is none."""
    if answer.placebo is None:
        return Answer("The study names no outcome that targets cannot move, or it could not be estimated.")
    line = find_indicator(panel.study.placebo_outcome)
    return Table(frame_of_estimates({line.name_en: answer.placebo}, points_of(line.code), line.unit))


def frame_of_estimates(estimates: dict[str, Estimate], factor: float | None, unit: str) -> pd.DataFrame:
    """Return one row an estimate; of an outcome that is no share the points are missing and its own unit stands."""
    rows = []
    for name, found in estimates.items():
        row: dict[str, object] = {"specification": name}
        if factor is not None:
            row["percentage points"] = rounded(in_points(found.estimate, factor), 2)
            row["low"] = rounded(in_points(found.conf_low, factor), 2)
            row["high"] = rounded(in_points(found.conf_high, factor), 2)
        if factor != 1.0:
            row[f"estimate, {unit}"] = rounded(found.estimate, 4)
        if factor is None:
            row |= {"low": rounded(found.conf_low, 4), "high": rounded(found.conf_high, 4)}
        others = {kind: p for kind, p in found.p_values.items() if kind != found.inference}
        row |= {"p": rounded(found.p_value, 4), "inference": found.inference}
        row |= {"other p-values": "; ".join(f"{kind} {p:.3f}" for kind, p in others.items())}
        row |= {"provinces": found.n_units, "with targets": found.n_treated, "figures": found.n_obs}
        rows.append(row)
    return pd.DataFrame(rows).set_index("specification")


def table_of_own(answer: StudyAnswer) -> Table:
    """Return one row a treated province with its own effect, where the method gives one."""
    factor = answer.points_per_unit
    unit = unit_words(factor, answer.unit)
    rows = [
        {
            "province": own.name or name_of(own.province_code, answer.frame),
            "from": own.treated_from,
            "to": own.last,
            f"effect, {unit}": rounded(in_points(own.estimate, factor), 2),
            "low": rounded(in_points(own.conf_low, factor), 2),
            "high": rounded(in_points(own.conf_high, factor), 2),
            "p": rounded(own.p_value, 3),
        }
        for own in answer.own
    ]
    return Table(pd.DataFrame(rows or [], columns=list(rows[0]) if rows else ["province", "effect"]))


def table_of_unavailable(answer: StudyAnswer) -> Table:
    """Return one row a method that this panel does not allow: why."""
    rows = [(METHODS.get(name, name), why) for name, why in answer.unavailable.items()]
    return Table(pd.DataFrame(rows, columns=["method that cannot be used here", "why"]))


def compare_scales(answer: StudyAnswer) -> Answer:
    """Say what imputation finds on the scale of points and on logits, where both are in the answer."""
    pair = {name: found for name, found in answer.estimates.items() if name.startswith("imputation")}
    if len(pair) < 2:
        return Answer("The answer holds no pair of estimates on points and on logits.")
    told = "; ".join(
        f"{METHODS.get(name, name)}: {describe_estimate(found, answer.points_per_unit, answer.unit)}"
        for name, found in pair.items()
    )
    return Answer(
        f"{told}. Near 0 and 100 a share cannot move in parallel in points; where the two part, logits answer."
    )


def rounded(value: float | None, digits: int) -> float | None:
    """Round a number; nothing stays nothing."""
    return None if value is None else round(value, digits)


def lower_name(code: str) -> str:
    """Return an indicator's English name as inside a sentence."""
    name = find_indicator(code).name_en
    return name if name[1:2].isupper() else name[0].lower() + name[1:]
