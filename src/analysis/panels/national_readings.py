"""In which ways the nation's figures may be read between two dates, each reading keeping to all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from analysis.panels.national_path import (
    POINTS,
    RELATIVE,
    Level,
    NationalPath,
    PrintedChange,
    level_on,
    national_paths,
)
from analysis.panels.published_results import NationalReading, Point

DAYS_PER_MONTH = 365.25 / 12


def readings_between(
    nation: list[Point], evidence: list[PrintedChange], start: str, end: str
) -> tuple[NationalReading, ...]:
    """Return what the nation may have moved from start to end, one a reading of its figures.

    No reading gives more or less than all figures together leave room for; one that would is cut to that room, and
    a meaning of a printed change that the other figures contradict gives no reading.

    Args:
        nation: the national levels in order of date.
        evidence: printed changes.
        start, end: ISO dates.
    """
    dates = [p.date for p in nation]
    if dates.count(start) == 1 and dates.count(end) == 1:
        first, last = nation[dates.index(start)], nation[dates.index(end)]
        return (NationalReading("observed", last.value_pct - first.value_pct, None, (first, last)),)
    months, paths = months_between(start, end), national_paths(nation, evidence)
    points, relative = (
        [path for path in paths if path.meaning in (meaning, "")] for meaning in (POINTS, RELATIVE)
    )
    readings = [
        (_year_on_year(nation, evidence, months), paths),
        (_fastest_between_points(nation, months), paths),
        (_printed_pace("pace_printed_relative", _gained_relative, nation, evidence, months), relative),
        (_printed_pace("pace_printed_month", _gained_month, nation, evidence, months), points),
        (_printed_pace("pace_printed_days", _gained_days, nation, evidence, months), points),
    ]
    cut = [
        _cut(reading, within, start, end) for reading, within in readings if reading is not None and within
    ]
    return (*_even_rises(paths, start, end), *cut, *_never_fell(paths, start, end))


def _cut(reading: NationalReading, paths: Sequence[NationalPath], start: str, end: str) -> NationalReading:
    """Cut a reading to the room that the paths it may lie on leave between two dates."""
    rooms = [path.room(start, end) for path in paths]
    low, high = min(low for low, _ in rooms), max(high for _, high in rooms)
    kept = min(max(reading.change_pp, low), high)
    return (
        reading if kept == reading.change_pp else replace(reading, change_pp=kept, uncut_pp=reading.change_pp)
    )


def _even_rises(paths: Sequence[NationalPath], start: str, end: str) -> tuple[NationalReading, ...]:
    """Return the evenest rise under each meaning of the printed monthly changes; one where they agree."""
    readings = []
    for path in paths:
        turns = path.evenest()
        then, now = level_on(turns, start), level_on(turns, end)
        around = levels_around(turns, start, end)
        if around is not None:
            name = f"linear_{path.meaning}" if path.meaning else "linear"
            rows = tuple(dict.fromkeys(point for turn in around for point in path.rows_on(turn.date)))
            pace = (now - then) / months_between(start, end)
            readings.append(NationalReading(name, now - then, pace, rows, start_pct=then, turns=around))
    if len({round(reading.change_pp, 9) for reading in readings}) == 1:
        return (replace(readings[0], reading="linear"),)
    return tuple(readings)


def _year_on_year(
    nation: list[Point], evidence: list[PrintedChange], months: float
) -> NationalReading | None:
    levels = {p.date: p for p in nation}
    paces = [
        (
            levels[c.point.date].value_pct
            * (1 - 1 / c.point.value_pct)
            / months_between(c.since, c.point.date),
            (levels[c.point.date], c.point),
        )
        for c in evidence
        if c.kind == "ratio" and c.point.date in levels
    ]
    # "About twice" is a pace only where no ratio was printed exactly; it bounds the other readings anyway.
    exact = [pace for pace in paces if pace[1][1].qualifier == "exact"]
    return _fastest("year_on_year", exact or paces, months)


def _fastest_between_points(nation: list[Point], months: float) -> NationalReading | None:
    paces = [
        ((b.value_pct - a.value_pct) / months_between(a.date, b.date), (a, b))
        for a, b in pairwise(nation)
        if months_between(a.date, b.date) > 0
    ]
    return _fastest("pace_points", paces, months)


def _printed_pace(
    reading: str,
    gained: Callable[[PrintedChange, Point | None], float | None],
    nation: list[Point],
    evidence: list[PrintedChange],
    months: float,
) -> NationalReading | None:
    """Read "+4.6 % on July" as a pace: `gained` gives the points a month that one printed change means."""
    levels = {p.date: p for p in nation}
    found = [(gained(c, levels.get(c.point.date)), c) for c in evidence if c.kind == "change"]
    paces = [(pace, change) for pace, change in found if pace is not None]
    if not paces:
        return None
    pace, change = max(paces, key=lambda item: item[0])
    level = levels.get(change.point.date)
    rows = (change.point, *([level] if level else []))
    return NationalReading(reading, pace * months, pace, rows, since=change.since)


def _gained_relative(change: PrintedChange, level: Point | None) -> float | None:
    """Per cent of the earlier level, gained in a month."""
    return None if level is None else level.value_pct * (1 - 1 / (1 + change.point.value_pct / 100))


def _gained_month(change: PrintedChange, _: Point | None) -> float | None:
    """Points, gained in a month."""
    return change.point.value_pct


def _gained_days(change: PrintedChange, _: Point | None) -> float | None:
    """Points, gained since the end of the month before."""
    return change.point.value_pct / months_between(change.since, change.point.date)


def _never_fell(paths: Sequence[NationalPath], start: str, end: str) -> tuple[NationalReading, ...]:
    """Bound the change by the levels before and after, if the share never fell."""
    bounded = [path for path in paths if path.never_fell]
    if not bounded:
        return ()
    widest = max(bounded, key=lambda path: path.room(start, end)[1])
    floor, cap = widest.bounding(start, end)
    rows = tuple(dict.fromkeys((*cap.points, *floor.points)))
    turns = (_bound(floor, floor.low_pct), _bound(cap, cap.high_pct))
    return (NationalReading("never_fell", widest.room(start, end)[1], None, rows, turns=turns),)


def _bound(level: Level, value: float) -> Point:
    point = level.points[-1]
    qualifier = point.qualifier if point.date == level.date else "implied"
    return replace(point, date=level.date, value_pct=value, qualifier=qualifier)


def _fastest(
    reading: str, paces: Sequence[tuple[float, tuple[Point, ...]]], months: float
) -> NationalReading | None:
    if not paces:
        return None
    pace, points = max(paces, key=lambda item: item[0])
    return NationalReading(reading, pace * months, pace, points)


def levels_around(levels: Sequence[Point], start: str, end: str) -> tuple[Point, Point] | None:
    """Return the last level on or before one date and the first on or after another; None without both."""
    earlier = [p for p in levels if p.date <= start]
    later = [p for p in levels if p.date >= end]
    return (earlier[-1], later[0]) if earlier and later else None


def months_between(start: str, end: str) -> float:
    """Return the months from one ISO date to another, of 30.4375 days each."""
    return float((pd.Timestamp(end) - pd.Timestamp(start)).days / DAYS_PER_MONTH)
