"""Event studies: the survey panel, a published dynamic effect, and least squares on dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis import event_study

PAPI = {"unit": "province_code", "time": "year", "treated_from": "treated_from"}


def test_papi_first_look(papi):
    """Against 2021, the ten provinces stood higher before as well as after."""
    found = event_study(papi, outcome="d81_portal_access", **PAPI)
    terms = {term.period: round(term.estimate, 3) for term in found.terms}
    assert terms == {"2019": 0.039, "2020": 0.030, "2021": 0.0, "2022": 0.023, "2023": 0.048, "2024": 0.058}
    (reference,) = (term for term in found.terms if term.is_reference)
    assert (reference.event_time, reference.period) == (-1, "2021")
    assert found.inference == "permutation"
    (check,) = found.checks
    assert check.passed is False
    assert "cannot be read as caused" in check.text


def test_staggered_equals_the_published_dynamic_effect(refdata):
    """With never-treated controls and no covariates, Sun-Abraham is Callaway-Sant'Anna's dynamic effect."""
    found = event_study(
        refdata("mpdta"),
        unit="countyreal",
        time="year",
        outcome="lemp",
        treated_from="first.treat",
        draws=199,
    )
    assert round(found.estimate, 4) == -0.0772
    assert found.inference == "CR3"


@pytest.mark.parametrize("covariates", [None, ["x"]])
def test_equals_least_squares_on_dummies(covariates):
    """The cohort-by-cohort solution is the saturated regression, missing cells and weights included."""
    rng = np.random.default_rng(5)
    cells = pd.MultiIndex.from_product([range(16), range(6)], names=["i", "t"]).to_frame(index=False)
    start = {i: 3 if i < 4 else 4 if i < 7 else 0 for i in range(16)}
    cells = cells.assign(g=cells.i.map(start), x=rng.normal(size=len(cells)), w=rng.uniform(1, 3, len(cells)))
    cells["y"] = rng.normal(size=len(cells)) + cells.x
    cells = cells[rng.random(len(cells)) > 0.1]
    found = event_study(
        cells, unit="i", time="t", outcome="y", treated_from="g", weights="w", covariates=covariates, draws=99
    )
    expected = _saturated(cells, covariates or [])
    ours = {term.event_time: term.estimate for term in found.terms if not term.is_reference}
    # The same least-squares problem solved cohort by cohort; only rounding may differ.
    assert ours == pytest.approx(expected, abs=1e-9)


def _saturated(cells, covariates):
    relative = cells.t - cells.g
    dummies = {
        (g, e): ((cells.g == g) & (relative == e)).astype(float)
        for g in (3, 4)
        for e in range(-g, 6 - g)
        if e != -1
    }
    columns = [pd.DataFrame(dummies), cells[covariates]]
    columns += [pd.get_dummies(cells[c].astype(str), drop_first=True, dtype=float) for c in ("i", "t")]
    design = sm.add_constant(pd.concat([c.set_axis(c.columns.map(str), axis=1) for c in columns], axis=1))
    fitted = sm.WLS(cells.y, design, weights=cells.w).fit().params
    sizes = {g: cells.loc[cells.g == g, "i"].nunique() for g in (3, 4)}
    terms = {}
    for e in sorted({e for _, e in dummies}):
        present = [g for g in (3, 4) if (g, e) in dummies]
        total = sum(sizes[g] for g in present)
        terms[e] = sum(sizes[g] / total * fitted[str((g, e))] for g in present)
    return terms


def test_a_period_missing_from_all_treated_costs_only_its_own_term():
    """Two treated units without the third period: that event time is left out, the others stay exact."""
    rng = np.random.default_rng(2)
    cells = pd.MultiIndex.from_product([range(12), range(6)], names=["i", "t"]).to_frame(index=False)
    cells = cells.assign(g=np.where(cells.i < 2, 3, 0), y=rng.normal(size=len(cells)))
    words = {"unit": "i", "time": "t", "outcome": "y", "treated_from": "g", "draws": 99}
    whole = event_study(cells, **words)
    gappy = event_study(cells[~((cells.i < 2) & (cells.t == 4))], **words)
    assert [term.event_time for term in gappy.terms] == [-3, -2, -1, 0, 2]
    kept = {term.event_time: term.estimate for term in gappy.terms}
    expected = {term.event_time: term.estimate for term in whole.terms if term.event_time != 1}
    # With unit effects the other changes of the treated do not depend on the period left out.
    assert kept == pytest.approx(expected, abs=1e-9)
