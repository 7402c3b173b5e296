"""Pictures of published figures: a province between two dates against the national tide, or the nation alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.panels.published_results import BeforeAfter, Point
from analysis.reporting.figures import finish, new_axes, percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.style import BAND, BLUE, GREEN, GREY, INK, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TICK_PCT = 25  # between the percents written beside a low picture
TOP_PCT, HIGHER_PCT = 90.0, 108.0  # the vertical axis' end, and that for figures that would touch it
LEAD_DAYS = 58  # shown before the first figure: from 1 February where it is that of the first quarter
WIDEST_STRETCH = 0.55  # what the province's stretch may take of the width; its labels stand right of it
NEAREST_LABELS = 0.05  # of the width: of figures nearer than that, only the later one is written
MOST_DATES = 4  # that stand side by side in full
ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}  # keeps grid lines out of a label
LONG_DAYS = 500  # a longer axis is marked by the turns of its years


@dataclass(frozen=True)
class Words:
    """What is written on a picture, in the reader's language.

    `labels` are `title nation ylabel source`, for a province `own tide` too; `language` is "vi" or "en", for numbers
    and dates; `breaks` are ISO dates from which the share is defined differently, each with the words for its mark.
    """

    labels: dict[str, str]
    language: str
    breaks: Mapping[str, str] = field(default_factory=dict)


def plot_before_after(
    result: BeforeAfter,
    nation: tuple[Point, ...],
    words: Words,
    ax: Axes | None = None,
) -> Axes:
    """Draw the province's two figures, the band the national tide alone would give, and the nation's figures.

    Args:
        result: the change taken apart.
        nation: the national figures, in order of date, percent.
        words: what is written; its labels include `own` and `tide`.
        ax: where to draw; a new figure by default.
    """
    ax = ax or new_axes(height_in=2.0)
    with house_style():
        last, left = _day(result.after.date), _left(result)
        year_end = _day(f"{result.before.date[:4]}-12-31") + 6
        _set_dates(ax, left, max(year_end, left + (last - left) / WIDEST_STRETCH), words.language)
        highest = max(result.before.value_pct, result.after.value_pct)
        _draw_path(ax, result, nation)
        _draw_nation(ax, nation, words, highest=highest)
        _draw_tide_band(ax, result, words)
        _draw_own(ax, result, words)
        finish(ax, words.labels)
    return ax


def first_day_shown(result: BeforeAfter) -> str:
    """Return the ISO day at the left edge of a province's picture; earlier national figures lie outside it."""
    return (date(1970, 1, 1) + timedelta(days=_left(result))).isoformat()


def _left(result: BeforeAfter) -> float:
    first, last = _day(result.before.date), _day(result.after.date)
    return first - max(LEAD_DAYS, 0.2 * (last - first))


def plot_nation(nation: tuple[Point, ...], words: Words, ax: Axes | None = None) -> Axes:
    """Draw the nation's published figures on their dates, in percent, with marks where the definition changed."""
    ax = ax or new_axes(height_in=1.5)
    with house_style():
        first, last = _day(nation[0].date), _day(nation[-1].date)
        span = max(last - first, 365.0)
        _set_dates(ax, first - 0.12 * span, last + 0.16 * span, words.language)
        _draw_nation(ax, nation, words)
        ax.set_yticks(range(0, int(ax.get_ylim()[1]) + 1, TICK_PCT))
        finish(ax, words.labels)
    return ax


def _mark_breaks(ax: Axes, breaks: Mapping[str, str]) -> None:
    """Mark at the foot of the figure the days from which the share is defined differently."""
    low, high = ax.get_xlim()
    for iso, words in breaks.items():
        day = _day(iso)
        if low < day < high:
            ax.axvline(day, ymax=0.2, color=GREY, lw=1.0, ls="--")
            right = day > (low + high) / 2
            ax.annotate(words, (day, 0.09), xycoords=ax.get_xaxis_transform(), xytext=(-5 if right else 5, 0),
                        textcoords="offset points", ha="right" if right else "left", va="center",
                        fontsize=8, color=GREY)  # fmt: skip


def _draw_own(ax: Axes, result: BeforeAfter, words: Words) -> None:
    start, end = _day(result.before.date), _day(result.after.date)
    before, after = result.before.value_pct, result.after.value_pct
    ax.plot([start, end], [before, after], color=BLUE, lw=2.4, marker="o")
    _label(ax, start, before, percent(result.before, words.language), BLUE, dx=-6, ha="right")
    own = f"{words.labels['own']}: {percent(result.after, words.language)}"
    # The name stands left of the end, above the line; where the line does not rise, that side is taken.
    if after > before:
        _label(ax, end, after, own, BLUE, dx=-8, ha="right")
    else:
        _label(ax, end, after, own, BLUE, dx=9, dy=-5, ha="left")


