"""What the plots of decompositions and bounds draw."""

from __future__ import annotations

import matplotlib
from made_panels import staggered_frame

from analysis import bacon, rambachan_roth
from analysis.estimation.results.plots import plot_estimate

matplotlib.use("Agg")
NAMES = {"unit": "unit", "time": "time", "outcome": "y", "treated_from": "start"}


def test_a_decomposition_shows_every_comparison() -> None:
    result = bacon(staggered_frame(), **NAMES)
    axis = plot_estimate(result)
    drawn = [point for line in axis.get_lines() if line.get_marker() == "o" for point in line.get_xydata()]
    rows = result.checks[0].table
    assert sorted(map(tuple, drawn)) == sorted((r["weight"], r["estimate"]) for r in rows)
    assert len(axis.get_legend().get_texts()) == 3


def test_bounds_show_every_interval() -> None:
    result = rambachan_roth(
        staggered_frame(), **NAMES, draws=1_000, magnitudes=(0.5, 1), slope_changes=(0, 0.1, 0.2)
    )
    axis = plot_estimate(result)
    drawn = [tuple(line.get_ydata()) for line in axis.get_lines() if len(set(line.get_xdata())) == 1]
    rows = [row for check in result.checks for row in check.table]
    assert drawn == [(result.conf_low, result.conf_high), *((r["conf_low"], r["conf_high"]) for r in rows)]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["parallel", "0.5", "1", "0", "0.1", "0.2"]
