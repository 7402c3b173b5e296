"""One treated unit held against its own variation before, by every estimator that permutes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from long_way import ASK

from analysis.estimation.errors import NotEstimable
from analysis.estimation.inference.judge import infer
from analysis.estimation.methods.callaway_santanna import callaway_santanna
from analysis.estimation.methods.event_study import event_study
from analysis.estimation.methods.imputation import imputation
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.simulate import Scenario, simulate_panel


def test_scaled_permutation_is_each_effect_over_its_unit_s_own_variation():
    """One treated unit: move it the long way, divide by each unit's deviation before, rank; and invert that."""
    panel = simulate_panel(
        Scenario(n_units=30, n_treated=1, n_periods=12, effect=2.5, variances="unequal"), seed=3
    )
    verdict = infer(fit_two_way(panel), ASK)
    before = panel.outcome[:, :6] - panel.outcome[:, :6].mean(axis=0)
    deviations = before.std(axis=1, ddof=1)
    effects = []
    for unit in range(30):
        moved = np.where(np.arange(30) == unit, 6, 12)
        effects.append(fit_two_way(replace(panel, treated_from=moved)).estimate)
    ratios = np.abs(effects) / deviations
    assert verdict.inference == "scaled-permutation"
    assert verdict.p_value == (ratios >= ratios[0] * (1 - 1e-9)).mean()
    assert verdict.p_values["permutation"] == (np.abs(effects) >= abs(effects[0]) * (1 - 1e-9)).mean()
    for limit, outwards in ((verdict.conf_low, -1e-6), (verdict.conf_high, 1e-6)):
        for step, kept in ((-outwards, True), (outwards, False)):
            without = replace(panel, outcome=panel.outcome - (limit + step) * panel.treatment)
            p_value = infer(fit_two_way(without), replace(ASK, inference="scaled-permutation")).p_value
            assert (p_value > 0.05) is kept


def test_scaled_permutation_withstands_a_noisy_treated_unit():
    """Twice as noisy as the others: the plain test rejects a true null in 31 of 100, this one in 5."""
    scenario, plain, scaled = Scenario(n_treated=1, n_periods=10, variances="treated-noisier"), 0, 0
    for seed in range(200):
        verdict = infer(fit_two_way(simulate_panel(scenario, seed)), ASK)
        scaled += verdict.p_value <= 0.05
        plain += verdict.p_values["permutation"] <= 0.05
    # 5 % of 200 is 10 with a standard error of 3.1.
    assert scaled <= 10 + 3 * 3.1 < plain


def test_scaled_permutation_is_refused_where_it_cannot_be():
    """Several treated, weights, or no variation before: named, and never shown by default."""
    with pytest.raises(NotEstimable, match="one treated unit, and 3"):
        infer(
            fit_two_way(simulate_panel(Scenario(n_treated=3, n_periods=12), seed=1)),
            replace(ASK, inference="scaled-permutation"),
        )
    panel = simulate_panel(Scenario(n_treated=1, n_periods=12), seed=1)
    flat = replace(panel, outcome=np.where(np.arange(12) < 6, panel.outcome[:, :1], panel.outcome))
    with pytest.raises(NotEstimable, match="vary before the start"):
        infer(fit_two_way(flat), replace(ASK, inference="scaled-permutation"))
    covered = replace(panel, covariates={"x": panel.outcome[::-1]})
    assert infer(fit_two_way(covered), ASK).inference == "permutation"
    short = infer(fit_two_way(simulate_panel(Scenario(n_treated=1, n_periods=8), seed=1)), ASK)
    assert short.inference == "permutation" and "scaled-permutation" in short.p_values


@pytest.mark.parametrize("estimate", [callaway_santanna, imputation, event_study])
def test_averages_of_one_treated_unit_are_held_against_its_own_variation(estimate):
    """Each estimator run anew with every unit as the treated one, over that unit's deviation before."""
    panel = simulate_panel(
        Scenario(n_units=24, n_treated=1, n_periods=12, effect=1.5, variances="unequal"), seed=8
    )
    before = panel.outcome[:, :6] - panel.outcome[:, :6].mean(axis=0)
    effects = [
        estimate(replace(panel, treated_from=np.where(np.arange(24) == unit, 6, 12)), draws=199).estimate
        for unit in range(24)
    ]
    ratios = np.abs(effects) / before.std(axis=1, ddof=1)
    found = estimate(panel, draws=199)
    assert found.inference == "scaled-permutation"
    assert found.p_value == pytest.approx((ratios >= ratios[0] * (1 - 1e-9)).mean())
    assert any("own variation in the 6 periods" in note for note in found.notes)
