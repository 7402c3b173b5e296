"""Event studies: the survey panel, a published dynamic effect, and least squares on dummies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t as t_law

from analysis import callaway_santanna, event_study
from analysis.estimation.errors import UnknownOption
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.methods.event_fit import event_influence, fit_events, move_events
from analysis.estimation.methods.saturated import lay_systems
from analysis.estimation.methods.within import demean_units
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.simulate import Scenario, simulate_frame

PAPI = {"unit": "province_code", "time": "year", "treated_from": "treated_from"}


def test_papi_first_look(papi):
    """Against 2021, the ten provinces stood higher before as well as after."""
    found = event_study(papi, outcome="d81_portal_access", **PAPI)
    terms = {term.period: round(term.estimate, 3) for term in found.terms}
    assert terms == {"2019": 0.039, "2020": 0.030, "2021": 0.0, "2022": 0.023, "2023": 0.048, "2024": 0.058}
    (reference,) = (term for term in found.terms if term.is_reference)
    assert (reference.event_time, reference.period) == (-1, "2021")
    assert found.inference == "studentised-permutation"
    check = found.checks[0]
    assert check.passed is False
    assert "cannot be read as caused" in check.text


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


SIMULATED = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
STAGGERED = Scenario(
    n_units=40, n_periods=10, n_treated=9, n_starts=3, first_start=4, effect=1.0, effect_growth=0.5
)


@pytest.fixture(scope="module")
def base_stagg() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "published" / "base_stagg.csv")


def test_sun_and_abraham_as_fixest_has_it(base_stagg):
    """fixest: sunab(year_treated, year) with x1, `summary(agg = "att")`: -1.133749 (0.205070), clustered by id."""
    names = {"unit": "id", "time": "year", "outcome": "y", "treated_from": "year_treated", "covariates": "x1"}
    found = event_study(base_stagg, inference="CR1", **names)
    assert round(found.estimate, 6) == -1.133749
    assert round(found.std_error, 6) == 0.205070
    # The mean of event times, which used to be the headline, has the other sign: early cohorts fill the late ones.
    assert event_study(base_stagg, aggregate="dynamic", draws=99, **names).estimate == pytest.approx(
        0.810, abs=1e-3
    )


@pytest.mark.parametrize("aggregate", ["simple", "dynamic"])
@pytest.mark.parametrize("strata", [None, "region"])
def test_the_same_estimate_has_the_same_p_as_callaway_santannas(aggregate, strata):
    """Two methods that agree on an effect used to judge it by two rules."""
    frame = simulate_frame(STAGGERED, 5).assign(region=lambda rows: rows["unit"] % 3)
    words = {**SIMULATED, "strata": strata, "aggregate": aggregate, "draws": 499}
    one, other = event_study(frame, **words), callaway_santanna(frame, base="universal", **words)
    assert one.estimate == pytest.approx(other.estimate, abs=1e-9)
    assert one.inference == other.inference == "studentised-permutation"
    assert one.p_values["studentised-permutation"] == other.p_values["studentised-permutation"]
    assert (one.conf_low, one.conf_high) == pytest.approx((other.conf_low, other.conf_high), abs=1e-6)


@pytest.mark.parametrize("cluster", [False, True])
def test_draws_fitted_in_batches_are_those_of_one_product(cluster):
    """Weights of 2 take the general road, where every draw is fitted; a plain panel takes one product for all."""
    frame = simulate_frame(STAGGERED, 6).assign(weight=2.0, own=lambda rows: rows["unit"])
    plain = build_panel(frame, **SIMULATED)
    weighted = build_panel(frame, **SIMULATED, weights="weight", cluster="own" if cluster else None)
    assignments = draw_assignments(plain, 99, np.random.default_rng(2), 0.95)
    one, other = (move_events(fit_events(panel, -1), assignments) for panel in (plain, weighted))
    assert other.null.effects == pytest.approx(one.null.effects, abs=1e-9)
    assert other.null.shares == pytest.approx(one.null.shares, abs=1e-9)
    assert other.null.variance == pytest.approx(one.null.variance, abs=1e-9)
    assert other.own == pytest.approx(one.own, abs=1e-9)


def test_influence_is_what_a_unit_moves():
    """A little more weight for a unit moves every effect by its influence: missing cells, weights, covariates."""
    rng = np.random.default_rng(3)
    frame = simulate_frame(STAGGERED, 7)
    frame = frame.assign(x=rng.normal(size=len(frame)), weight=rng.uniform(0.5, 2, len(frame)))
    frame = frame[rng.random(len(frame)) > 0.08]

    def effects(unit: int, more: float) -> np.ndarray:
        weight = frame["weight"] * np.where(frame["unit"] == unit, 1 + more, 1.0)
        panel = build_panel(frame.assign(weight=weight), **SIMULATED, weights="weight", covariates="x")
        return fit_events(panel, -1).effects

    panel = build_panel(frame, **SIMULATED, weights="weight", covariates="x")
    found = event_influence(fit_events(panel, -1))
    for unit in (1, 2, 5, 20):
        slope = (effects(unit, 1e-5) - effects(unit, -1e-5)) / 2e-5
        assert found[panel.units.index(str(unit))] == pytest.approx(slope, abs=1e-6)


def test_balance_keeps_the_same_units_throughout():
    """Cohorts that start in 4, 5 and 6 of 10 periods are all followed for three more, the first two for four."""
    frame = simulate_frame(STAGGERED, 5)
    found = event_study(frame, **SIMULATED, balance=4, draws=99)
    assert found.n_treated == 6
    assert max(term.event_time for term in found.terms) == 4
    after = [term.estimate for term in found.terms if term.event_time >= 0]
    assert found.estimate == pytest.approx(np.mean(after), abs=1e-9)
    assert not any("different units" in note and "+" in note for note in found.notes)
    whole = event_study(frame, **SIMULATED, draws=99)
    assert any("of 9 in the middle, and fewer at" in note and "+5: 3" in note for note in whole.notes)
    with pytest.raises(UnknownOption, match="allowed: 0 to 5"):
        event_study(frame, **SIMULATED, balance=6)


def test_clustered_intervals_are_t_with_one_less_than_the_clusters():
    found = event_study(simulate_frame(STAGGERED, 5), **SIMULATED, inference="CR1")
    for one in (found, *(term for term in found.terms if not term.is_reference)):
        half = t_law.ppf(0.975, 39) * one.std_error
        assert (one.conf_low, one.conf_high) == pytest.approx((one.estimate - half, one.estimate + half))
        assert one.p_value == pytest.approx(2 * t_law.sf(abs(one.estimate) / one.std_error, 39))


def test_a_cohort_without_the_reference_period_is_left_out():
    """Of starts in the fifth to seventh period the first has no period five before its start."""
    frame = simulate_frame(STAGGERED, 5)
    found = event_study(frame, **SIMULATED, reference=-5, draws=99)
    later = event_study(frame[frame["treated_from"] != 5], **SIMULATED, reference=-5, draws=99)
    assert [t.estimate for t in found.terms] == pytest.approx([t.estimate for t in later.terms], abs=1e-9)
    assert found.estimate == pytest.approx(later.estimate, abs=1e-9)


def test_a_group_whose_periods_nothing_ties_together_has_no_effects():
    """Two units seen in the first two periods or in the last two: one draw of them spoils no other draw."""
    seen = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]], dtype=float)
    apart, whole = np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])
    (system, _) = lay_systems(seen, np.stack([apart, whole]), 2)
    assert system.present[system.which].tolist() == [[False] * 4, [True] * 4]
    outcome = np.arange(16.0).reshape(4, 4) ** 2
    totals = (seen * demean_units(outcome, seen))[:, :, None]
    effects = system.effects(totals)[1, :, 0]
    assert np.diff(effects) == pytest.approx(np.diff(outcome[2:].mean(axis=0)))
