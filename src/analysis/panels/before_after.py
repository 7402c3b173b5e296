"""One province before and after: its change, taken apart into the country's movement and what is left.

A bare difference credits the province with what happened everywhere. Where the national series was not
published on the two dates, its change is bounded by every reading that the published figures allow, each reading
keeping to all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.cleaning.editions import standing_figures
from analysis.cleaning.shapes import SOURCE_COLUMNS, shape
from analysis.errors import RequestError
from analysis.panels.national_path import PrintedChange
from analysis.panels.national_readings import levels_around, months_between, readings_between
from analysis.panels.published_results import BeforeAfter, NationalReading, NotAvailable, Point
from analysis.reference.provinces import NATION

# Printed of the nation without saying which share is meant; each may be the share it stands beside.
POSSIBLY_THE_SAME = {"share_services_with_online_dossiers": ("proportion_online_services_mic_unspecified",)}
_CHANGES = {"_change_vs_previous_month": "change", "_ratio_vs_year_earlier": "ratio"}
_LEVELS = ("exact", "about")


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
    decided: str = "",
    also: Collection[str] = (),
    sources: pd.DataFrame | None = None,
) -> BeforeAfter | NotAvailable:
    """Take a province's change apart into the country's movement, with bounds, and what is left.

    Args:
        observations: rows in the shape of an observation; levels in percent.
        province: the province's code on the map `frame`.
        indicator: the indicator's code; rows of `<indicator>_change_vs_previous_month` (percentage points)
            and `<indicator>_ratio_vs_year_earlier` are read as further evidence on the nation's pace.
        before, after: ISO dates, the ends of the two periods. Empty: the first and the last published figure of
            the first stretch without a change of definition that has two.
        breaks: ISO dates from which the indicator is defined differently; no pair reaches across one.
        frame: the map of provinces, "63" or "34"; figures of the other map are not of the same territory.
        decided: ISO day by which the decision was taken that the pair is to judge; a pair chosen here begins before
            it and ends no earlier. Empty: no decision is known.
        also: codes whose national figures are read as the indicator's own, doubtful as that may be.
        sources: rows in the shape of a source; of two figures for one date the later published speaks.

    Returns:
        The change and its parts in percentage points, or `NotAvailable` with the reason.

    Raises:
        NoFigureOnDate: a date was asked for on which nothing was published for the province.
    """
    names = [f"{code}{ending}" for code in (indicator, *also) for ending in ("", *_CHANGES)]
    rows = observations[
        observations["indicator"].isin(names)
        & ((observations["province_frame"] == frame) | (observations["province_code"] == NATION))
    ]
    rows = _read_also(rows, indicator, also)
    own = published_points(rows, province, indicator, sources)
    pair = _asked_pair(own, before, after, breaks, decided)
    if isinstance(pair, str):
        return NotAvailable("before-after", pair, tuple(own))
    nation = published_points(rows, NATION, indicator, sources)
    if not nation:
        return NotAvailable("before-after", "no_national_figures", tuple(own))
    if levels_around(nation, pair[0].date, pair[1].date) is None:
        return NotAvailable("before-after", "no_national_figures_around", tuple(own))
    return _taken_apart(
        province,
        indicator,
        *pair,
        readings_between(nation, _changes(rows, indicator), pair[0].date, pair[1].date),
    )


def _read_also(rows: pd.DataFrame, indicator: str, also: Collection[str]) -> pd.DataFrame:
    """Give the nation's figures of other codes, and the changes printed of them, the indicator's code."""
    names = {f"{code}{ending}": f"{indicator}{ending}" for code in also for ending in ("", *_CHANGES)}
    doubtful = (rows["province_code"] == NATION) & rows["indicator"].isin(list(names))
    return rows.assign(indicator=rows["indicator"].mask(doubtful, rows["indicator"].map(names)))


def _asked_pair(
    own: list[Point], before: str, after: str, breaks: Sequence[str], decided: str
) -> tuple[Point, Point] | str:
    """Return the two figures to compare, or the reason why there are none."""
    for asked in filter(None, (before, after)):
        if asked not in {point.date for point in own}:
            dates = ", ".join(point.date for point in own) or "none"
            raise NoFigureOnDate(f"no figure was published for {asked}. Dates with a figure: {dates}.")
    pairs = []
    for stretch in _stretches(own, breaks):
        inside = [p for p in stretch if (not before or p.date >= before) and (not after or p.date <= after)]
        asked_here = all(not asked or asked in {p.date for p in inside} for asked in (before, after))
        if len(inside) >= 2 and asked_here:
            pairs.append((inside[0], inside[-1]))
    judging = [
        pair for pair in pairs if before or after or not decided or pair[0].date < decided <= pair[1].date
    ]
    if judging:
        return _sure_pair(own, judging[0])
    if pairs:
        return "no_pair_around_decision"
    if len({point.date for point in own}) < 2:
        return "one_figure" if own else "no_figures"
    return "definition_broke" if breaks else "one_figure"


def _sure_pair(own: list[Point], pair: tuple[Point, Point]) -> tuple[Point, Point] | str:
    """Return the pair unless equally good sources print different figures for one of its dates."""
    dates = [point.date for point in own]
    return "figures_disagree" if any(dates.count(point.date) > 1 for point in pair) else pair


def _stretches(own: list[Point], breaks: Sequence[str]) -> list[list[Point]]:
    """Split figures where the definition changed; a figure on the day itself belongs to the new definition."""
    edges = ["", *sorted(breaks), "9999-12-31"]
    return [[p for p in own if low <= p.date < high] for low, high in pairwise(edges)]


def held_back_point(observations: pd.DataFrame, indicator: str) -> Point | None:
    """Return the nation's last figure whose source does not say that it is the indicator; None without one."""
    found = [
        point
        for code in POSSIBLY_THE_SAME.get(indicator, ())
        for point in published_points(observations, NATION, code, None)
    ]
    return max(found, key=lambda point: point.date, default=None)


