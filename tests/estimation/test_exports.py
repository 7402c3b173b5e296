"""What leaves the notebook is all there is: frame, CSV, LaTeX, Markdown and Excel of every estimator's result."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import etable, regression_table
from analysis.estimation.methods import METHODS, find_method
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.simulate import Scenario, simulate_frame
from analysis.estimation.results.display import number_text, term_name

NAMES = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
ALONE = ("before-after", "its", "synthetic-control")


@pytest.fixture(scope="module", params=sorted(METHODS))
def result(request):
    """Each estimator's result, of eight treated units or, where it takes one, of one."""
    made = Scenario(n_units=24, n_periods=18, n_treated=1 if request.param in ALONE else 8, mean=50)
    panel = build_panel(simulate_frame(made, 4), **NAMES)
    words = {} if request.param == "bacon" else {"draws": 99}
    return find_method(request.param)(panel, **words)


def test_a_frame_holds_every_number(result, tmp_path):
    rows = result.frame()
    assert rows["name"].tolist() == ["effect", *map(term_name, result.terms)]
    for number in ("estimate", "std_error", "conf_low", "conf_high", "p_value"):
        wanted = [getattr(one, number) for one in (result, *result.terms)]
        assert [None if pd.isna(value) else value for value in rows[number]] == wanted
    for fact in ("conf_level", "unit", "method", "inference", "n_obs", "n_units", "n_treated"):
        assert set(rows[fact]) == {getattr(result, fact)}
    result.to_csv(tmp_path / "result.csv")
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "result.csv", keep_default_na=False, na_values=[""]), rows, check_dtype=False
    )


def test_a_workbook_has_effects_weights_and_checks(result, tmp_path):
    result.to_excel(tmp_path / "result.xlsx")
    sheets = pd.read_excel(tmp_path / "result.xlsx", sheet_name=None, engine="openpyxl")
    assert sheets["effects"]["estimate"].tolist() == pytest.approx(result.frame()["estimate"].tolist())
    assert ("p-values" in sheets, "weights" in sheets, "checks" in sheets) == tuple(
        map(bool, (result.p_values, result.weights, result.checks))
    )
    if result.weights:
        assert dict(sheets["weights"].astype({"of": str}).values) == pytest.approx(result.weights)
    if result.checks:
        assert list(dict.fromkeys(sheets["checks"]["check"])) == [check.name for check in result.checks]
    assert set(result.notes) <= set(sheets["notes"]["note"])


def test_latex_and_markdown_have_the_effect_and_every_term(result):
    shown = etable([result], terms=True).frame()[result.method]
    assert shown["effect"] == number_text(result.estimate)
    for term in result.terms:
        wanted = "0 (reference)" if term.is_reference else number_text(term.estimate)
        assert shown[term_name(term)].split(" (")[0] == wanted.split(" (")[0]
    assert result.to_latex().count(r" \\") >= 7 + len(result.terms)
    assert all(f"| {name} |" in etable([result], terms=True).to_markdown() for name in shown.index)


def test_a_regression_table_exports_its_coefficients():
    found = regression_table(
        simulate_frame(Scenario(n_units=24, n_periods=6, n_treated=8), 4), **NAMES, draws=99
    )
    assert found.frame()["estimate"].notna().all()
    assert len(found.frame()) > 0
