"""What a notebook shows of a result: the answer as a sentence, the working as a small table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from analysis.estimation.results import Check, Estimate, SpecificationCurve
from analysis.panels.published_results import BeforeAfter, NationalReading, NotAvailable, Point
from analysis.reference.provinces import Province
from analysis.reporting.audit import file_and_line
from analysis.reporting.figures import percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.tables import Table
from analysis.reporting.texts import load_texts

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
    """Say how far the province rose, how much of it may be the national trend, and how much is left.

    `doubtful` is the same comparison with the nation's figure `held_back`, whose source does not say what it counts.
    """
    if isinstance(result, NotAvailable):
        return Answer(f"{place.name_vi}: no before and after can be compared, because {reason_of(result)}.")
    return Answer(
        f"{place.name_vi} went from {percent(result.before, 'en')} ({format_date(result.before.date, 'en')}) to "
        f"{percent(result.after, 'en')} ({format_date(result.after.date, 'en')}): {_pp(result.change_pp)} percentage "
        f"points in {_pp(result.months)} months. The national trend over the same dates was {_range(result, 'tide')}, "
        f"so the rest is {_range(result, 'rest')} points. That must not be read as the effect of a "
        "target: it may hold some of it, or none, since national documents of those months applied to all."
        + _with_held_back(result, doubtful, held_back)
    )


def _with_held_back(
    result: BeforeAfter, doubtful: BeforeAfter | NotAvailable | None, held_back: Point | None
) -> str:
    """Say what the national figure that is held back would change; nothing where it changes nothing."""
    if held_back is None or not isinstance(doubtful, BeforeAfter):
        return ""
    if all(_range(doubtful, name) == _range(result, name) for name in ("tide", "rest")):
        return ""
    printed = f"{percent(held_back, 'en')} ({format_date(held_back.date, 'en')})"
    return (
        f" Held back is a national figure of {printed} whose source does not say which share it is; were it this one, "
        f"the national trend would be {_range(doubtful, 'tide')} and the rest {_range(doubtful, 'rest')} points."
    )


def reason_of(result: NotAvailable, language: str = "en") -> str:
    """Say why no before and after can be compared, as the end of a sentence."""
    return str(load_texts("explore", language)["reasons"][result.reason])


def table_of_tides(result: BeforeAfter | NotAvailable, language: str = "en") -> Table:
    """Return one row a reading of the national figures: trend and rest in percentage points, and its rows."""
    texts = load_texts("explore", language)
    columns = [texts["columns"][name] for name in ("reading", "trend", "rest", "pace", "raw_rows")]
    if isinstance(result, NotAvailable):
        return Table(pd.DataFrame(columns=columns))
    rows = [
        (
            texts["readings"][_reading_of(tide)]
            + ("" if tide.uncut_pp is None else texts["cut"].format(alone=f"{tide.uncut_pp:.1f}")),
            round(tide.change_pp, 1),
            round(result.change_pp - tide.change_pp, 1),
            None if tide.pace_pp_per_month is None else round(tide.pace_pp_per_month, 1),
            "; ".join(dict.fromkeys(file_and_line(p.raw_location) for p in tide.points)),
        )
        for tide in sorted(result.tides, key=lambda tide: tide.change_pp)
    ]
    return Table(pd.DataFrame(rows, columns=columns))


def _reading_of(tide: NationalReading) -> str:
    """Return the reading's name among the texts; figures that were summed are not called published."""
    summed = tide.reading == "observed" and any(point.is_summed for point in tide.points)
    return "summed" if summed else tide.reading


def answer_specifications(curve: SpecificationCurve, unit: str) -> Answer:
    """Say in how many specifications the interval excludes zero, and how far the estimates reach, in `unit`."""
    return Answer(describe_specifications(curve, unit))


def describe_specifications(curve: SpecificationCurve, unit: str) -> str:
    """Describe a specification curve in one sentence."""
    made = [row for row in curve.rows if "estimate" in row]
    if not made:
        return "None of the specifications could be estimated."
    bounded = [row for row in made if row["conf_low"] is not None and row["conf_high"] is not None]
    clear = sum(1 for row in bounded if row["conf_low"] > 0 or row["conf_high"] < 0)
    low, high = (pick(row["estimate"] for row in made) for pick in (min, max))
    return (
        f"Of {len(made)} specifications ({len(curve.rows) - len(made)} more could not be made), {clear} have an "
        f"interval that excludes zero; estimates run from {_two(low)} to {_two(high)} {unit}."
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


def _range(result: BeforeAfter, part: str) -> str:
    low, high = getattr(result, f"{part}_low_pp"), getattr(result, f"{part}_high_pp")
    return _pp(low) if low == high else f"{format_number(low, 1, 'en')} to {format_number(high, 1, 'en')}"


def _pp(value: float) -> str:
    return format_number(value, 1, "en").removesuffix(".0")


def _two(value: float) -> str:
    return format_number(value, 2, "en")
