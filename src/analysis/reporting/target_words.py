"""Targets for a notebook: how far the figures are from each, as sentences and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.panels.published_results import Point
from analysis.reference.provinces import NATION, Province
from analysis.reporting.audit import file_and_line
from analysis.reporting.display import Answer
from analysis.reporting.figures import percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.tables import Table
from analysis.reporting.target_distance import TargetDistance

_VERDICTS = {
    "reached": "reached by the last figure",
    "missed": "not reached by the last figure; the deadline has passed",
    "missed_on_day": "not reached on the day of the deadline",
    "open": "not reached yet",
    "no_figure": "no figure by the deadline",
}
_LINES = (
    "for", "deadline", "last figure by then", "points missing", "months left", "points a month needed",
    "points a month so far", "verdict", "raw rows",
)  # fmt: skip


def answer_targets(distances: Sequence[TargetDistance], place: Province) -> Answer:
    """Say of each target how far the last figure before its deadline was from it, and the pace it asked for."""
    if not distances:
        return Answer(
            "No target with a level and a deadline is known for this indicator, of the province or the country."
        )
    return Answer(" ".join(_sentence(one, place) for one in distances))


def table_of_distances(distances: Sequence[TargetDistance], place: Province) -> Table:
    """Return one column a target: level, deadline, last figure, what was missing, and both paces."""
    columns = {
        f"{'Viet Nam' if one.setter == NATION else place.name_vi}: {one.target_pct:g}%": _column(one)
        for one in distances
    }
    return Table(pd.DataFrame({"target of": list(_LINES) if columns else [], **columns}))


def _column(one: TargetDistance) -> list[str]:
    """Write a target's lines, in the order of `_LINES`."""
    figure = "" if one.last is None else f"{percent(one.last, 'en')} ({one.last.date})"
    rows = [one.raw_location, *([one.last.raw_location] if one.last is not None else [])]
    return [
        one.scope,
        one.deadline,
        figure,
        _pp(one.distance_pp),
        _pp(one.months_left),
        _pp(one.needed_pp),
        "" if one.pace_pp is None else f"{_pp(one.pace_pp)} (since {_first(one)})",
        _VERDICTS["missed_on_day" if one.state == "missed" and one.last_on_day else one.state],
        "; ".join(map(file_and_line, rows)),
    ]


def _sentence(one: TargetDistance, place: Province) -> str:
    whose = "The national target" if one.setter == NATION else f"{place.name_vi}'s own target"
    target = f"{whose} is {one.target_pct:g}% by {_date(one.deadline)}"
    if one.last is None:
        missing = f"no figure of {place.name_vi} was published by then, so its distance cannot be given."
        return f"{target}; {missing}{_later(one)}"
    stood = f"{place.name_vi} stood at {_figure(one.last)}"
    if one.state == "reached":
        return f"{target}; it was reached: {stood}.{_recounted(one)}"
    verdict = ""
    if one.passed and one.last_on_day:
        verdict = " The target was not reached."
    elif one.passed:
        verdict = (
            " By the last figure known before it the target was not reached; where the province stood on the day is "
            "not known."
        )
    distance = _pp(one.distance_pp)
    short = f"{stood}, {distance} {'point' if distance == '1' else 'points'} short."
    return f"{target}; {short}{_pace(one)}{verdict}{_recounted(one)}{_later(one)}"


def _pace(one: TargetDistance) -> str:
    if one.needed_pp is None:
        return ""
    so_far = "" if one.pace_pp is None else f", after {_pp(one.pace_pp)} a month since {_date(_first(one))}"
    return f" That left {_pp(one.months_left)} months at {_pp(one.needed_pp)} points a month{so_far}."


def _first(one: TargetDistance) -> str:
    """Return the day from which a pace is counted: that of the first figure under the last one's definition."""
    return "" if one.first is None else one.first.date


def _recounted(one: TargetDistance) -> str:
    return " The definition changed between that figure and the deadline." if one.recounted else ""


def _later(one: TargetDistance) -> str:
    return "" if one.later is None else f" The next figure, after the deadline, is {_figure(one.later)}."


def _figure(point: Point) -> str:
    return f"{percent(point, 'en')} on {_date(point.date)}"


def _date(iso: str) -> str:
    return format_date(iso, "en")


def _pp(value: float | None) -> str:
    return "" if value is None else format_number(value, 1, "en").removesuffix(".0")
