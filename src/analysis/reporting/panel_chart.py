"""The picture of a panel's brief: the province's line and the country's, from which period targets count."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from analysis.reporting import figures
from analysis.reporting.charts import SOURCE_CHARACTERS, Chart, source_line
from analysis.reporting.numbers import format_number, format_period
from analysis.reporting.panel_findings import DECIDED
from analysis.reporting.panel_words import PanelWords
from analysis.reporting.style import BLUE, GREY, INK, house_style, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_MARKS = 8  # names of periods below the axis that the usual width has room for


def chart_panel(words: PanelWords, keys: str) -> Chart:
    """Chart the province's figures and the country's by period; the alternative text gives the values at both ends."""
    texts, writer = words.texts["chart"], words.writer
    findings = words.findings
    own, nation = findings.own, findings.panel.nation
    labels = {"title": words.label[0].upper() + words.label[1:], "ylabel": "%"}
    labels |= {"own": words.place, "nation": writer.texts["chart_published"]["nation"]}
    labels["shade"] = texts["shade"] if findings.role == DECIDED else ""
    labels["source"] = fill(source_line(texts["source"], keys), SOURCE_CHARACTERS)
    with house_style():
        axes = _draw(words, labels)
    ends = {
        f"{who}_{side}": f"{format_number(float(rows[column].iloc[place]), 1, writer.language)}% "
        f"({format_period(str(rows['period'].iloc[place]), writer.language)})"
        for who, rows, column in (("own", own, "outcome"), ("nation", nation, "value"))
        if len(rows)
        for side, place in (("first", 0), ("last", -1))
    }
    alt = texts["alt" if len(nation) else "alt_alone"].format(place=words.place, label=words.label, **ends)
    return Chart(to_svg(axes), alt)


def _draw(words: PanelWords, labels: dict[str, str]) -> Axes:
    findings, language = words.findings, words.writer.language
    axes = figures.new_axes(height_in=2.1)
    periods = [str(period) for period in findings.panel.periods]
    places = {period: number for number, period in enumerate(periods)}
    start = findings.start
    if findings.role == DECIDED and start is not None:
        after = next((place for period, place in places.items() if period >= start.period), len(periods))
        figures.shade_from(axes, after - 0.5, len(periods) - 0.5, labels["shade"])
    ends = []
    for rows, column, name, colour, style in (
        (findings.own, "outcome", "own", BLUE, "-"),
        (findings.panel.nation, "value", "nation", INK, "--"),
    ):
        kept = rows[rows["period"].astype(str).isin(places)]
        if len(kept):
            values = dict(zip(kept["period"].astype(str), kept[column].astype(float), strict=True))
            # A period without a figure breaks the line.
            axes.plot(range(len(periods)), [values.get(period, float("nan")) for period in periods],
                      color=colour, ls=style, lw=2.0)  # fmt: skip
            ends.append((float(kept[column].iloc[-1]), labels[name], colour))
    for day in findings.panel.breaks_inside:
        broke = next((place for period, place in places.items() if period >= day[: len(period)]), None)
        if broke is not None:
            axes.axvline(broke - 0.5, color=GREY, lw=0.9, ls=":")
    step = -(-len(periods) // MOST_MARKS)
    axes.set_xticks(range(0, len(periods), step), [_short(period, language) for period in periods[::step]])
    axes.set_xlim(-0.5, len(periods) * 1.18)
    axes.set_ylim(0, axes.get_ylim()[1])
    figures.leave_headroom(axes)
    figures.label_ends(axes, len(periods) - 1, ends)
    figures.finish(axes, labels)
    return axes


def _short(period: str, language: str) -> str:
    """Write a period as an axis has room for it: 4/2022, Q2 2022."""
    if len(period) == len("2022-04") and "-" in period:
        return f"{int(period[5:])}/{period[:4]}"
    return format_period(period, language)
