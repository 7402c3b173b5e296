"""The picture of published figures: a province between two dates beside the national trend, or the nation alone."""

from __future__ import annotations

from datetime import date
from textwrap import fill
from typing import TYPE_CHECKING, Any

from analysis.panels.published_results import BeforeAfter, NotAvailable, Point
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import Province
from analysis.reference.test_data import marked
from analysis.reporting.charts import SHARE, Chart
from analysis.reporting.display import Answer
from analysis.reporting.figures import finish, label_ends, new_axes, percent
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.place_names import shown_name
from analysis.reporting.style import BLUE, GREEN, GREY, INK, house_style, to_svg
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOURCE_CHARACTERS = 118  # what the line under a figure of the usual width has room for
MOST_DATES = 7  # ticks that stand side by side
NEAREST = 0.05  # of the width: of national figures nearer than that, only the later one is written
HEADROOM, DAYS_BESIDE = 1.2, 60  # room above the highest figure, and on either side of the first and last


def chart_published(
    result: BeforeAfter | NotAvailable,
    nation: tuple[Point, ...],
    place: Province,
    *,
    indicator: str = SHARE,
    language: str = "en",
) -> Chart | Answer:
    """Chart a province's figures beside the country's; the country's alone where the province has no pair.

    Args:
        result: the change taken apart, or the reason why there is none.
        nation: the nation's figures, published or summed, in order of date, percent; none gives an answer in words.
        place: the province.
        indicator: the figures' code in the codebook.
        language: "vi" or "en".
    """
    if not nation:
        return Answer("No national figures to draw.")
    texts, name = load_texts("brief", language)["chart_published"], shown_name(place, language)
    line = find_indicator(indicator)
    summed = {point.is_summed for point in nation}
    kind = "both" if len(summed) > 1 else "summed" if True in summed else "published"
    ends: list[tuple[float, str, str]] = []
    axes = new_axes(height_in=2.3)
    with house_style():
        if isinstance(result, BeforeAfter):
            ends += _draw_own(axes, result, name, texts, language)
        ends.append((nation[-1].value_pct, str(texts["nation"]), INK))
        _draw_nation(axes, nation, result, language)
        label_ends(axes, axes.get_xlim()[1], ends, stroke=False)
        for day in line.breaks:
            at, low, high = _day(day.isoformat()), *axes.get_xlim()
            if low < at < high:
                axes.axvline(at, color=GREY, lw=1.0, ls="--")
                note = texts["broke"].format(date=format_date(day.isoformat(), language))
                axes.annotate(note, (at, 0.03), xycoords=axes.get_xaxis_transform(), fontsize=8, color=GREY,
                              xytext=(-4, 0), textcoords="offset points", ha="right")  # fmt: skip
        title = texts["title"] if indicator == SHARE else getattr(line, f"name_{language}")
        places = [point.raw_location for point in (*nation, *_pair_of(result))]
        source = marked(texts["source"].format(figures=texts[f"figures_{kind}"]), places, language)
        finish(axes, {"title": title, "ylabel": "%", "source": fill(source, SOURCE_CHARACTERS)})
    series = ", ".join(f"{percent(p, language)} ({format_date(p.date, language)})" for p in nation)
    alt = texts["alt_nation"].format(of_nation=texts[f"nation_{kind}"], nation_series=series)
    return Chart(to_svg(axes), f"{_told(result, name, texts, language)}{alt}")


def _draw_own(
    axes: Axes, result: BeforeAfter, name: str, texts: dict[str, Any], language: str
) -> list[tuple[float, str, str]]:
    """Draw the province's two figures, and where the country's rise alone would have led; return the lines' names."""
    days = [_day(result.before.date), _day(result.after.date)]
    base, after = result.before.value_pct, result.after.value_pct
    axes.plot(days, [base, after], color=BLUE, lw=2.4, marker="o")
    low, high = base + result.tide_low_pp, base + result.tide_high_pp
    axes.fill_between(days, [base, low], [base, high], color=GREEN, alpha=0.18, lw=0)
    axes.plot([days[1]] * 2, [low, high], color=GREEN, lw=3, marker="_", ms=7)
    axes.annotate(percent(result.before, language), (days[0], base), xytext=(-6, 3), color=BLUE,
                  textcoords="offset points", ha="right", fontsize=8.5)  # fmt: skip
    reach = "–".join(dict.fromkeys(format_number(edge, 0, language) for edge in (low, high)))
    return [
        (after, f"{name}: {percent(result.after, language)}", BLUE),
        ((low + high) / 2, f"{texts['tide'].format(province=name)} {reach}%", GREEN),
    ]


def _draw_nation(
    axes: Axes, nation: tuple[Point, ...], result: BeforeAfter | NotAvailable, language: str
) -> None:
    """Draw the nation's figures and the axes; beside a pair only those from shortly before it on."""
    from matplotlib.dates import AutoDateLocator, DateFormatter

    pair = _pair_of(result) or (nation[0], nation[-1])
    start, end = (_day(point.date) for point in pair)
    beside = max(DAYS_BESIDE, (end - start) / 5)
    first, last = start - beside, max(end, *(_day(one.date) for one in nation if _day(one.date) < end + 365))
    axes.set_xlim(first, last + beside / 2)
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=MOST_DATES))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%m/%Y"))  # type: ignore[no-untyped-call]
    inside = [point for point in nation if first < _day(point.date) <= last]
    axes.plot(
        [_day(p.date) for p in inside], [p.value_pct for p in inside], color=INK, ls="", marker="D", ms=4.5
    )
    axes.set_ylim(0, HEADROOM * max(point.value_pct for point in (*pair, *inside)))
    nearest = NEAREST * (last - first)
    for point, following in zip(inside, [*inside[1:], None], strict=True):
        if following is None or _day(following.date) - _day(point.date) >= nearest:
            axes.annotate(percent(point, language), (_day(point.date), point.value_pct), xytext=(0, 6), fontsize=8.5,
                          textcoords="offset points", ha="center", color=INK)  # fmt: skip


def _told(result: BeforeAfter | NotAvailable, name: str, texts: dict[str, Any], language: str) -> str:
    """Say what the picture shows of the province; nothing where it shows the country alone."""
    if isinstance(result, NotAvailable):
        return ""
    edges = [result.before.value_pct + rise for rise in (result.tide_low_pp, result.tide_high_pp)]
    low, high = (f"{format_number(edge, 1, language)}%" for edge in edges)
    before, after = result.before, result.after
    return str(texts["alt"]).format(
        province=name, before=percent(before, language), before_date=format_date(before.date, language),
        after=percent(after, language), after_date=format_date(after.date, language),
        tide_end_low=low, tide_end_high=high,
    )  # fmt: skip


def _pair_of(result: BeforeAfter | NotAvailable) -> tuple[Point, ...]:
    return (result.before, result.after) if isinstance(result, BeforeAfter) else ()


def _day(iso: str) -> float:
    """Return a day as matplotlib counts them: days since 1 January 1970."""
    return float((date.fromisoformat(iso) - date(1970, 1, 1)).days)
