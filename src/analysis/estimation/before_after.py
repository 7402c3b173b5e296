"""One province before and after: its change, taken apart into the national tide and the rest.

A bare difference credits the province with what happened everywhere. Where the national series was not
published on the two dates, its change is bounded by every reading that the published figures allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.errors import RequestError
from analysis.estimation.results import BeforeAfter, NotAvailable, Point, Tide

NATION = "VN"
DAYS_PER_MONTH = 365.25 / 12
RATIO_ROUNDING = 0.05  # a ratio printed with one decimal may be this much larger


class NoFigureOnDate(RequestError):
    """Nothing was published for the province on the date asked for."""


def before_after(
    observations: pd.DataFrame,
    *,
    province: str,
    indicator: str,
    before: str = "",
    after: str = "",
    breaks: Sequence[str] = (),
    frame: str = "63",
) -> BeforeAfter | NotAvailable:
    """Take a province's change apart into the national tide, with bounds, and the rest.

    Args:
        observations: rows in the shape of an observation; levels in percent.
        province: the province's code on the map `frame`.
        indicator: the indicator's code; rows of `<indicator>_change_vs_previous_month` (percentage points)
            and `<indicator>_ratio_vs_year_earlier` are read as further evidence on the nation's pace.
        before, after: ISO dates, the ends of the two periods. Empty: the first and the last published figure of
            the first stretch without a change of definition that has two.
        breaks: ISO dates from which the indicator is defined differently; no pair reaches across one.
        frame: the map of provinces, "63" or "34"; figures of the other map are not of the same territory.

    Returns:
        The change and its parts in percentage points, or `NotAvailable` with the reason.

    Raises:
        NoFigureOnDate: a date was asked for on which nothing was published for the province.
    """
    rows = observations[(observations["province_frame"] == frame) | (observations["province_code"] == NATION)]
    own = _points(rows, province, indicator)
    pair = _asked_pair(own, before, after, breaks)
    if isinstance(pair, str):
        return NotAvailable("before-after", pair, tuple(own))
    nation = _points(rows, NATION, indicator)
    if not nation:
        return NotAvailable("before-after", "no_national_figures", tuple(own))
    if _around(nation, pair[0].date, pair[1].date) is None:
        return NotAvailable("before-after", "no_national_figures_around", tuple(own))
    return _taken_apart(
        province,
        indicator,
        *pair,
        national_tides(nation, _changes(rows, indicator), pair[0].date, pair[1].date),
    )


def _asked_pair(
    own: list[Point], before: str, after: str, breaks: Sequence[str]
) -> tuple[Point, Point] | str:
    """Return the two figures to compare, or the reason why there are none."""
    for asked in filter(None, (before, after)):
        if asked not in {point.date for point in own}:
            dates = ", ".join(point.date for point in own) or "none"
            raise NoFigureOnDate(f"no figure was published for {asked}. Dates with a figure: {dates}.")
    for stretch in _stretches(own, breaks):
        inside = [p for p in stretch if (not before or p.date >= before) and (not after or p.date <= after)]
        asked_here = all(not asked or asked in {p.date for p in inside} for asked in (before, after))
        if len(inside) >= 2 and asked_here:
            return inside[0], inside[-1]
    if len(own) < 2:
        return "one_figure" if own else "no_figures"
    return "definition_broke" if breaks else "one_figure"


def _stretches(own: list[Point], breaks: Sequence[str]) -> list[list[Point]]:
    """Split figures where the definition changed; a figure on the day itself belongs to the new definition."""
    edges = ["", *sorted(breaks), "9999-12-31"]
    return [[p for p in own if low <= p.date < high] for low, high in pairwise(edges)]


def national_points(observations: pd.DataFrame, indicator: str) -> tuple[Point, ...]:
    """Return the nation's published levels of an indicator in order of date, percent."""
    return tuple(_points(observations, NATION, indicator))


def national_tides(
    nation: list[Point], evidence: list[tuple[str, Point, str]], start: str, end: str
) -> tuple[Tide, ...]:
    """Return what the nation may have moved from start to end, one `Tide` a reading of its figures.

    Args:
        nation: the national levels in order of date.
        evidence: printed changes: ("change" or "ratio", the figure, the date it is compared with).
        start, end: ISO dates.
    """
    months = _months(start, end)
    at = {p.date: p for p in nation}
    if start in at and end in at:
        return (_tide("observed", at[end].value_pct - at[start].value_pct, None, (at[start], at[end])),)
    return (
        *_straight_line(nation, start, end),
        *_year_on_year(nation, evidence, months),
        *_fastest_between_points(nation, months),
        *_fastest_printed(nation, evidence, months),
        *_never_fell(nation, evidence, start, end),
    )


def _straight_line(nation: list[Point], start: str, end: str) -> tuple[Tide, ...]:
    around = _around(nation, start, end)
    if around is None:
        return ()
    days = [_day(p.date) for p in nation]
    level = np.interp([_day(start), _day(end)], days, [p.value_pct for p in nation])
    change = float(level[1] - level[0])
    return (_tide("linear", change, change / _months(start, end), around),)


