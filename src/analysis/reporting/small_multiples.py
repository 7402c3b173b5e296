"""Small multiples: one panel a province that set targets, each against the mean of the others, on the same axes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import Province, by_code
from analysis.reporting.charts import Chart, source_line
from analysis.reporting.figures import new_axes
from analysis.reporting.numbers import format_number
from analysis.reporting.style import BLUE, GREY, GRID, INK, SHADE, VERMILLION, house_style, to_svg
from analysis.reporting.survey_shares import SurveyShares
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS, WIDTH_IN, ROW_IN = 5, 6.6, 0.84
GAP_YEARS = 0.9  # between two panels of a row
ROW_PITCH = 1.58  # from a row to the next, in heights of a panel: room for years and names


@dataclass(frozen=True)
class Panel:
    """One province's own yearly shares, percent, with years without a figure left empty."""

    name: str
    own: pd.Series[Any]
    highlighted: bool


def panels_of(shares: SurveyShares, place: Province | None) -> list[Panel]:
    """Return a panel for each treated province that has figures, in the order of the Vietnamese alphabet."""
    wide = shares.by_province
    codes = sorted(
        (c for c in shares.treated if c in wide), key=lambda code: sort_key(by_code()[code].name_vi)
    )
    chosen = place.code if place is not None else ""
    return [Panel(by_code()[code].name_vi, wide[code], code == chosen) for code in codes]


def chart_each_treated(
    shares: SurveyShares, place: Province | None = None, *, language: str = "en", keys: str = ""
) -> Chart:
    """Chart every treated province on its own against the yearly mean of the others.

    Args:
        shares: the survey's shares and the two groups; panels are shaded from the first year after.
        place: the province to set off from the rest, if it is one of them, or None.
        language: "vi" or "en".
        keys: numbers of the sources, for the line under the figure.
    """
    texts = load_texts("brief", language)["chart_each"]
    panels, means, first_treated = panels_of(shares, place), shares.means["others"], shares.first_treated
    words = {"n": shares.counts["others"], "year": first_treated}
    labels = {k: texts[k].format(**words) for k in ("title", "ylabel", "key")}
    at_floor = [f"{p.name} {year}" for p in panels for year, share in p.own.items() if share <= 0]
    floor = texts["floor"].format(points=", ".join(at_floor)) if at_floor else ""
    labels["source"] = source_line(texts["source"], keys, floor=floor)
    axes = plot_each(panels, means, labels, first_treated=first_treated)
    ends = "; ".join(f"{panel.name}: {_ends(panel.own, language)}" for panel in panels)
    return Chart(to_svg(axes), texts["alt"].format(n=len(panels), panels=ends, others=_ends(means, language)))


def plot_each(
    panels: Sequence[Panel], means: pd.Series[Any], labels: dict[str, str], *, first_treated: int
) -> Axes:
    """Draw the panels in rows of five on one axis and return it; each panel is moved to its place on the sheet.

    An axis of its own for each panel would cost as much as all else in a brief.

    Args:
        panels: one a province.
        means: the others' yearly mean, percent, index year.
        labels: `title ylabel key source`; `key` says what line and shade are.
        first_treated: the first year after treatment.
    """
    sheet = _Sheet.of(panels, means)
    with house_style():
        ax = new_axes(WIDTH_IN, ROW_IN * math.ceil(len(panels) / COLUMNS) + 0.75)
        ax.set_axis_off()
        for number, panel in enumerate(panels):
            _draw(ax, sheet, number, panel, means, first_treated)
        _draw_scales(ax, sheet, len(panels), first_treated)
        ax.set_xlim(-1.3, COLUMNS * sheet.width - GAP_YEARS)
        ax.set_ylim(sheet.origin(len(panels) - 1)[1] - 0.25 * sheet.top, 1.3 * sheet.top)
        figure = ax.get_figure(root=True)
        assert figure is not None
        figure.suptitle(labels["title"], x=0.01, ha="left", fontsize=10, fontweight="bold")
        figure.supylabel(labels["ylabel"], fontsize=9)
        note = "\n".join((labels["key"], labels["source"]))
        figure.supxlabel(note, x=0.01, ha="left", fontsize=7.5, color=GREY)
    return ax


