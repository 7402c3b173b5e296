"""What the nation's figures say together: printed levels, the levels that printed changes imply, one path through all.

A printed "1.6 times a year earlier" is a level a year earlier, within its rounding; "+4.6 % on the previous month" is
a level at that month's end, another one in points than in per cent. A share that is taken never to have fallen must
pass through all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.panels.published_results import Point

POINTS, RELATIVE = "points", "relative"  # the two meanings of a printed "+4.6 % on the previous month"
TOUCHING = 1e-9  # percentage points: nearer than that, levels are the same


@dataclass(frozen=True)
class PrintedChange:
    """A printed change of the nation's share: `ratio` times a year earlier, or `change` on the month before.

    `since` is the ISO date of the level it is compared with.
    """

    kind: str
    point: Point
    since: str


@dataclass(frozen=True)
class Level:
    """Where the share stood on a date, percent: between `low_pct` and `high_pct`, by the rows in `points`."""

    date: str
    low_pct: float
    high_pct: float
    points: tuple[Point, ...]

    @property
    def exact(self) -> bool:
        """Tell whether the level leaves no room."""
        return self.high_pct - self.low_pct < TOUCHING


@dataclass(frozen=True)
class NationalPath:
    """Levels in order of date that agree with each other under one meaning of printed monthly changes.

    `never_fell` tells whether the printed levels allow the share never to have fallen; only then do levels bound
    each other. `contradicted` are printed changes that no path through the printed levels can keep.
    """

    meaning: str
    levels: tuple[Level, ...]
    never_fell: bool
    contradicted: tuple[Point, ...]

    def room(self, start: str, end: str) -> tuple[float, float]:
        """Return the smallest and the largest rise from start to end that the levels allow, percentage points."""
        if not self.never_fell:
            return -np.inf, np.inf
        low_then, high_then = self.bounds(start)
        low_now, high_now = self.bounds(end)
        return max(0.0, low_now - high_then), high_now - low_then

    def bounds(self, date: str) -> tuple[float, float]:
        """Return between which levels the share stood on a date, percent, if it never fell."""
        lows = [level.low_pct for level in self.levels if level.date <= date]
        highs = [level.high_pct for level in self.levels if level.date >= date]
        return max(lows, default=-np.inf), min(highs, default=np.inf)

    def bounding(self, start: str, end: str) -> tuple[Level, Level]:
        """Return the levels that bound the rise: the highest floor by start, the lowest cap from end on."""
        floors = [level for level in self.levels if level.date <= start]
        caps = [level for level in self.levels if level.date >= end]
        return max(floors, key=lambda level: level.low_pct), min(caps, key=lambda level: level.high_pct)

    def rows_on(self, date: str) -> tuple[Point, ...]:
        """Return the printed figures that the level on a date rests on."""
        return next(level.points for level in self.levels if level.date == date)

    def evenest(self) -> tuple[Point, ...]:
        """Return the turns of the path that rises as evenly as all levels allow, a point each.

        Straight lines join the printed levels; where one misses a level implied by a printed change, it is bent there,
        and only as far as the rounding of that change asks for.
        """
        anchors = [i for i, level in enumerate(self.levels) if level.exact]
        turns = [_turn(self.levels[anchors[0]], self.levels[anchors[0]].low_pct)] if anchors else []
        for left, right in pairwise(anchors):
            last = _turn(self.levels[right], self.levels[right].low_pct)
            turns += [*_bends(turns[-1], last, self.levels[left + 1 : right]), last]
        return tuple(turns)


def level_on(turns: Sequence[Point], date: str) -> float:
    """Return the level of a path on a date, percent."""
    return float(np.interp(_day(date), [_day(p.date) for p in turns], [p.value_pct for p in turns]))


def national_paths(nation: Sequence[Point], changes: Sequence[PrintedChange]) -> tuple[NationalPath, ...]:
    """Return one path a meaning of the printed monthly changes, less a meaning that the other figures contradict.

    Args:
        nation: printed levels in order of date; two that differ on one date leave the room between them.
        changes: printed changes; those of a day without a printed level say nothing.
    """
    monthly = any(change.kind == "change" for change in changes)
    paths = [_path(nation, changes, meaning) for meaning in ((POINTS, RELATIVE) if monthly else ("",))]
    fewest = min(len(path.contradicted) for path in paths)
    return tuple(path for path in paths if len(path.contradicted) == fewest)


def _path(nation: Sequence[Point], changes: Sequence[PrintedChange], meaning: str) -> NationalPath:
    """Take printed levels as they are, then implied ones from the narrowest on, each if those before leave it room."""
    kept, contradicted = _printed(nation), []
    values = [level.low_pct for level in kept]
    never_fell = values == sorted(values)
    for level in sorted(_implied(kept, changes, meaning), key=lambda one: one.high_pct - one.low_pct):
        narrowed = _narrowed(level, kept, never_fell)
        if narrowed is None:
            contradicted.append(level.points[-1])
        elif not any(old.date == level.date and old.exact for old in kept):
            kept = sorted([*kept, narrowed], key=lambda one: one.date)
    agreed = [_narrowed(level, kept, never_fell) or level for level in kept]
    return NationalPath(meaning, tuple(agreed), never_fell, tuple(contradicted))


def _printed(nation: Sequence[Point]) -> list[Level]:
    dates = dict.fromkeys(point.date for point in nation)
    of_date = {date: tuple(point for point in nation if point.date == date) for date in dates}
    return [
        Level(date, min(p.value_pct for p in points), max(p.value_pct for p in points), points)
        for date, points in of_date.items()
    ]


def _implied(printed: Sequence[Level], changes: Sequence[PrintedChange], meaning: str) -> list[Level]:
    """Return the level that each printed change implies for the date it is compared with, within its rounding."""
    on = {level.date: level for level in printed}
    levels = []
    for change in changes:
        now = on.get(change.point.date)
        if now is None:
            continue
        value, half = change.point.value_pct, half_unit(change.point.value_pct)
        ends = [_earlier(change.kind, meaning, now.low_pct, value + half)]
        ends += [_earlier(change.kind, meaning, now.high_pct, value - half)]
        levels.append(Level(change.since, min(ends), max(ends), (*now.points, change.point)))
    return levels


def _earlier(kind: str, meaning: str, now: float, printed: float) -> float:
    """Return the level before a printed change, percent."""
    if kind == "ratio":
        return now / printed
    return now - printed if meaning == POINTS else now / (1 + printed / 100)


def _narrowed(level: Level, others: Sequence[Level], never_fell: bool) -> Level | None:
    """Return what the other levels leave of one, if the share never fell; None where they leave nothing."""
    if not never_fell:
        return level
    low = max([level.low_pct, *(o.low_pct for o in others if o.date <= level.date)])
    high = min([level.high_pct, *(o.high_pct for o in others if o.date >= level.date)])
    return replace(level, low_pct=low, high_pct=high) if low <= high + TOUCHING else None


def _bends(left: Point, right: Point, between: Sequence[Level]) -> list[Point]:
    """Return the turns that a straight line needs to keep within the levels between its ends, worst miss first."""
    misses = [
        max(
            level.low_pct - level_on((left, right), level.date),
            level_on((left, right), level.date) - level.high_pct,
        )
        for level in between
    ]
    worst = int(np.argmax(misses)) if misses else 0
    if not misses or misses[worst] < TOUCHING:
        return []
    level = between[worst]
    nearest = float(np.clip(level_on((left, right), level.date), level.low_pct, level.high_pct))
    turn = _turn(level, nearest)
    return [*_bends(left, turn, between[:worst]), turn, *_bends(turn, right, between[worst + 1 :])]


def _turn(level: Level, value: float) -> Point:
    """Return a turn of the path: the printed point itself, or one that names the change it is implied by."""
    point = level.points[-1]
    printed = len(level.points) == 1 and point.date == level.date
    return point if printed else replace(point, date=level.date, value_pct=value, qualifier="implied")


def half_unit(value: float) -> float:
    """Return half a unit of the last digit that a value is printed with: 0.05 for 1.6."""
    digits = len(f"{value:.6f}".rstrip("0").split(".")[1])
    return float(0.5 * 10.0**-digits)


def _day(date: str) -> int:
    return pd.Timestamp(date).toordinal()