def _year_on_year(
    nation: list[Point], evidence: list[tuple[str, Point, str]], months: float
) -> tuple[Tide, ...]:
    levels = {p.date: p for p in nation}
    paces = [
        (levels[p.date].value_pct * (1 - 1 / p.value_pct) / _months(since, p.date), (levels[p.date], p))
        for kind, p, since in evidence
        if kind == "ratio" and p.date in levels
    ]
    return _pace_tides("year_on_year", paces, months)


def _fastest_between_points(nation: list[Point], months: float) -> tuple[Tide, ...]:
    paces = [
        ((b.value_pct - a.value_pct) / _months(a.date, b.date), (a, b))
        for a, b in pairwise(nation)
        if _months(a.date, b.date) > 0
    ]
    return _pace_tides("pace_points", paces, months)


def _fastest_printed(
    nation: list[Point], evidence: list[tuple[str, Point, str]], months: float
) -> tuple[Tide, ...]:
    """Read "+4.6 % since July" in each way it can be meant.

    Points or per cent of July's level, gained in a month; points gained in the days since 31 July.
    """
    levels = {p.date: p for p in nation}
    changes = [(p, since) for kind, p, since in evidence if kind == "change"]
    relative = [
        (levels[p.date].value_pct * (1 - 1 / (1 + p.value_pct / 100)), (p, levels[p.date]))
        for p, _ in changes
        if p.date in levels
    ]
    as_month = [(p.value_pct, (p,)) for p, _ in changes]
    as_days = [(p.value_pct / _months(since, p.date), (p,)) for p, since in changes]
    return (
        *_pace_tides("pace_printed_relative", relative, months),
        *_pace_tides("pace_printed_month", as_month, months),
        *_pace_tides("pace_printed_days", as_days, months),
    )


def _never_fell(
    nation: list[Point], evidence: list[tuple[str, Point, str]], start: str, end: str
) -> tuple[Tide, ...]:
    """Bound the tide by the nearest level before and after, if the share never fell.

    A printed "1.6 times a year earlier" is a level too: with its rounding, at least the level over 1.65.
    """
    levels = {p.date: p for p in nation}
    floors: list[tuple[str, float, tuple[Point, ...]]] = [(p.date, p.value_pct, (p,)) for p in nation]
    floors += [
        (since, levels[p.date].value_pct / (p.value_pct + RATIO_ROUNDING), (levels[p.date], p))
        for kind, p, since in evidence
        if kind == "ratio" and p.date in levels
    ]
    earlier = [floor for floor in floors if floor[0] <= start]
    later = [p for p in nation if p.date >= end]
    values = [p.value_pct for p in nation]
    if not earlier or not later or values != sorted(values):
        return ()
    _, low, points = max(earlier, key=lambda floor: floor[1])
    return (_tide("never_fell", later[0].value_pct - low, None, tuple(dict.fromkeys((later[0], *points)))),)


def _taken_apart(
    province: str, indicator: str, start: Point, end: Point, tides: tuple[Tide, ...]
) -> BeforeAfter:
    worst = next((t.change_pp for t in tides if t.reading == "never_fell"), None)
    changes = [t.change_pp for t in tides if t.reading != "never_fell"]
    low, high = min(changes), max(changes)
    if worst is not None:
        high = min(high, worst)
    change = end.value_pct - start.value_pct
    return BeforeAfter(
        province_code=province,
        indicator=indicator,
        before=start,
        after=end,
        change_pp=change,
        months=_months(start.date, end.date),
        tides=tides,
        tide_low_pp=low,
        tide_high_pp=high,
        rest_low_pp=change - high,
        rest_high_pp=change - low,
        worst_tide_pp=worst,
    )


def _pace_tides(
    reading: str, paces: Sequence[tuple[float, tuple[Point, ...]]], months: float
) -> tuple[Tide, ...]:
    if not paces:
        return ()
    pace, points = max(paces, key=lambda item: item[0])
    return (_tide(reading, pace * months, pace, points),)


def _tide(reading: str, change: float, pace: float | None, points: tuple[Point, ...]) -> Tide:
    return Tide(reading, change, pace, points)


def _around(nation: list[Point], start: str, end: str) -> tuple[Point, Point] | None:
    earlier = [p for p in nation if p.date <= start]
    later = [p for p in nation if p.date >= end]
    return (earlier[-1], later[0]) if earlier and later else None


def _points(observations: pd.DataFrame, province: str, indicator: str) -> list[Point]:
    mine = observations[
        (observations["province_code"] == province) & (observations["indicator"] == indicator)
    ].sort_values(["period_end", "raw_location"], kind="stable")
    # Two sources on one date stay side by side in the data; here the first by file and line speaks.
    mine = mine.drop_duplicates("period_end")
    return [Point.from_row(row) for row in mine.to_dict("records")]


def _changes(observations: pd.DataFrame, indicator: str) -> list[tuple[str, Point, str]]:
    names = {
        f"{indicator}_change_vs_previous_month": "change",
        f"{indicator}_ratio_vs_year_earlier": "ratio",
    }
    rows = observations[
        (observations["province_code"] == NATION) & observations["indicator"].isin(list(names))
    ]
    return [
        (names[r["indicator"]], Point.from_row(r), str(r["period_start"])[:10])
        for r in rows.to_dict("records")
    ]


def _day(date: str) -> int:
    return pd.Timestamp(date).toordinal()


def _months(start: str, end: str) -> float:
    return (_day(end) - _day(start)) / DAYS_PER_MONTH
