"""The face: a panel named once, methods that take it, results as frame and text, several in one table."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import analysis
from analysis import Panel, did, etable, event_study, its, rambachan_roth, synthetic_control
from analysis.estimation.errors import UnknownColumn, UnknownOption
from analysis.estimation.panel.simulate import Scenario, simulate_frame

matplotlib.use("Agg")
NAMES = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
MANY = Scenario(n_units=30, n_periods=20, n_treated=8, first_start=10, effect=1.0)
ONE = Scenario(n_units=30, n_periods=20, n_treated=1, first_start=10, effect=1.0)
METHODS = (
    "did", "event_study", "callaway_santanna", "imputation", "lagged_outcome", "synthetic_did", "rambachan_roth", "its",
    "synthetic_control", "bacon",
)  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_a_panel_gives_what_its_frame_gives(name):
    method = getattr(analysis, name)
    frame = simulate_frame(ONE if name in ("synthetic_control", "its") else MANY, 3)
    words = {} if name == "bacon" else {"draws": 500}
    assert method(Panel.of(frame, **NAMES), **words) == method(frame, **NAMES, **words)


def test_columns_are_named_once():
    panel = Panel.of(simulate_frame(MANY, 3), **NAMES)
    with pytest.raises(UnknownOption, match="unit, weights: the panel has its columns already"):
        did(panel, unit="unit", weights="w")
    with pytest.raises(UnknownColumn):
        Panel.of(simulate_frame(MANY, 3), **{**NAMES, "unit": "province"})


def test_twelve_regions_and_eight_quarters_in_five_lines(capsys):
    """Estimate, checks, table in LaTeX and figure: the five lines that docs/methods.md has, as they stand there."""
    rng = np.random.default_rng(1)
    quarters = [f"Quý {quarter}/{year}" for year in (2022, 2023) for quarter in (1, 2, 3, 4)]
    frame = pd.DataFrame({"region": np.repeat(range(12), 8), "quarter": quarters * 12})
    late = frame["quarter"].str.endswith("2023")
    frame["share"] = 50 + rng.normal(size=96) + 3 * ((frame["region"] < 4) & late)
    frame["start"] = np.where(frame["region"] < 4, "Quý 1/2023", "")

    page = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    names = {"frame": frame}
    exec(lines, names)

    assert lines.count("\n") == 5
    assert names["results"][0].estimate == pytest.approx(3, abs=1)
    printed = capsys.readouterr().out
    assert printed.startswith(r"\begin{tabular}{lcc}")
    assert r"interval, 95 \%" in printed
    assert "level before: passed. Before their start" in printed
    assert plt.gcf().axes[0].get_xlabel() == "periods since treatment"
    plt.close("all")


def test_the_table_says_the_same_in_every_form(tmp_path):
    frame = simulate_frame(MANY, 3).rename(columns={"outcome": "share_%|<b>"})
    panel = Panel.of(frame, **{**NAMES, "outcome": "share_%|<b>"})
    results = [did(panel, draws=99), did(panel, draws=99, conf_level=0.9, inference="CR1")]
    table = etable(results, ["a & b", "c"])
    shown = table.frame()
    assert shown.loc["effect"].tolist() == [f"{r.estimate:.4g}" for r in results]
    assert shown.loc["inference"].tolist() == ["studentised-permutation", "CR1"]
    assert "interval, 90 % / 95 %" in shown.index
    assert table.to_markdown().splitlines()[2].split("|")[2].strip() == shown.loc["effect", "a & b"]
    assert r"share_%\|<b>" not in table.to_html()
    assert "share_%|&lt;b&gt;" in table.to_html()
    assert r"a \& b" in table.to_latex()
    table.to_excel(tmp_path / "table.xlsx")
    back = pd.read_excel(tmp_path / "table.xlsx", index_col=0, dtype=str, engine="openpyxl")
    assert back.loc["effect"].tolist() == shown.loc["effect"].tolist()
    with pytest.raises(UnknownOption, match=r"2 result\(s\) and 1 name"):
        etable(results, ["one"])


def test_results_come_as_frame_and_text():
    panel = Panel.of(simulate_frame(MANY, 3), **NAMES)
    found = event_study(panel, draws=99)
    rows = found.frame()
    assert rows["name"].tolist() == ["effect", *(f"{t.event_time:+d} · {t.period}" for t in found.terms)]
    assert rows["estimate"][0] == found.estimate
    assert found.summary() == str(found)
    one = Panel.of(simulate_frame(ONE, 3), **NAMES)
    assert its(one).frame()["name"].tolist()[1].startswith("group change of level")
    assert (
        rambachan_roth(panel, draws=500).frame()["estimate"][0] == rambachan_roth(panel, draws=500).estimate
    )
    assert synthetic_control(one).frame()["estimate"][0] == synthetic_control(one).estimate
