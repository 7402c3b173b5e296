"""Small multiples: one panel a province that set targets, each against the mean of the others, on the same axes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import Province, by_code
from analysis.reporting.charts import Chart
from analysis.reporting.numbers import format_number
from analysis.reporting.style import BLUE, GREY, INK, SHADE, VERMILLION, house_style, to_svg
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS, WIDTH_IN, ROW_IN = 5, 6.6, 1.0


@dataclass(frozen=True)
class Panel:
    """One province's own yearly shares, percent, with years without a figure left empty."""

    name: str
    own: pd.Series[Any]
    highlighted: bool


def panels_of(shares: pd.DataFrame, treated: Sequence[str], place: Province | None) -> list[Panel]:
    """Return a panel for each treated province that has figures, in the order of the Vietnamese alphabet."""
    wide = shares.pivot_table(index="period", columns="province_code", values="share_pct")
    codes = sorted((c for c in treated if c in wide), key=lambda code: sort_key(by_code()[code].name_vi))
    chosen = place.code if place is not None else ""
    return [Panel(by_code()[code].name_vi, wide[code], code == chosen) for code in codes]


def chart_each_treated(
    shares: pd.DataFrame,
    treated: Sequence[str],
    place: Province | None,
    *,
    first_treated: int,
    language: str = "en",
    keys: str = "",
) -> Chart:
    """Chart every treated province on its own against the yearly mean of the others.

    Args:
        shares: one row a province and year: `province_code, period, share_pct`.
        treated: codes of the provinces that set targets.
        place: the province to set off from the rest, if it is one of them, or None.
        first_treated: the first year after treatment; panels are shaded from there.
        language: "vi" or "en".
        keys: numbers of the sources, for the line under the figure.
    """
    texts = load_texts("brief", language)["chart_each"]
    panels = panels_of(shares, treated, place)
    others = shares[~shares["province_code"].isin(treated)]
    means = others.groupby("period")["share_pct"].mean()
    labels = {k: texts[k].format(n=others["province_code"].nunique()) for k in ("title", "ylabel", "key")}
    labels["source"] = texts["source"].format(keys=keys) if keys else texts["source"].replace(" [{keys}]", "")
    axes = plot_each(panels, means, labels, first_treated=first_treated)
    ends = "; ".join(f"{panel.name}: {_ends(panel.own, language)}" for panel in panels)
    return Chart(to_svg(axes), texts["alt"].format(n=len(panels), panels=ends, others=_ends(means, language)))


def plot_each(
    panels: Sequence[Panel], means: pd.Series[Any], labels: dict[str, str], *, first_treated: int
) -> Axes:
    """Draw the panels in rows of five; return the first panel's axis.

    Args:
        panels: one a province.
        means: the others' yearly mean, percent, index year.
        labels: `title ylabel key source`; `key` says what line and shade are.
        first_treated: the first year after treatment.
    """
    with house_style():
        figure, grid = _grid(len(panels))
        for panel, ax in zip(panels, grid, strict=True):
            _draw(ax, panel, means, first_treated)
        grid[0].set_ylim(bottom=0)
        grid[0].locator_params(axis="y", integer=True, nbins=4)
        figure.suptitle(labels["title"], x=0.01, ha="left", fontsize=10, fontweight="bold")
        figure.supylabel(labels["ylabel"], fontsize=9)
        note = "\n".join((labels["key"], labels["source"]))
        figure.supxlabel(note, x=0.01, ha="left", fontsize=7.5, color=GREY)
    return grid[0]


def _grid(count: int) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    rows = math.ceil(count / COLUMNS)
    figure = Figure(figsize=(WIDTH_IN, ROW_IN * rows + 0.75), layout="constrained")
    grid = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for empty in grid.flat[count:]:
        empty.set_visible(False)
    return figure, list(grid.flat[:count])


def _draw(ax: Axes, panel: Panel, means: pd.Series[Any], first_treated: int) -> None:
    first, last = int(means.index.min()), int(means.index.max())
    colour, width = (BLUE, 2.4) if panel.highlighted else (VERMILLION, 1.5)
    ax.axvspan(first_treated - 0.5, last + 0.4, color=SHADE, zorder=0)
    ax.plot(means.index, means, color=INK, lw=1.1, ls="--")
    ax.plot(
        panel.own.index, panel.own, color=colour, lw=width, marker="s" if panel.highlighted else "o", ms=3
    )
    weight = "bold" if panel.highlighted else "normal"
    ax.set_title(panel.name, fontsize=8, fontweight=weight, color=colour if panel.highlighted else INK, pad=3)
    ax.set_xticks([first, last])
    ax.set_xlim(first - 0.5, last + 0.5)
    ax.tick_params(labelsize=7.5)


def _ends(values: pd.Series[Any], language: str) -> str:
    return " → ".join(_words(values.dropna(), language))


def _words(values: pd.Series[Any], language: str) -> Iterator[str]:
    for place in (0, -1):
        yield f"{format_number(float(values.iloc[place]), 1, language)}% ({values.index[place]})"
