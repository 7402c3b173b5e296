"""The time line of definitions: when each indicator has figures, and where they stop comparing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING

import pandas as pd

from analysis.reference.breaks import BREAKS, NEW_MAP, reason_of
from analysis.reference.indicators import by_code
from analysis.reporting.charts import Chart
from analysis.reporting.numbers import format_date
from analysis.reporting.style import BLUE, GREY, INK, VERMILLION, house_style, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_IN, ROW_IN = 9.4, 0.3
NAME_CHARACTERS, LEVEL_PT = 52, 13
SOURCE = (
    "Source: data/raw, cleaned; definitions from the codebook. Dot: a day with a figure. "
    "Line: from the first such day to the last, cut where the definition changed."
)


@dataclass(frozen=True)
class Lane:
    """One indicator's row of the time line: the days it has figures for, and those on which it stops comparing."""

    code: str
    name: str
    days: tuple[dt.date, ...]
    breaks: tuple[dt.date, ...]
    jumps: tuple[dt.date, ...]

    def stretches(self) -> list[tuple[dt.date, dt.date]]:
        """Return first and last day of each stretch of figures under one definition."""
        edges = [dt.date.min, *self.breaks, dt.date.max]
        parts = [[day for day in self.days if low <= day < high] for low, high in pairwise(edges)]
        return [(part[0], part[-1]) for part in parts if part]


def lanes_of(observations: pd.DataFrame, days: int = 2) -> list[Lane]:
    """Return a lane for each indicator with figures of at least so many days, those that broke first.

    A break counts when figures lie on both sides of it: elsewhere it parts nothing.
    """
    book, lanes = by_code(), []
    for code, ends in observations.groupby("indicator")["period_end"]:
        own = tuple(sorted({dt.date.fromisoformat(day) for day in ends}))
        if len(own) < days:
            continue
        line = book[str(code)]
        breaks, jumps = (
            tuple(day for day in known if own[0] < day <= own[-1]) for known in (line.breaks, line.flags)
        )
        lanes.append(Lane(line.code, line.name_en, own, breaks, jumps))
    return sorted(lanes, key=lambda lane: (not lane.breaks, not lane.jumps, -len(lane.days), lane.name))


def chart_definitions(observations: pd.DataFrame, days: int = 2) -> Chart:
    """Chart one row an indicator: the span of its figures, and a mark where its definition broke.

    Args:
        observations: rows in the shape of an observation.
        days: the fewest days with a figure that give an indicator a row; a single day has no span to break.
    """
    lanes = lanes_of(observations, days)
    left_out = observations["indicator"].nunique() - len(lanes)
    return Chart(to_svg(plot_definitions(lanes, left_out)), describe_definitions(lanes, left_out))


def plot_definitions(lanes: Sequence[Lane], left_out: int = 0, *, ax: Axes | None = None) -> Axes:
    """Draw the lanes from top to bottom, and the days on which something stops comparing from side to side."""
    with house_style():
        ax = ax or _new_axes(len(lanes))
        for row, lane in enumerate(lanes):
            _draw_lane(ax, row, lane)
        _draw_days(ax, lanes)
        names = ["\n".join(wrap(lane.name, NAME_CHARACTERS)[:2]) for lane in lanes]
        ax.set_yticks(range(len(lanes)), names, fontsize=8)
        ax.set_ylim(len(lanes) - 0.4, -0.6)
        _show_years(ax)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x")
        room = LEVEL_PT * sum(1 for _ in _marked(lanes)) + 8
        ax.set_title("When each indicator has figures, and where they stop comparing", pad=room)
        figure = ax.get_figure(root=True)
        assert figure is not None
        figure.supxlabel(_source(left_out), x=0.01, ha="left", fontsize=7.5, color=GREY)
    return ax


def describe_definitions(lanes: Sequence[Lane], left_out: int = 0) -> str:
    """Say in words what the time line shows."""
    broken = sum(1 for lane in lanes if lane.breaks)
    parts = [
        f"Time line with a row for each of {len(lanes)} indicators: in {broken} the definition changes "
        f"between figures, in {len(lanes) - broken} it does not"
    ]
    parts += [
        f"{format_date(line.day.isoformat(), 'en')}: {line.reason} ({'; '.join(names)})"
        for line in BREAKS
        if (names := [lane.name for lane in lanes if line.day in (*lane.breaks, *lane.jumps)])
    ]
    parts.append(f"{format_date(NEW_MAP.isoformat(), 'en')}, all rows: {reason_of(NEW_MAP)}")
    parts += [f"{left_out} more indicators have figures of a single day and no row"] if left_out else []
    return ". ".join(parts) + "."


def _new_axes(rows: int) -> Axes:
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_IN, ROW_IN * rows + 1.5), layout="constrained").add_subplot()


def _draw_lane(ax: Axes, row: int, lane: Lane) -> None:
    """Draw a lane's figures; marks stand above the line, where they hide none of them."""
    for first, last in lane.stretches():
        ax.plot([_at(first), _at(last)], [row, row], color=BLUE, lw=2.2, solid_capstyle="round")
    ax.plot([_at(day) for day in lane.days], [row] * len(lane.days), ls="", marker="o", ms=4.5, color=BLUE)
    for days, marker, colour in ((lane.breaks, "X", VERMILLION), (lane.jumps, "^", INK)):
        ax.plot(
            [_at(day) for day in days], [row - 0.3] * len(days), marker=marker, ms=6.5, color=colour, ls=""
        )


def _draw_days(ax: Axes, lanes: Sequence[Lane]) -> None:
    """Draw the days with their reasons above the plot, each a level higher than the one before."""
    ax.set_xlim(ax.get_xlim()[0], max(ax.get_xlim()[1], _at(NEW_MAP) + 200))
    point = 1 / (72 * ROW_IN * len(lanes))  # one point, as a share of the plot's height
    for number, (day, symbol, reason) in enumerate(_marked(lanes)):
        top = 1 + (5 + LEVEL_PT * number) * point
        ax.axvline(_at(day), ymax=top + 9 * point, color=GREY, lw=0.9, ls="--", zorder=0, clip_on=False)
        ax.text(
            _at(day) - 20, top, f"{symbol} {format_date(day.isoformat(), 'en')}: {reason}",
            transform=ax.get_xaxis_transform(), ha="right", fontsize=8,
        )  # fmt: skip


def _marked(lanes: Sequence[Lane]) -> Iterator[tuple[dt.date, str, str]]:
    symbols = {"definition": "✖", "jump": "▲", "map": "↷"}
    shown = {day for lane in lanes for day in (*lane.breaks, *lane.jumps)} | {NEW_MAP}
    for line in BREAKS:
        if line.day in shown:
            yield line.day, symbols[line.kind], line.reason


def _show_years(ax: Axes) -> None:
    low, high = (dt.date(1970, 1, 1) + dt.timedelta(days=edge) for edge in ax.get_xlim())
    years = range(low.year + 1, high.year + 1)
    ax.set_xticks([_at(dt.date(year, 1, 1)) for year in years], [f"1/{year}" for year in years])


def _source(left_out: int) -> str:
    more = f"\n{left_out} more indicators have figures of a single day; the table counts them."
    return SOURCE + (more if left_out else "")


def _at(day: dt.date) -> float:
    """Return a day as matplotlib counts them: days since 1 January 1970."""
    return float((day - dt.date(1970, 1, 1)).days)
