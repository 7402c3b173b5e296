"""An interrupted series in words and as a picture: figures, the line before carried on, the line after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from analysis.panels.published_results import InterruptedSeries
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import Province
from analysis.reporting.charts import Chart
from analysis.reporting.display import Answer
from analysis.reporting.figures import finish, label_ends, leave_headroom, new_axes, shade_from
from analysis.reporting.numbers import format_number
from analysis.reporting.style import BLUE, VERMILLION, house_style, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOURCE = "Source: published figures; own computation."
MOST_TICKS = 8


class Refusal(Protocol):
    """Why a series could not be estimated."""

    reason: str


def answer_series(found: InterruptedSeries | Refusal, place: Province) -> Answer:
    """Say how far the series lies from its own earlier line, or what it lacks."""
    if not isinstance(found, InterruptedSeries):
        return Answer(f"{place.name_vi}: no interrupted time series, because {found.reason}")
    return Answer(
        f"{_sentence(found, place)} A line carried on is not what would have happened: whatever else began in "
        "those months is in the gap."
    )


def chart_series(
    found: InterruptedSeries | Refusal, place: Province, *, source: str = SOURCE
) -> Chart | Answer:
    """Chart the series with its two lines; where there is no estimate, say that there is nothing to draw."""
    if not isinstance(found, InterruptedSeries):
        return Answer("Nothing to draw: the series is too short or has gaps.")
    ends = (
        f"from {found.observed[0]:.1f} ({found.periods[0]}) to {found.observed[-1]:.1f} ({found.periods[-1]})"
    )
    alt = f"Line chart of {_what(found, place)}, {ends}, with a line before {found.start} carried on and a line after."
    return Chart(to_svg(plot_series(found, place, source=source)), f"{alt} {_sentence(found, place)}")


def plot_series(
    found: InterruptedSeries, place: Province, *, source: str = SOURCE, ax: Axes | None = None
) -> Axes:
    """Draw the figures as dots, the fitted lines, and the earlier line carried on past the interruption."""
    ax = ax or new_axes(height_in=2.8)
    places, first = range(len(found.periods)), found.periods.index(found.start)
    with house_style():
        shade_from(ax, first - 0.5, len(places) - 0.5, f"from {found.start} on")
        ax.plot(places, found.observed, ls="", marker="o", ms=4, color=BLUE)
        for part in (slice(0, first), slice(first, None)):
            ax.plot(places[part], found.fitted[part], color=BLUE, lw=2.0)
        ax.plot(places[first - 1 :], found.carried_on[first - 1 :], color=VERMILLION, lw=2.0, ls="--")
        leave_headroom(ax)
        ends = [(found.fitted[-1], "fitted", BLUE), (found.carried_on[-1], "carried on", VERMILLION)]
        label_ends(ax, places[-1] + 0.2, ends)
        step = -(-len(places) // MOST_TICKS)
        ax.set_xticks(places[::step], found.periods[::step])
        ax.set_xlim(-0.6, len(places) + max(1.5, 0.16 * len(places)))
        unit = "percentage points" if found.compared else "%"
        finish(ax, {"title": _what(found, place), "ylabel": unit, "source": source})
    return ax


def _what(found: InterruptedSeries, place: Province) -> str:
    name = find_indicator(found.indicator).name_en
    return f"{place.name_vi}: {name[0].lower()}{name[1:]}" + (
        ", less the country's" if found.compared else ""
    )


def _sentence(found: InterruptedSeries, place: Province) -> str:
    estimate = found.estimate
    interval = (
        ""
        if estimate.conf_low is None or estimate.conf_high is None
        else f" ({estimate.conf_level:.0%} interval {_pp(estimate.conf_low)} to {_pp(estimate.conf_high)}, "
        "AR(1) errors)"
    )
    against = ", less the country's," if found.compared else ""
    return (
        f"{place.name_vi}'s series{against} lies on average {_pp(estimate.estimate)} percentage points from its own "
        f"earlier line from {found.start} on{interval}."
    )


def _pp(value: float) -> str:
    text = format_number(value, 1, "en")
    return f"+{text}" if value > 0 and text != "0.0" else text
