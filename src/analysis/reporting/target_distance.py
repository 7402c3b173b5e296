"""How far a published figure lies from a target, the pace that the time left asks for, and both in words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.panels.published_results import Point
from analysis.reference.provinces import NATION, Province
from analysis.reporting.audit import file_and_line
from analysis.reporting.display import Answer
from analysis.reporting.evidence import DAYS_PER_MONTH, days_between
from analysis.reporting.figures import percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.tables import Table

_LEVELS = ("exact", "about")
STALE_DAYS = 366  # a figure older than that on a day that has passed does not measure its target


@dataclass(frozen=True)
class TargetDistance:
    """One target held against the published figures of its own indicator.

    `last` is the last figure on or before the deadline, `first` the first figure under the same definition;
    distances in percentage points (negative: exceeded), paces in points a month. `later` is the first figure
    after the deadline. `recounted` tells that the definition changed between the last figure and the deadline.
    """

    setter: str
    target_pct: float
    deadline: str
    scope: str
    source_id: str
    raw_location: str
    first: Point | None
    last: Point | None
    later: Point | None
    recounted: bool
    passed: bool

    @property
    def distance_pp(self) -> float | None:
        """Return target less last figure; None without a figure by the deadline."""
        return None if self.last is None else self.target_pct - self.last.value_pct

    @property
    def last_on_day(self) -> bool:
        """Tell whether the last figure is of the day of the deadline itself."""
        return self.last is not None and self.last.date == self.deadline

    @property
    def months_left(self) -> float | None:
        """Return the months from the last figure to the deadline."""
        return None if self.last is None else days_between(self.last.date, self.deadline) / DAYS_PER_MONTH

    @property
    def needed_pp(self) -> float | None:
        """Return the points a month that would reach the target; None where it is reached or no time is left."""
        distance, months = self.distance_pp, self.months_left
        return None if distance is None or not months or distance <= 0 else distance / months

    @property
    def pace_pp(self) -> float | None:
        """Return the points a month between the first and the last figure; None when they are one."""
        if self.first is None or self.last is None or self.first.date == self.last.date:
            return None
        months = days_between(self.first.date, self.last.date) / DAYS_PER_MONTH
        return (self.last.value_pct - self.first.value_pct) / months

    @property
    def state(self) -> str:
        """Return `reached`, `missed` (the deadline has passed), `open` or `no_figure`, by the last figure."""
        if self.distance_pp is None:
            return "no_figure"
        return "reached" if self.distance_pp <= 0 else "missed" if self.passed else "open"


def distances_to_targets(
    observations: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    province: str,
    indicator: str,
    breaks: Sequence[str] = (),
    frame: str = "63",
) -> tuple[TargetDistance, ...]:
    """Hold a province's figures against its own targets for an indicator and the national ones, own first.

    Args:
        observations, targets: rows in the shapes of an observation and a target.
        province, indicator: codes.
        breaks: ISO dates from which the indicator is defined differently.
        frame: the map of provinces, "63" or "34".
    """
    rows = observations[
        (observations["province_code"] == province)
        & (observations["province_frame"] == frame)
        & (observations["indicator"] == indicator)
        & observations["qualifier"].isin(_LEVELS)
    ].sort_values(["period_end", "raw_location"])
    points = [Point.from_row(row) for row in rows.drop_duplicates("period_end").to_dict("records")]
    today = latest_access(observations)
    return tuple(
        measure_distance(target, points, breaks=breaks, today=today)
        for setter in (province, NATION)
        for target in known_targets(targets, setter, indicator, frame="63" if setter == NATION else frame)
    )


def known_targets(
    targets: pd.DataFrame, setter: str, indicator: str, *, frame: str = "63"
) -> list[dict[Hashable, Any]]:
    """Return the targets of a setter for an indicator that have a level and a deadline, each level once."""
    rows = targets[
        (targets["province_code"] == setter)
        & (targets["province_frame"] == frame)
        & (targets["indicator"] == indicator)
        & (targets["unit"] == "percent")
        & targets["target_value"].notna()
        & (targets["deadline"] != "")
    ]
    # The same target is often printed twice; the row that says whom it binds tells more.
    rows = rows.assign(bare=rows["scope"] == "").sort_values(["deadline", "bare", "raw_location"])
    rows = rows.drop_duplicates(["target_value", "deadline"])
    return rows.to_dict("records")


def find_target(
    targets: pd.DataFrame,
    code: str,
    indicator: str,
    *,
    frame: str = "63",
    level: float | None = None,
    since: str = "",
) -> dict[Hashable, Any] | None:
    """Return the target that a province's figures are held against, whatever a brief rests on; None without one.

    Its own where a level is known, that of `level` (percent) first; else the country's, due on the ISO day `since` or
    later.
    """
    own = known_targets(targets, code, indicator, frame=frame)
    chosen = [row for row in own if level is not None and row["target_value"] == level] or own
    if not chosen:
        national = known_targets(targets, NATION, indicator, frame=frame)
        chosen = [row for row in national if str(row["deadline"]) >= since]
    return chosen[0] if chosen else None


def measure_distance(
    target: Mapping[Hashable, Any], points: Sequence[Point], *, breaks: Sequence[str], today: str
) -> TargetDistance:
    """Hold one target, a row in the shape of a target, against figures in order of date."""
    deadline = str(target["deadline"])
    last = next((point for point in reversed(points) if point.date <= deadline), None)
    if last is not None and deadline < today and days_between(last.date, deadline) > STALE_DAYS:
        last = None  # what stood years before a deadline that has passed says nothing of it
    edges = ["", *sorted(breaks), "9999-12-31"]
    stretch = next(
        ((low, high) for low, high in pairwise(edges) if last and low <= last.date < high), ("", "")
    )
    alike = [point for point in points if stretch[0] <= point.date < stretch[1]]
    return TargetDistance(
        setter=str(target["province_code"]),
        target_pct=float(target["target_value"]),
        deadline=deadline,
        scope=str(target["scope"]),
        source_id=str(target["source_id"]),
        raw_location=str(target["raw_location"]),
        first=alike[0] if alike else None,
        last=last,
        later=next((point for point in points if point.date > deadline), None),
        recounted=last is not None and any(last.date < day <= deadline for day in breaks),
        passed=deadline < today,
    )


def latest_access(observations: pd.DataFrame) -> str:
    """Return the latest day on which a raw file was accessed: its folder is named after it."""
    days = observations["raw_location"].str.extract(r"/(\d{4}-\d{2}-\d{2})/")[0]
    return str(days.max())


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
