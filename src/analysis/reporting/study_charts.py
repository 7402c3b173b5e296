"""Figures of a study's panel, drawn by seaborn on any frequency: groups over time, each province, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.estimation.results import Estimate
from analysis.reference.indicators import find_indicator
from analysis.reference.test_data import marked
from analysis.reporting.answer_words import in_points, unit_words
from analysis.reporting.charts import Chart
from analysis.reporting.display import Answer
from analysis.reporting.figures import finish, leave_headroom, new_axes, shade_from
from analysis.reporting.style import BLUE, GREY, INK, VERMILLION, house_style, to_svg
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.study_panel import StudyPanel

TREATED, OTHERS = "with targets", "others"
MOST_TICKS = 9
MIDDLE = 80  # per cent of the provinces that lie in the band of a group


def _levels(panel: StudyPanel) -> pd.DataFrame:
    """Return the panel's levels with `level`, `group` and `at`, the place of the period in order."""
    places = {period: number for number, period in enumerate(panel.periods)}
    rows = panel.levels
    return rows.assign(
        level=rows[panel.level_name],
        group=rows["treated_from"].notna().map({True: TREATED, False: OTHERS}),
        at=rows["period"].map(places),
    )


def chart_groups(panel: StudyPanel, language: str = "en") -> Chart:
    """Chart the mean of each group by period, with the band in which its middle provinces lie."""
    import seaborn as sns

    rows, words = _levels(panel), load_texts("explore", language)["figures"]
    counts = rows.groupby("group")["province_code"].nunique()
    groups = {TREATED: words["treated"], OTHERS: words["others"]}
    names = {group: f"{groups[group]} ({counts[group]})" for group in groups if group in counts}
    axes = new_axes(height_in=2.9)
    with house_style():
        sns.lineplot(
            rows.assign(group=rows["group"].map(names)), x="at", y="level", hue="group", style="group", ax=axes,
            hue_order=list(names.values()), style_order=list(names.values()), palette=[VERMILLION, INK][: len(names)],
            errorbar=("pi", MIDDLE), err_kws={"alpha": 0.15, "lw": 0}, lw=2.2,
        )  # fmt: skip
        _shade_starts(axes, panel, words)
        mark_periods(axes, panel.periods)
        axes.legend(title="", frameon=False, loc="best")
        indicator = getattr(find_indicator(panel.study.outcome), f"name_{language}")
        labels = {"title": words["groups"].format(indicator=indicator), "ylabel": unit_sign(panel)}
        finish(axes, labels | {"source": source_line(panel, language)})
    means = rows.pivot_table(index="period", columns="group", values="level").iloc[[0, -1]]
    told = "; ".join(
        f"{group}: {' → '.join(f'{v:.1f} ({p})' for p, v in means[group].items())}" for group in names
    )
    return Chart(to_svg(axes), words["alt_groups"].format(middle=MIDDLE, told=told))


def chart_each(panel: StudyPanel) -> Chart:
    """Chart each treated province in a panel of its own, beside the mean of the others; a stroke marks its start."""
    import matplotlib.pyplot as plt
    import seaborn as sns

    rows = _levels(panel)
    treated = rows[rows["group"] == TREATED].sort_values(["province", "at"])
    others = rows[rows["group"] == OTHERS].groupby("at")["level"].mean()
    starts = treated.drop_duplicates("province").set_index("province")["treated_from"]
    with house_style():
        # A place without a figure breaks the line.
        whole = treated.pivot_table(index="at", columns="province", values="level").reindex(
            range(len(panel.periods))
        )
        long = whole.melt(ignore_index=False, value_name="level").reset_index()
        grid = sns.FacetGrid(long, col="province", col_wrap=min(5, len(starts)), height=1.25, aspect=1.1)
        for name, axes in grid.axes_dict.items():
            own = whole[name]
            axes.axvline(panel.periods.index(starts[name]) - 0.5, color=GREY, lw=1, ls=":")
            axes.plot(others.index, others, color=INK, lw=1.1, ls="--")
            axes.plot(own.index, own, color=VERMILLION, lw=1.6)
            mark_periods(axes, panel.periods, most=2)
        grid.set_titles("{col_name}", size=8).set_axis_labels("", "").tick_params(labelsize=5.5)
        grid.figure.supylabel(unit_sign(panel), fontsize=8)
        note = "Red: the province; dashes: mean of the others; dots: its start. " + source_line(panel)
        grid.figure.text(0.01, -0.02, note, fontsize=7, color=GREY, va="top")
        svg = _close(plt, grid)
    ends = "; ".join(
        f"{n}: {whole[n].dropna().iloc[0]:.1f} → {whole[n].dropna().iloc[-1]:.1f}" for n in whole
    )
    return Chart(svg, f"{len(starts)} small figures, each treated province beside the others' mean. {ends}.")


def _close(plt: Any, grid: Any) -> str:
    """Return a grid's figure as SVG, and close it: else a notebook would show it a second time."""
    grid.figure.set_layout_engine("constrained")
    svg = to_svg(next(iter(grid.axes.flat)))
    plt.close(grid.figure)
    return svg


