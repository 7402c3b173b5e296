"""How far a published figure lies from a target, and the pace that the time left asks for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.panels.published_results import Point
from analysis.reference.provinces import NATION
from analysis.reporting.evidence import DAYS_PER_MONTH, days_between

_LEVELS = ("exact", "about")


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


def measure_distance(
    target: Mapping[Hashable, Any], points: Sequence[Point], *, breaks: Sequence[str], today: str
) -> TargetDistance:
    """Hold one target, a row in the shape of a target, against figures in order of date."""
    deadline = str(target["deadline"])
    last = next((point for point in reversed(points) if point.date <= deadline), None)
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
