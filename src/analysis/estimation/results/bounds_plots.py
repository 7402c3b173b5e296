"""Plots of results that are not effects over time: a decomposition's pieces, intervals under bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.estimation.results import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#1f4e79", "#c0504d", "#7f7f7f")


def plot_decomposition(result: Estimate, axis: Axes) -> Axes:
    """Draw each two-by-two comparison's estimate over its weight, and the coefficient they average to."""
    for colour, kind in zip(COLOURS, result.weights, strict=True):
        rows = [row for row in result.checks[0].table if row["kind"] == kind]
        if rows:
            label = f"{kind}: {result.weights[kind]:.0%}"
            weights, estimates = [row["weight"] for row in rows], [row["estimate"] for row in rows]
            axis.plot(weights, estimates, "o", color=colour, label=label)
    axis.axhline(result.estimate, color=COLOURS[0], linewidth=0.8, linestyle=":")
    axis.set(xlabel="weight", ylabel=f"effect ({result.unit})")
    axis.set_title(f"{result.method}: two-way coefficient {result.estimate:.3g}", fontsize=9)
    axis.legend(frameon=False, fontsize=8)
    return axis


def plot_bounds(result: Estimate, axis: Axes) -> Axes:
    """Draw the interval under each bound, one colour a restriction, after the one under parallel trends."""
    ticks = ["parallel"]
    if result.conf_low is not None and result.conf_high is not None:
        axis.plot([0, 0], [result.conf_low, result.conf_high], color="black", linewidth=2)
    for colour, check in zip(COLOURS, result.checks, strict=False):
        for row in check.table:
            place = [len(ticks)] * 2
            label = check.name if row is check.table[0] else None
            axis.plot(place, [row["conf_low"], row["conf_high"]], color=colour, linewidth=2, label=label)
            ticks.append(f"{row['bound']:g}")
    axis.set_xticks(range(len(ticks)), ticks)
    axis.set(xlabel="bound on how trends may part", ylabel=f"effect ({result.unit})")
    axis.set_title(f"{result.method}, {100 * result.conf_level:g} % intervals", fontsize=9)
    axis.legend(frameon=False, fontsize=8)
    return axis