def chart_events(
    result: Estimate | None, panel: StudyPanel, language: str = "en", *, scale: float = 0.0
) -> Chart | Answer:
    """Chart effects by time since the start, before and after, in points; without an event study say so.

    `scale` are points in one unit of the estimate: by default the panel's.
    """
    if result is None:
        return Answer("No event study: the table of methods says why.")
    scale = scale or panel.points_per_unit or 1.0
    words = load_texts("explore", language)["figures"]
    terms = sorted(
        (t for t in result.terms if t.event_time is not None), key=lambda term: term.event_time or 0
    )
    times = [term.event_time or 0 for term in terms]
    axes = new_axes(height_in=2.7)
    with house_style():
        shade_from(axes, -0.5, max(times) + 0.5, words["after"])
        axes.axhline(0, color=INK, lw=0.8)
        for at, term in zip(times, terms, strict=True):
            if term.conf_low is not None and term.conf_high is not None:
                axes.plot([at, at], [term.conf_low * scale, term.conf_high * scale], color=BLUE, lw=1.6)
            face = "white" if term.is_reference else BLUE
            axes.plot([at], [term.estimate * scale], "o", ms=5, color=BLUE, mfc=face)
        leave_headroom(axes)
        axes.set_xlabel(f"{period_name(panel)}s since the start" if language == "en" else words["since"])
        labels = {
            "title": words["events"],
            "ylabel": panel.level_name if language == "en" else unit_sign(panel),
        }
        finish(axes, labels | {"source": source_line(panel, language)})
    told = ", ".join(f"{t.event_time}: {t.estimate * scale:.2f}" for t in terms if not t.is_reference)
    unit = panel.level_name if language == "en" else unit_sign(panel)
    return Chart(to_svg(axes), words["alt_events"].format(unit=unit, told=told))


def chart_doses(answer: StudyAnswer, panel: StudyPanel) -> Chart | Answer:
    """Chart each province's own effect over the height of its target; say so where heights or effects are missing."""
    import seaborn as sns

    doses = {start.province_code: start.dose for start in panel.starts}
    rows = pd.DataFrame(
        [(doses[own.province_code], in_points(own.estimate, answer.points_per_unit)) for own in answer.own
         if doses.get(own.province_code) is not None], columns=["dose", "effect"],
    )  # fmt: skip
    if rows["dose"].nunique() < 2:
        return Answer(
            "No comparison of high and low targets: they do not differ, or no effect is known by province."
        )
    axes = new_axes(height_in=2.5)
    with house_style():
        sns.regplot(
            rows, x="dose", y="effect", ax=axes, ci=None, color=BLUE, line_kws={"lw": 1.4, "ls": "--"}
        )
        axes.set_xlabel("target, percent")
        labels = {
            "title": "Own effect by the height of the target",
            "ylabel": unit_words(answer.points_per_unit, answer.unit),
        }
        finish(axes, labels | {"source": source_line(panel)})
    means = rows.groupby("dose")["effect"].agg(["mean", "size"])
    told = "; ".join(
        f"target {dose:g}%: {row['mean']:.1f} ({row['size']:.0f} provinces)" for dose, row in means.iterrows()
    )
    return Chart(
        to_svg(axes), f"A point a province, its own effect over its target, with a fitted line. {told}."
    )


def chart_cells(rows: pd.DataFrame, *, title: str, unit: str, source: str) -> Chart:
    """Chart a heat map of provinces by period; a cell without a figure stays white.

    Args:
        rows: province, period, level; one row a cell.
        title, unit, source: what is written at the figure.
    """
    import seaborn as sns

    wide = rows.pivot_table(index="province", columns="period", values="level")
    axes = new_axes(height_in=max(2.0, 0.11 * len(wide) + 0.9))
    with house_style():
        sns.heatmap(
            wide,
            ax=axes,
            cmap="cividis",
            cbar_kws={"label": unit},
            yticklabels=1,
            xticklabels=max(1, wide.shape[1] // MOST_TICKS),
        )
        axes.tick_params(axis="y", labelsize=5.5, length=0)
        axes.tick_params(axis="x", labelsize=7, rotation=0)
        axes.grid(visible=False)
        axes.set_xlabel("")
        finish(axes, {"title": title, "ylabel": "", "source": source})
    empty = int(wide.isna().sum().sum())
    return Chart(
        to_svg(axes),
        f"Heat map of {len(wide)} provinces by {wide.shape[1]} periods; {empty} cells without a figure are white.",
    )


def source_line(panel: StudyPanel, language: str = "en") -> str:
    """Write the line under a figure: how many publications the figures come from."""
    indicator = getattr(find_indicator(panel.study.outcome), f"name_{language}")
    words = load_texts("explore", language)["figures"]
    source = str(words["source"].format(indicator=indicator, n=panel.rows["source_id"].nunique()))
    return marked(source, panel.rows["raw_location"], language)


def _shade_starts(axes: Axes, panel: StudyPanel, words: dict[str, str]) -> None:
    """Shade from the first start on, and where starts differ mark the last one."""
    starts = sorted(panel.periods.index(value) for value in set(panel.rows["treated_from"].dropna()))
    if not starts:
        return
    label = words["after"] if len(starts) == 1 else words["staggered"]
    shade_from(axes, starts[0] - 0.5, len(panel.periods) - 0.5, label)
    if len(starts) > 1:
        axes.axvline(starts[-1] - 0.5, color=GREY, lw=1, ls=":")
    leave_headroom(axes)


def mark_periods(axes: Axes, periods: list[Any], most: int = MOST_TICKS) -> None:
    """Write periods below an axis of their places, so many that they can be read."""
    step = max(1, -(-len(periods) // most))
    places = list(range(0, len(periods), step)) if most > 2 else [0, len(periods) - 1]
    axes.set_xticks(places, [str(periods[place]) for place in places])
    axes.set_xlabel("")


def unit_sign(panel: StudyPanel) -> str:
    """Return what stands at an axis of levels: the unit, or a per cent sign for a share."""
    return panel.unit if panel.points_per_unit is None else "%"


def period_name(panel: StudyPanel) -> str:
    """Return the English word for one period of a panel."""
    return {"A": "year", "S": "half-year", "Q": "quarter", "M": "month"}[panel.frequency]