@dataclass(frozen=True)
class _Sheet:
    """Where panels lie: years to the right of a panel's left edge, percent above its foot, all on one scale."""

    first: int
    last: int
    ticks: tuple[float, ...]
    top: float

    @classmethod
    def of(cls, panels: Sequence[Panel], means: pd.Series[Any]) -> _Sheet:
        from matplotlib.ticker import MaxNLocator

        highest = max(float(means.max()), *(float(panel.own.max()) for panel in panels))
        found = MaxNLocator(nbins=3, integer=True, steps=[1, 2, 5, 10]).tick_values(0, highest)
        ticks = tuple(tick for tick in found if tick >= 0)
        return cls(int(means.index.min()), int(means.index.max()), ticks, max(1.05 * highest, ticks[-1]))

    @property
    def width(self) -> float:
        return self.last - self.first + 1 + GAP_YEARS

    def origin(self, number: int) -> tuple[float, float]:
        """Return the left edge and the foot of a panel."""
        row, column = divmod(number, COLUMNS)
        return column * self.width, -row * ROW_PITCH * self.top

    def place(self, number: int, values: pd.Series[Any]) -> tuple[list[float], list[float]]:
        """Return a panel's series where it is drawn; an empty year breaks its line."""
        left, foot = self.origin(number)
        return [left + 0.5 + year - self.first for year in values.index], [foot + value for value in values]


def _draw(
    ax: Axes, sheet: _Sheet, number: int, panel: Panel, means: pd.Series[Any], first_treated: int
) -> None:
    left, foot = sheet.origin(number)
    right, start = left + sheet.last - sheet.first + 1, left + first_treated - sheet.first
    colour, width, marker = (BLUE, 2.4, "s") if panel.highlighted else (VERMILLION, 1.5, "o")
    ax.fill([start, right, right, start], [foot, foot, foot + sheet.top, foot + sheet.top], color=SHADE, lw=0)
    ax.plot(*sheet.place(number, means), color=INK, lw=1.1, ls="--")
    ax.plot(*sheet.place(number, panel.own), color=colour, lw=width, marker=marker, ms=3)
    weight, ink = ("bold", colour) if panel.highlighted else ("normal", INK)
    ax.text(left, foot + 1.13 * sheet.top, panel.name, fontsize=8, fontweight=weight, color=ink)


def _draw_scales(ax: Axes, sheet: _Sheet, count: int, first_treated: int) -> None:
    """Rule every panel, a tick a year; write percents left of the rows, first, shaded and last year below."""
    lefts, feet = zip(*(sheet.origin(number) for number in range(count)), strict=True)
    for tick in sheet.ticks:
        heights, rights = [foot + tick for foot in feet], [left + sheet.width - GAP_YEARS for left in lefts]
        ax.hlines(heights, lefts, rights, colors=GREY if tick == 0 else GRID, lw=0.8, zorder=1)
    years = [0.5 + year - sheet.first for year in range(sheet.first, sheet.last + 1)]
    at = [(left + year, foot) for left, foot in zip(lefts, feet, strict=True) for year in years]
    ax.vlines(
        [x for x, _ in at], [y - 0.05 * sheet.top for _, y in at], [y for _, y in at], colors=GREY, lw=0.6
    )
    for number in range(0, count, COLUMNS):
        left, foot = sheet.origin(number)
        for tick in sheet.ticks:
            ax.text(left - 0.2, foot + tick, f"{tick:.0f}", fontsize=7.5, ha="right", va="center")
    for number in range(max(0, count - COLUMNS), count):
        left, foot = sheet.origin(number)
        for year in (sheet.first, first_treated, sheet.last):
            place = left + 0.5 + year - sheet.first
            ax.text(place, foot - 0.08 * sheet.top, str(year), fontsize=6.5, ha="center", va="top")


def _ends(values: pd.Series[Any], language: str) -> str:
    return " → ".join(_words(values.dropna(), language))


def _words(values: pd.Series[Any], language: str) -> Iterator[str]:
    for place in (0, -1):
        yield f"{format_number(float(values.iloc[place]), 1, language)}% ({values.index[place]})"
