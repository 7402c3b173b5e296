"""The face: a panel named once, methods that take it, results as frame and text, several in one table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import Panel, did, etable, event_study, its, rambachan_roth, synthetic_control
from analysis.estimation.errors import UnknownColumn, UnknownOption
from analysis.estimation.panel.simulate import Scenario, simulate_frame

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


def test_twelve_regions_and_eight_quarters_in_five_lines(tmp_path):
    """Estimate, checks, table in LaTeX and figure, as the documentation has them."""
    rng = np.random.default_rng(1)
    quarters = pd.period_range("2022Q1", periods=8, freq="Q").astype(str)
    frame = pd.DataFrame({"region": np.repeat(range(12), 8), "quarter": np.tile(quarters, 12)})
    frame["share"] = 50 + rng.normal(size=96) + 3 * ((frame["region"] < 4) & (frame["quarter"] >= "2023Q1"))
    frame["start"] = np.where(frame["region"] < 4, "2023Q1", "")

    panel = Panel.of(frame, unit="region", time="quarter", outcome="share", treated_from="start")
    results = [did(panel), event_study(panel)]
    table = etable(results, ["two-way", "event study"])
    latex, axis = table.to_latex(), results[1].plot()
    checks = [str(check) for check in results[0].checks]

    assert results[0].estimate == pytest.approx(3, abs=1)
    assert checks[0].startswith("level before: ")
    assert latex.splitlines()[0] == r"\begin{tabular}{lcc}"
    assert r"interval, 95 \%" in latex
    assert axis.get_xlabel() == "periods since treatment"


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
    assert synthetic_control(one).frame().shape[1] == 6