def national_points(
    observations: pd.DataFrame, indicator: str, sources: pd.DataFrame | None = None
) -> tuple[Point, ...]:
    """Return the nation's published levels of an indicator in order of date, percent."""
    return tuple(published_points(observations, NATION, indicator, sources))


def _taken_apart(
    province: str, indicator: str, start: Point, end: Point, tides: tuple[NationalReading, ...]
) -> BeforeAfter:
    worst = next((t.change_pp for t in tides if t.reading == "never_fell"), None)
    changes = [t.change_pp for t in tides if t.reading != "never_fell"]
    low, high = min(changes), max(changes)
    change = end.value_pct - start.value_pct
    return BeforeAfter(
        province_code=province,
        indicator=indicator,
        before=start,
        after=end,
        change_pp=change,
        months=months_between(start.date, end.date),
        tides=tides,
        tide_low_pp=low,
        tide_high_pp=high,
        rest_low_pp=change - high,
        rest_high_pp=change - low,
        worst_tide_pp=worst,
    )


def published_points(
    observations: pd.DataFrame, province: str, indicator: str, sources: pd.DataFrame | None
) -> list[Point]:
    """Return a place's levels in order of date; two for one date only where nothing tells which is better."""
    mine = observations[
        (observations["province_code"] == province)
        & (observations["indicator"] == indicator)
        & observations["qualifier"].isin(_LEVELS)
    ]
    known = shape([], SOURCE_COLUMNS) if sources is None else sources
    kept = standing_figures(mine, known, ["period_end"])
    ordered = kept.sort_values(["period_end", "value", "source_id", "raw_location"], kind="stable")
    return [Point.from_row(row) for row in ordered.to_dict("records")]


def _changes(observations: pd.DataFrame, indicator: str) -> list[PrintedChange]:
    names = {f"{indicator}{ending}": kind for ending, kind in _CHANGES.items()}
    rows = observations[
        (observations["province_code"] == NATION) & observations["indicator"].isin(list(names))
    ].sort_values(["period_end", "indicator", "value", "source_id"], kind="stable")
    return [
        PrintedChange(names[r["indicator"]], Point.from_row(r), _compared_with(names[r["indicator"]], r))
        for r in rows.to_dict("records")
    ]


def _compared_with(kind: str, row: Mapping[Hashable, Any]) -> str:
    """Return the date that a printed change is compared with: stated, or a year earlier, or the end of last month."""
    start, end = str(row["period_start"])[:10], str(row["period_end"])[:10]
    if start < end:
        return start
    day = pd.Timestamp(end)
    earlier = day - pd.DateOffset(years=1) if kind == "ratio" else day.replace(day=1) - pd.Timedelta(days=1)
    return str(earlier.date())
