"""An interrupted series in words and as a picture. The long series is simulated and says so under its picture."""

from __future__ import annotations

import ast
import json

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.estimation.results import Estimate
from analysis.estimation.results.attempt import Refused
from analysis.panels.published_results import InterruptedSeries
from analysis.reference.provinces import find_province
from analysis.reporting.charts import Chart
from analysis.reporting.series import answer_series, chart_series, plot_series
from simulated_series import INDICATOR, bent, simulated

PLACE = find_province("Thái Nguyên")
ESTIMATE = Estimate("its", "gap", 6.04, "percentage points", 16, 1, 1, "reml", 0.5, 4.9, 7.2, 0.95, 0.001)
FOUND = InterruptedSeries(
    ESTIMATE,
    "share_dossiers_submitted_online",
    "2022-08",
    tuple(str(month) for month in pd.period_range("2021-12", periods=16, freq="M")),
    tuple(30 + 0.5 * k + 6 * (k >= 8) + 0.3 * (-1) ** k for k in range(16)),
    tuple(30 + 0.5 * k + 6 * (k >= 8) for k in range(16)),
    tuple(30 + 0.5 * k for k in range(16)),
    compared=False,
)  # fmt: skip


def test_sentence_carries_the_interval_and_claims_no_cause():
    text = answer_series(FOUND, PLACE).text
    assert "+6.0 percentage points" in text and "95% interval +4.9 to +7.2, AR(1) errors" in text
    assert "not what would have happened" in text


def test_refusal_becomes_the_sentence():
    refused = Refused("interrupted-series", "8 periods are needed on either side of 2022-06-30.")
    assert "because 8 periods are needed" in answer_series(refused, PLACE).text
    assert not isinstance(chart_series(refused, PLACE), Chart)


def test_picture_shows_the_line_carried_on_and_names_its_source():
    axes = plot_series(FOUND, PLACE, source="Simulated series, for a test.")
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert list(dashed[0].get_ydata()) == pytest.approx(FOUND.carried_on[7:])
    chart = chart_series(FOUND, PLACE, source="Simulated series, for a test.")
    assert "Simulated series, for a test." in chart.svg
    assert "from 30.3 (2021-12) to 43.2 (2023-03)" in chart.alt and "+6.0 percentage points" in chart.alt


def test_notebook_estimates_a_series_that_is_long_enough(root, monkeypatch):
    """02-before-after on Thái Nguyên, had it published twenty months (simulated) of an indicator that never broke."""
    rows = simulated(bent(), first="2021-08")
    monkeypatch.setattr(processed, "observations", lambda root=None, part="", indicators=(): rows)
    scope = {}
    for cell in json.loads((root / "notebooks" / "02-before-after.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(ast.parse("".join(cell["source"])), cell["id"], "exec"), scope)
            if "parameters" in cell["metadata"].get("tags", []):
                scope["indicator"] = INDICATOR
    assert scope["day"] == "2022-06-30"
    assert isinstance(scope["series"], InterruptedSeries) and scope["series"].start == "2022-06"
    assert isinstance(chart_series(scope["series"], scope["pair"].place, source="Simulated series."), Chart)
