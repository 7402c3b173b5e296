"""Figures of what a design could show: the smallest effect in one province, the power of a roll-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.reporting.charts import Chart
from analysis.reporting.design_words import HasRolloutPower
from analysis.reporting.display import Answer, Reason
from analysis.reporting.figures import finish, new_axes
from analysis.reporting.study_charts import period_name, source_line
from analysis.reporting.style import BLUE, GREY, house_style, to_svg

if TYPE_CHECKING:
    from analysis.panels.study_panel import StudyPanel


def chart_alone(alone: pd.DataFrame, panel: StudyPanel) -> Chart:
    """Chart the smallest effect that would be found in one province alone, by periods observed after its start."""
    import seaborn as sns

    horizons = [name for name in alone if str(name).startswith("after ")]
    rows = alone[horizons].melt(var_name="observed", value_name="effect").dropna()
    axes = new_axes(height_in=2.4)
    with house_style():
        sns.boxplot(rows, x="effect", y="observed", ax=axes, color=BLUE, fill=False, width=0.5, fliersize=3)
        axes.set_xlabel(f"smallest effect found 80% of the time, {panel.level_name}; a point a province")
        labels = {
            "title": "One province alone: which effect could be seen",
            "ylabel": f"{period_name(panel)}s observed",
        }
        finish(axes, labels | {"source": source_line(panel)})
    told = "; ".join(f"{name}: {alone[name].median():.1f} in the middle province" for name in horizons)
    return Chart(to_svg(axes), f"Box plots of the smallest effect seen in one province alone. {told}.")


def chart_rollout(power: HasRolloutPower | Reason, panel: StudyPanel) -> Chart | Answer:
    """Chart the share of simulated roll-outs that find a full effect, by its size and the periods observed."""
    import seaborn as sns

    if not isinstance(power, HasRolloutPower):
        return Answer(str(power))
    rows = power.frame().rename(columns={"periods": "periods observed"})
    axes = new_axes(height_in=2.9)
    with house_style():
        sns.lineplot(
            rows,
            x="effect",
            y="power",
            hue="periods observed",
            palette="crest",
            ax=axes,
            legend="full",
            lw=1.8,
        )
        axes.axhline(power.power, color=GREY, lw=1, ls=":")
        axes.set_xlabel(f"full effect, {panel.level_name}")
        axes.set_ylim(0, 1.02)
        labels = {"title": "How often a roll-out by lot would find an effect", "ylabel": "share that find it"}
        finish(axes, labels | {"source": source_line(panel).replace("computation", "simulation")})
    told = "; ".join(
        f"{r['periods']} periods: from {r['effect']:.1f} on"
        for r in power.detectable
        if r["effect"] is not None
    )
    return Chart(
        to_svg(axes),
        f"Power curves, one a number of periods observed. Found {power.power:.0%} of the time: {told}.",
    )
