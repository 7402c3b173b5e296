"""What a notebook shows of a result: the answer as a sentence, the working as a small table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.estimation.results import BeforeAfter, Check, Estimate, NotAvailable
from analysis.reference.provinces import Province
from analysis.reporting.evidence import PP_PER_SCORE
from analysis.reporting.figures import percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.wording import choose_wording

_READINGS = {
    "observed": "published on both dates",
    "linear": "straight line between the published figures around the dates",
    "year_on_year": "the pace of the year that a printed ratio speaks of",
    "pace_printed_relative": "printed change on the previous month, as per cent of that month's level",
    "pace_printed_month": "printed change on the previous month, as points gained in a month",
    "pace_printed_days": "printed change on the previous month, as points gained since that month's end",
    "pace_points": "fastest pace between two published figures",
    "never_fell": "the share never fell: no rise above this is possible (caps the range)",
}
_REASONS = {
    "no_figures": "no figure for this indicator has been published",
    "one_figure": "only one figure for this indicator has been published",
    "no_national_figures": "no national figure for this indicator has been published",
}


@dataclass(frozen=True)
class Answer:
    """A sentence that a notebook shows in bold type; plain text elsewhere."""

    text: str

    def _repr_markdown_(self) -> str:
        return f"> **{self.text}**"

    def __repr__(self) -> str:
        return self.text


def answer_before_after(result: BeforeAfter | NotAvailable, place: Province) -> Answer:
    """Say how far the province rose, how much of it may be the national tide, and how much is left."""
    if isinstance(result, NotAvailable):
        return Answer(
            f"{place.name_vi}: no before and after can be compared, because {_REASONS[result.reason]}."
        )
    return Answer(
        f"{place.name_vi} went from {percent(result.before, 'en')} ({format_date(result.before.date, 'en')}) to "
        f"{percent(result.after, 'en')} ({format_date(result.after.date, 'en')}): {_pp(result.change_pp)} percentage "
        f"points in {_pp(result.months)} months. The national tide over the same dates was {_range(result, 'tide')}, "
        f"so the rest is {_range(result, 'rest')} points; it is not all due to the target, since national measures "
        "fell in the same months."
    )


def table_of_tides(result: BeforeAfter | NotAvailable) -> pd.DataFrame:
    """Return one row a reading of the national figures: tide and rest in percentage points, and its rows."""
    columns = ["reading of the national figures", "tide_pp", "rest_pp", "pace_pp_per_month", "raw rows"]
    if isinstance(result, NotAvailable):
        return pd.DataFrame(columns=columns)
    rows = [
        (
            _READINGS[tide.reading],
            round(tide.change_pp, 1),
            round(result.change_pp - tide.change_pp, 1),
            None if tide.pace_pp_per_month is None else round(tide.pace_pp_per_month, 1),
            "; ".join(dict.fromkeys(_file_and_line(p.raw_location) for p in tide.points)),
        )
        for tide in sorted(result.tides, key=lambda tide: tide.change_pp)
    ]
    return pd.DataFrame(rows, columns=columns)


def answer_survey(effect: Estimate, events: Estimate) -> Answer:
    """Say what the survey panel shows, on the rung of the wording ladder that its checks allow."""
    rung = choose_wording(effect, (*effect.checks, *events.checks))
    verdict = {
        "unclear": "We cannot tell whether targets made a difference",
        "failed": "Provinces that set targets rose more afterwards, alongside other changes (a check failed)",
        "passed": "We estimate the outcome higher than it would otherwise have been",
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


def table_of_checks(*estimates: Estimate) -> pd.DataFrame:
    """Return one row a check of the design: its name, its verdict and what it saw."""
    checks: list[Check] = [check for estimate in estimates for check in estimate.checks]
    verdict = {True: "passed", False: "failed", None: "could not be made"}
    rows = [(check.name, verdict[check.passed], check.text) for check in checks]
    return pd.DataFrame(rows, columns=["check", "verdict", "what it saw"])


def score_to_pp(score: float) -> float:
    """Turn a difference in PAPI 8.1 scores into percentage points of respondents (2019 on)."""
    return score * PP_PER_SCORE


def _range(result: BeforeAfter, part: str) -> str:
    low, high = getattr(result, f"{part}_low_pp"), getattr(result, f"{part}_high_pp")
    return _pp(low) if low == high else f"{_pp(low)} to {_pp(high)}"


def _pp(value: float) -> str:
    return format_number(value, 1, "en").removesuffix(".0")


def _score(value: float) -> str:
    return format_number(value, 3, "en")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _file_and_line(location: str) -> str:
    return location.rsplit("/", 1)[-1]