def _draw_nation(ax: Axes, nation: tuple[Point, ...], words: Words, highest: float = 0.0) -> None:
    """Draw the nation's figures with room above for `highest`; of several close together only the last is written."""
    ax.set_ylim(0, _top(max(highest, *(p.value_pct for p in nation))))
    _mark_breaks(ax, words.breaks)
    days, values = [_day(p.date) for p in nation], [p.value_pct for p in nation]
    ax.plot(days, values, color=INK, ls="", marker="D", ms=4.5, scalex=False)
    low, high = ax.get_xlim()
    following = high + (high - low)
    for point, day in reversed(list(zip(nation, days, strict=True))):
        if following - day >= NEAREST_LABELS * (high - low):
            text = percent(point, words.language)
            _label(ax, day, point.value_pct, text, INK, dx=-4, dy=8, ha="right", clip=True)
            following = day
    _label(ax, days[-1], values[-1], words.labels["nation"], INK, dx=8, ha="left")


def _draw_path(ax: Axes, result: BeforeAfter, nation: tuple[Point, ...]) -> None:
    """Dot the evenest rise that the nation's figures allow, through the levels that printed changes imply."""
    even = next((tide.turns for tide in result.tides if tide.start_pct is not None), ())
    turns = {point.date: point.value_pct for point in (*nation, *even)}
    days = sorted(turns)
    ax.plot(
        [_day(day) for day in days], [turns[day] for day in days], color=GREY, lw=1.1, ls=":", scalex=False
    )


def _draw_tide_band(ax: Axes, result: BeforeAfter, words: Words) -> None:
    """Draw the wedge from the province's start to where the nation's smallest and largest rise would lead."""
    start, end = _day(result.before.date), _day(result.after.date)
    base = result.before.value_pct
    low, high = base + result.tide_low_pp, base + result.tide_high_pp
    ax.fill_between([start, end], [base, low], [base, high], color=BAND, zorder=1)
    ax.plot([start, end, end, start], [base, low, high, base], color=GREEN, lw=0.8, alpha=0.6)
    ax.plot([end, end], [low, high], color=GREEN, lw=3, marker="_", ms=7, solid_capstyle="butt")
    ends = dict.fromkeys(format_number(edge, 0, words.language) for edge in (low, high))
    _label(
        ax, end, (low + high) / 2, f"{words.labels['tide']} {'–'.join(ends)}%", GREEN, dx=9, dy=-5, ha="left"
    )


def _set_dates(ax: Axes, left: float, right: float, language: str) -> None:
    """Show a stretch of days by the ends of its quarters; a longer one by the turns of its years."""
    ax.set_xlim(left, right)
    first, last = (date(1970, 1, 1) + timedelta(days=edge) for edge in (left, right))
    years = range(first.year, last.year + 1)
    if right - left > LONG_DAYS:
        turns = [_day(f"{year}-01-01") for year in years if left <= _day(f"{year}-01-01") <= right]
        first_of_year = {"vi": "01/{}", "en": "Jan {}"}[language]
        starts = [(date(1970, 1, 1) + timedelta(days=turn)).year for turn in turns]
        ax.set_xticks(turns, [first_of_year.format(year) for year in starts])
        return
    ends = [f"{year}-{end}" for year in years for end in ("03-31", "06-30", "09-30", "12-31")]
    shown = [end for end in ends if left <= _day(end) <= right]
    shown = shown[:: 1 if len(shown) <= MOST_DATES else 2]
    ax.set_xticks([_day(end) for end in shown], [format_date(end, language) for end in shown])


def _top(highest: float) -> float:
    return TOP_PCT if highest < TOP_PCT - 10 else HIGHER_PCT


def _label(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    colour: str,
    *,
    dx: float = 0,
    dy: float = 0,
    ha: str = "center",
    clip: bool = False,
) -> None:
    ax.annotate(
        text, (x, y), xytext=(dx, dy), textcoords="offset points", color=colour, ha=ha, va="center",
        fontsize=8.5, annotation_clip=clip or None, bbox=ON_WHITE, zorder=1.5,
    )  # fmt: skip


def _day(iso: str) -> float:
    """Return a day as matplotlib counts them: days since 1 January 1970."""
    return float((date.fromisoformat(iso) - date(1970, 1, 1)).days)
