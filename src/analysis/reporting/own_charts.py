"""Figures of one province beside its synthetic control: the two lines, and the gaps of the donors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.estimation.results import Estimate
from analysis.reporting.charts import Chart
from analysis.reporting.display import Answer, Reason
from analysis.reporting.figures import finish, leave_headroom, new_axes, shade_from
from analysis.reporting.study_charts import mark_periods, source_line, unit_sign
from analysis.reporting.style import BLUE, GREY, VERMILLION, house_style, to_svg
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from analysis.panels.own_panel import OwnPanel
    from analysis.panels.study_panel import StudyPanel


def chart_synthetic(
    result: Estimate | Reason, own: OwnPanel, panel: StudyPanel, language: str = "en"
) -> Chart | Answer:
    """Chart a province beside its synthetic twin: its series less the estimated gap of each period."""
    if not isinstance(result, Estimate):
        return Answer(str(result))
    words = load_texts("explore", language)["figures"]
    series = own.rows[own.rows["province_code"] == own.code].set_index("period")[panel.level_name]
    gaps = {term.period: term.estimate for term in result.terms}
    rows = (
        pd.DataFrame(
            [
                (panel.periods.index(p), value, value - gaps[str(p)])
                for p, value in series.items()
                if str(p) in gaps
            ],
            columns=["at", own.name, words["twin"]],
        )
        .set_index("at")
        .reindex(range(len(panel.periods)))
    )  # a period left out breaks the lines
    axes = new_axes(height_in=2.7)
    with house_style():
        shade_from(
            axes,
            panel.periods.index(own.start) - 0.5,
            len(panel.periods) - 0.5,
            words["from"].format(start=own.start),
        )
        for name, colour, style in ((own.name, BLUE, "-"), (words["twin"], VERMILLION, "--")):
            axes.plot(rows.index, rows[name], color=colour, ls=style, lw=2.0, marker="o", ms=3, label=name)
        leave_headroom(axes)
        mark_periods(axes, panel.periods)
        axes.legend(frameon=False, loc="lower right")
        finish(
            axes,
            {
                "title": words["twins"].format(province=own.name),
                "ylabel": unit_sign(panel),
                "source": source_line(panel, language),
            },
        )
    told = zip(rows.index.tolist(), rows[own.name], rows[words["twin"]], strict=True)
    ends = ", ".join(
        words["alt_against"].format(period=panel.periods[at], own=f"{mine:.1f}", twin=f"{twin:.1f}")
        for at, mine, twin in told
        if mine == mine
    )
    return Chart(to_svg(axes), words["alt_twins"].format(province=own.name, told=ends))


def chart_placebos(result: Estimate | Reason, own: OwnPanel) -> Chart | Answer:
    """Chart each unit's effect when it plays the treated province, and the province's own."""
    import seaborn as sns

    if not isinstance(result, Estimate):
        return Answer(str(result))
    rows = next(check.frame() for check in result.checks if check.name == "placebo in space")
    mine = rows["unit"] == own.name
    axes = new_axes(height_in=1.7)
    with house_style():
        sns.stripplot(rows[~mine], x="estimate", ax=axes, color=GREY, size=4, alpha=0.7, jitter=0.25)
        axes.axvline(float(rows.loc[mine, "estimate"].iloc[0]), color=VERMILLION, lw=2)
        axes.set_xlabel(f"mean gap after the start, {result.unit}: dots for donors, red for {own.name}")
        finish(
            axes, {"title": "Gaps when every donor plays the treated province", "ylabel": "", "source": ""}
        )
    larger = int((rows.loc[~mine, "estimate"].abs() >= abs(result.estimate)).sum())
    return Chart(
        to_svg(axes),
        f"A dot a donor; the province's own gap is {result.estimate:.2f}, and {larger} of {(~mine).sum()} are "
        f"as large.",
    )
