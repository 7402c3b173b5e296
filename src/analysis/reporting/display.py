"""What a notebook shows of a result: the answer as a sentence, the working as a small table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from analysis.estimation.results import (
    BeforeAfter,
    Check,
    Estimate,
    NotAvailable,
    Point,
    Power,
    SpecificationCurve,
)
from analysis.reference.provinces import Province, find_province
from analysis.reporting.audit import file_and_line
from analysis.reporting.charts import Chart, chart_published
from analysis.reporting.evidence import PP_PER_SCORE
from analysis.reporting.figures import percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.tables import Table
from analysis.reporting.wording import choose_wording

_READINGS = {
    "observed": "published on both dates",
    "linear": "the evenest rise that all published figures allow",
    "linear_points": "the evenest rise that all published figures allow, printed monthly changes read as points",
    "linear_relative": "the evenest rise that all published figures allow, printed monthly changes read as per cent",
    "year_on_year": "the pace of the year that a printed ratio speaks of",
    "pace_printed_relative": "printed change on the previous month, as per cent of that month's level",
    "pace_printed_month": "printed change on the previous month, as points gained in a month",
    "pace_printed_days": "printed change on the previous month, as points gained since that month's end",
    "pace_points": "fastest pace between two published figures",
    "never_fell": "the share never fell: no rise above this is possible (bounds every reading)",
}
_REASONS = {
    "no_figures": "we have no published figure for this indicator",
    "one_figure": "we have only one published figure for this indicator",
    "definition_broke": "the indicator's definition changed between the published figures",
    "figures_disagree": "equally good sources print different figures for one date",
    "no_pair_around_decision": "no two figures of one definition lie on either side of the decision",
    "no_national_figures": "we have no national figure for this indicator",
    "no_national_figures_around": "no national figures lie before and after the two dates, and we do not extrapolate",
}
_VERDICTS = {True: "passed", False: "failed", None: "could not be made"}


class Reason(Protocol):
    """A refusal: its text says which method could not be made and why."""

    method: str
    reason: str


Shown = Estimate | Reason


@dataclass(frozen=True)
class Answer:
    """A sentence that a notebook shows in bold type; plain text elsewhere."""

    text: str

    def _repr_markdown_(self) -> str:
        return f"> **{self.text}**"

    def __repr__(self) -> str:
        return self.text


def answer_before_after(
    result: BeforeAfter | NotAvailable,
    place: Province,
    doubtful: BeforeAfter | NotAvailable | None = None,
    held_back: Point | None = None,
) -> Answer:
    """Say how far the province rose, how much of it may be the national tide, and how much is left.

    `doubtful` is the same comparison with the nation's figure `held_back`, whose source does not say what it counts.
    """
    if isinstance(result, NotAvailable):
        return Answer(
            f"{place.name_vi}: no before and after can be compared, because {_REASONS[result.reason]}."
        )
    return Answer(
        f"{place.name_vi} went from {percent(result.before, 'en')} ({format_date(result.before.date, 'en')}) to "
        f"{percent(result.after, 'en')} ({format_date(result.after.date, 'en')}): {_pp(result.change_pp)} percentage "
        f"points in {_pp(result.months)} months. The national tide over the same dates was {_range(result, 'tide')}, "
        f"so the rest is {_range(result, 'rest')} points. That must not be read as the effect of a "
        "target: it may hold some of it, or none, since national measures applied to every province in the same months."
        + _with_held_back(doubtful, held_back)
    )


def _with_held_back(doubtful: BeforeAfter | NotAvailable | None, held_back: Point | None) -> str:
    if held_back is None or not isinstance(doubtful, BeforeAfter):
        return ""
    printed = f"{percent(held_back, 'en')} ({format_date(held_back.date, 'en')})"
    return (
        f" Held back is a national figure of {printed} whose source does not say which share it is; were it this one, "
        f"the tide would be {_range(doubtful, 'tide')} and the rest {_range(doubtful, 'rest')} points."
    )


def chart_of_published(
    result: BeforeAfter | NotAvailable, nation: tuple[Point, ...], place: Province, *, indicator: str
) -> Chart | Answer:
    """Draw the published figures of an indicator, or say that there is nothing to draw."""
    if not nation:
        return Answer("No national figures to draw.")
    return chart_published(result, nation, place, indicator=indicator)


def table_of_tides(result: BeforeAfter | NotAvailable) -> Table:
    """Return one row a reading of the national figures: tide and rest in percentage points, and its rows."""
    columns = [
        "reading of the national figures",
        "tide, points",
        "rest, points",
        "tide, points a month",
        "raw rows",
    ]
    if isinstance(result, NotAvailable):
        return Table(pd.DataFrame(columns=columns))
    rows = [
        (
            _READINGS[tide.reading]
            + (
                ""
                if tide.uncut_pp is None
                else f" (alone {tide.uncut_pp:.1f}; cut to what all figures allow)"
            ),
            round(tide.change_pp, 1),
            round(result.change_pp - tide.change_pp, 1),
            None if tide.pace_pp_per_month is None else round(tide.pace_pp_per_month, 1),
            "; ".join(dict.fromkeys(file_and_line(p.raw_location) for p in tide.points)),
        )
        for tide in sorted(result.tides, key=lambda tide: tide.change_pp)
    ]
    return Table(pd.DataFrame(rows, columns=columns))


def answer_survey(effect: Estimate, events: Estimate) -> Answer:
    """Say what the survey panel shows, on the rung of the wording ladder that its checks allow."""
    rung = choose_wording(effect, (*effect.checks, *events.checks))
    more, higher = ("more", "higher") if effect.estimate > 0 else ("less", "lower")
    verdict = {
        "unclear": "We cannot tell whether targets made a difference",
        "failed": f"Provinces that set targets rose {more} afterwards, alongside other changes (a check did not pass)",
        "passed": f"We estimate the outcome {higher} than it would otherwise have been",
    }[rung]
    interval = (
        "no interval"
        if effect.conf_low is None or effect.conf_high is None
        else f"{effect.conf_level:.0%} interval {_score(effect.conf_low)} to {_score(effect.conf_high)}"
    )
    p = "" if effect.p_value is None else f", p = {effect.p_value:.2f} by {effect.inference}"
    return Answer(
        f"{verdict}: {effect.n_treated} provinces against {effect.n_units - effect.n_treated} others differ by "
        f"{_score(effect.estimate)} on the survey's score ({interval}{p})."
    )


def table_of_estimates(estimates: dict[str, Estimate], pp_per_unit: float | None = None) -> pd.DataFrame:
    """Return one row an estimate: its size, interval, p-values by inference, and what it rests on.

    `pp_per_unit` adds a column in percentage points for outcomes that translate, as PAPI 8.1 does.
    """
    rows = []
    for name, result in estimates.items():
        row: dict[str, object] = {"specification": name, "estimate": round(result.estimate, 4)}
        if pp_per_unit is not None:
            row["in percentage points"] = round(result.estimate * pp_per_unit, 2)
        row |= {"low": _rounded(result.conf_low), "high": _rounded(result.conf_high)}
        row |= {f"p ({kind})": round(p, 3) for kind, p in result.p_values.items()}
        row |= {"provinces": result.n_units, "with targets": result.n_treated, "province-years": result.n_obs}
        rows.append(row)
    return pd.DataFrame(rows).set_index("specification")


def table_of_checks(*estimates: Estimate) -> Table:
    """Return one row a check of the design: its name, its verdict and what it saw."""
    return table_of_check_list([check for estimate in estimates for check in estimate.checks])


def answer_twin(result: Shown, place: Province, *, treated: bool) -> Answer:
    """Say how far the province ended from its synthetic twin, and whether chance makes gaps as large."""
    if not isinstance(result, Estimate):
        return Answer(f"{place.name_vi}: {result}")
    role = (
        "a province known to have set targets"
        if treated
        else "not known to have set targets, so this is a placebo"
    )
    clear = result.p_value is not None and result.p_value <= 0.05
    judged = "the gap" if result.inference == "conformal" else "the ratio of its errors after and before"
    verdict = "is larger than chance makes" if clear else "cannot be told from chance"
    p = "" if result.p_value is None else f" (p = {result.p_value:.2f}, {result.inference})"
    return Answer(
        f"{place.name_vi}, {role}: after treatment it stood {_score(result.estimate)} from its synthetic twin on the "
        f"survey's score; {judged} {verdict}{p}."
    )


def table_of_weights(result: Shown) -> pd.DataFrame:
    """Return the provinces a twin is made of, by code or name, heaviest first; empty when there is no twin."""
    weights = result.weights if isinstance(result, Estimate) else {}
    heavy = {find_province(unit): weight for unit, weight in weights.items() if weight >= 0.0005}
    rows = [(place.code, place.name_vi, weight) for place, weight in heavy.items()]
    frame = pd.DataFrame(rows, columns=["code", "province", "weight"])
    return frame.sort_values("weight", ascending=False, ignore_index=True).round(3)


def chart_or_reason(
    chart: Callable[..., Chart], first: Any, result: Shown, *rest: Any, **words: Any
) -> Chart | Answer:
    """Draw a chart of a result, or say why there is no result to draw."""
    return chart(first, result, *rest, **words) if isinstance(result, Estimate) else Answer(str(result))


def answer_specifications(curve: SpecificationCurve) -> Answer:
    """Say in how many specifications the interval excludes zero, and how far the estimates reach."""
    return Answer(describe_specifications(curve))


def describe_specifications(curve: SpecificationCurve) -> str:
    """Describe a specification curve in one sentence."""
    made = [row for row in curve.rows if "estimate" in row]
    if not made:
        return "None of the specifications could be estimated."
    bounded = [row for row in made if row["conf_low"] is not None and row["conf_high"] is not None]
    clear = sum(1 for row in bounded if row["conf_low"] > 0 or row["conf_high"] < 0)
    low, high = (pick(row["estimate"] for row in made) for pick in (min, max))
    return (
        f"Of {len(made)} specifications ({len(curve.rows) - len(made)} more could not be made), {clear} have an "
        f"interval that excludes zero; estimates run from {_score(low)} to {_score(high)} on the survey's score."
    )


def table_of_specifications(curve: SpecificationCurve) -> Table:
    """Return one row a specification, in the order of the curve; those refused carry the reason."""
    frame = curve.frame().round(4)
    why = "inference, or why there is none"
    frame[why] = frame["inference"].fillna(frame["reason"]) if "reason" in frame else frame["inference"]
    return Table(frame[["window", "controls", "method", "estimate", "conf_low", "conf_high", "p_value", why]])


def table_of_bounds(result: Shown) -> pd.DataFrame:
    """Return the rows of sensitivity checks: the bound on the parting of trends and the interval it leaves."""
    if not isinstance(result, Estimate):
        return pd.DataFrame([{"check": "Rambachan–Roth", "what it saw": str(result)}])
    rows = [{"check": check.name, **row} for check in result.checks for row in check.table]
    return pd.DataFrame(rows).round(4)


def table_of_check_list(checks: Sequence[Check]) -> Table:
    """Return one row a check made on its own: its name, its verdict and what it saw."""
    rows = [(check.name, _VERDICTS[check.passed], check.text) for check in checks]
    return Table(pd.DataFrame(rows, columns=["check", "verdict", "what it saw"]))


def answer_power(power: Power) -> Answer:
    """Say the smallest effect this panel could have shown, and in percentage points what that is."""
    found = [value for value in power.detectable.values() if value is not None]
    pp = (
        f" On portal use that is {score_to_pp(min(found)):.1f} percentage points of residents."
        if found
        else ""
    )
    return Answer(power.text + pp)


def score_to_pp(score: float) -> float:
    """Turn a difference in PAPI 8.1 scores into percentage points of respondents (2019 on)."""
    return score * PP_PER_SCORE


def _range(result: BeforeAfter, part: str) -> str:
    low, high = getattr(result, f"{part}_low_pp"), getattr(result, f"{part}_high_pp")
    return _pp(low) if low == high else f"{format_number(low, 1, 'en')} to {format_number(high, 1, 'en')}"


def _pp(value: float) -> str:
    return format_number(value, 1, "en").removesuffix(".0")


def _score(value: float) -> str:
    return format_number(value, 3, "en")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
