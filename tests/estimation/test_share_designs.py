"""Checks of shares, dose, roll-out power and the regression table: by hand, by statsmodels, and on made panels."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.checks.of_shares import check_anticipation, check_scale
from analysis.estimation.checks.rollout_power import RolloutPower, simulate_rollout_power
from analysis.estimation.errors import MissingValues, NotEstimable, PanelError, UnknownOption
from analysis.estimation.inference.clustered import spread_cr1
from analysis.estimation.methods.did import did
from analysis.estimation.methods.dose import dose_response
from analysis.estimation.methods.imputation import imputation
from analysis.estimation.methods.regression import RegressionTable, regression_table
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import from_json, to_json

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.staggered_shares import NAMES, Shares, simulate_shares


def made(scenario: Shares, seed: int = 2) -> Panel:
    return build_panel(simulate_shares(scenario, np.random.default_rng(seed)), **NAMES)


def test_the_scale_is_called_decisive_where_it_is() -> None:
    """Laggards under logistic growth: the two scales part; units alike: they do not."""
    failed = [not check_scale(made(Shares(laggards=-0.8), seed), draws=99).passed for seed in range(6)]
    calm = [check_scale(made(Shares(), seed), draws=99).passed for seed in range(6)]
    assert all(failed)
    # One in ten fails by chance.
    assert sum(calm) >= 4
    found = check_scale(made(Shares(laggards=-0.8)), draws=99)
    points, logits = (row["estimate"] for row in found.table)
    frame = simulate_shares(Shares(laggards=-0.8), np.random.default_rng(2))
    for scale, estimate in (("points", points), ("logit", logits)):
        alone = imputation(frame, **NAMES, scale=scale, inference="analytic").estimate
        assert estimate == pytest.approx(alone, abs=1e-9)
    assert "both are to be shown" in found.text


def test_a_dip_before_the_start_is_seen_and_its_price_told() -> None:
    dipped = [
        check_anticipation(made(Shares(dip=-0.2), s), periods=2, scale="logit", draws=99) for s in range(6)
    ]
    calm = [
        check_anticipation(made(Shares(), s), periods=2, scale="logit", draws=99).passed for s in range(6)
    ]
    assert not any(check.passed for check in dipped)
    assert sum(calm) >= 4
    lead, with_all, without = dipped[0].table
    frame = simulate_shares(Shares(dip=-0.2), np.random.default_rng(0))
    words = {**NAMES, "scale": "logit", "inference": "analytic"}
    assert lead["estimate"] < 0
    assert with_all["estimate"] == pytest.approx(imputation(frame, **words).estimate, abs=1e-9)
    assert without["estimate"] == pytest.approx(imputation(frame, **words, anticipation=2).estimate, abs=1e-9)


def test_units_without_earlier_periods_are_left_out_of_that_check() -> None:
    panel = made(Shares(starts=(2, 9, 10, 12)))
    found = check_anticipation(panel, periods=3, draws=99)
    assert "1 treated unit(s) without earlier periods are left out" in found.text
    assert check_anticipation(made(Shares(starts=(2, 3))), periods=4, draws=99).passed is None
    with pytest.raises(UnknownOption, match="periods=0"):
        check_anticipation(panel, periods=0)


def exact_doses(slope: float = 0.2) -> pd.DataFrame:
    """Six treated of twelve units, two-way outcomes without noise, an effect of `slope` a point of dose."""
    rng = np.random.default_rng(1)
    rows = pd.MultiIndex.from_product([range(12), range(8)], names=["unit", "month"]).to_frame(index=False)
    start = np.repeat([4, 0], 6)[rows["unit"]]
    dose = np.repeat([80, 60, 50, np.nan], [2, 2, 2, 6])[rows["unit"]]
    own = rng.normal(size=12)[rows["unit"]] + rng.normal(size=8)[rows["month"]]
    treated = (start > 0) & (rows["month"] >= start)
    return rows.assign(start=start, dose=dose, share=own + np.where(treated, slope * dose, 0.0))


def test_a_slope_in_the_dose_is_found_exactly() -> None:
    found = dose_response(exact_doses(), **NAMES, dose="dose", draws=199)
    assert found.estimate == pytest.approx(2.0, abs=1e-10)
    assert {term.group: term.estimate for term in found.terms} == pytest.approx(
        {"50": 10.0, "60": 12.0, "80": 16.0}, abs=1e-10
    )


def test_dose_p_value_is_the_share_of_orders() -> None:
    """Of all ways to deal four doses out, those that give a slope as steep."""
    frame = exact_doses()
    rng = np.random.default_rng(5)
    frame = frame[~frame["unit"].isin([4, 5])].assign(
        share=lambda f: f["share"] + 3 * rng.normal(size=len(f))
    )
    found = dose_response(frame, **NAMES, dose="dose", draws=19_999)
    effects = imputation(frame, **NAMES, aggregate="unit", inference="analytic").terms
    values, doses = np.array([term.estimate for term in effects]), np.array([80, 80, 60, 60])
    slopes = [np.polyfit(order, values, 1)[0] * 10 for order in set(permutations(doses))]
    own = np.polyfit(doses, values, 1)[0] * 10
    assert found.estimate == pytest.approx(own)
    expected = np.mean(np.abs(slopes) >= abs(own) - 1e-9)
    assert found.p_value == pytest.approx(expected, abs=0.015)


def test_doses_that_make_no_line_are_refused() -> None:
    frame = exact_doses()
    with pytest.raises(NotEstimable, match="two doses"):
        dose_response(frame.assign(dose=60.0), **NAMES, dose="dose")
    with pytest.raises(MissingValues, match="empty for treated 0"):
        dose_response(frame.assign(dose=frame["dose"].where(frame["unit"] != 0)), **NAMES, dose="dose")
    moving = frame.assign(dose=frame["dose"] + (frame["unit"] == 1) * (frame["month"] == 3))
    with pytest.raises(PanelError, match="changes within 1"):
        dose_response(moving, **NAMES, dose="dose")


@pytest.mark.parametrize("more", [{}, {"weights": "count"}, {"covariates": ["x"]}])
def test_the_table_is_the_two_way_regression(more: dict) -> None:
    rng = np.random.default_rng(3)
    frame = simulate_shares(Shares(), np.random.default_rng(3)).assign(x=lambda f: rng.normal(size=len(f)))
    table = regression_table(frame, **NAMES, **more, draws=99)
    ours = did(frame, **NAMES, **more, draws=99, allow_staggered=True)
    row = table.frame().iloc[0]
    assert row["estimate"] == pytest.approx(ours.estimate, abs=1e-10)
    assert (row["conf_low"], row["p_value"]) == (ours.conf_low, ours.p_value)
    fit = fit_two_way(build_panel(frame, **NAMES, **more))
    assert row["std_error"] == pytest.approx(spread_cr1(fit).std_error, rel=1e-9)
    assert (table.n_obs, table.n_units, table.n_clusters) == (ours.n_obs, 63, 63)
    left = (fit.within.weights * fit.errors**2).sum() / (fit.within.weights * fit.outcome**2).sum()
    if "covariates" not in more:
        assert table.r_squared_within == pytest.approx(1 - left, abs=1e-9)
    assert from_json(RegressionTable, to_json(table)) == table
    assert "callaway-santanna" in str(table)


def test_no_clustered_errors_for_few_treated_and_the_equation_is_printed() -> None:
    frame = simulate_shares(Shares(starts=(13, 13, 13)), np.random.default_rng(3))
    table = regression_table(frame.rename(columns={"share": "share_100%"}), **{**NAMES, "outcome": "share_100%"},
                             draws=99)  # fmt: skip
    assert table.frame()["std_error"].isna().all()
    assert "3 of 63 clusters are treated: clustered standard errors are not shown" in str(table)
    assert table.equation == "share_100%_it = α_i + γ_t + β treated_it + ε_it (least squares)"
    assert table.latex.startswith(r"\text{share\_100\%}_{it} = \alpha_i + \gamma_t + \beta")


def test_two_starts_are_enough_for_the_note_on_staggered_starts() -> None:
    frame = simulate_shares(Shares(starts=(13, 13, 15)), np.random.default_rng(3))
    assert "Starts differ" in str(regression_table(frame, **NAMES, draws=99))
    assert "Starts differ" not in str(regression_table(frame[frame["start"] != 16], **NAMES, draws=99))


ROLLOUT = {"starts": [8, 11, 14], "effect_path": (0.5, 1.0), "repetitions": 150, "horizons": [12, 24]}


def test_a_larger_roll_out_sees_smaller_effects() -> None:
    panel = made(Shares(effective=False, n_months=24, starts=(20,)))
    few, many = (simulate_rollout_power(panel, **ROLLOUT, per_step=k) for k in (1, 6))
    assert many.detectable[-1]["effect"] < 0.7 * few.detectable[-1]["effect"]
    assert many.detectable[-1]["effect"] < many.detectable[0]["effect"]
    assert (many.detectable[0]["units_started"], many.detectable[1]["units_started"]) == (12, 18)
    assert many.detectable[1]["mean_effect"] < many.detectable[1]["effect"]
    curve = many.frame().query("periods == 24")
    # No effect is found as often as the level says, on one side; a large one always.
    assert curve["power"].iloc[0] <= 0.05 and curve["power"].iloc[-1] > 0.9
    assert curve["power"].is_monotonic_increasing


def test_power_comes_true_on_new_panels() -> None:
    """The effect said to be found 80 times in 100 is, on panels made as the first was."""
    scenario = Shares(effective=False, n_months=24, starts=(20,), missing=0.0)
    found = simulate_rollout_power(
        made(scenario),
        starts=[8, 11, 14],
        per_step=4,
        effect_path=(1 / 3, 2 / 3, 1),
        repetitions=300,
        horizons=[24],
    )
    size = found.detectable[0]["effect"]
    starts = (8,) * 4 + (11,) * 4 + (14,) * 4
    real = replace(scenario, effective=True, starts=starts, full_effects=(size,) * 3)
    hits = [
        imputation(
            simulate_shares(real, np.random.default_rng([6, seed])), **NAMES, scale="logit", draws=59
        ).p_value
        <= 0.05
        for seed in range(60)
    ]
    assert 0.6 <= np.mean(hits) <= 0.97


def test_roll_outs_are_seeded_within_strata_and_come_back_from_json() -> None:
    panel = made(Shares(effective=False, n_months=24, starts=(20,)))
    striped = replace(panel, strata=np.arange(63) % 3)
    once, again = (simulate_rollout_power(striped, **ROLLOUT, per_step=3) for _ in range(2))
    assert once == again
    assert from_json(RolloutPower, to_json(once)) == once
    assert "9 of 63 units started in 3 step(s)" in once.text


def test_impossible_roll_outs_are_refused() -> None:
    panel = made(Shares(effective=False, n_months=24, starts=(20,)))
    with pytest.raises(UnknownOption, match="from 1 to 23"):
        simulate_rollout_power(panel, starts=[0, 5], per_step=2)
    with pytest.raises(UnknownOption, match="treat 80 of 63 units"):
        simulate_rollout_power(panel, starts=[5, 8], per_step=40)
    with pytest.raises(UnknownOption, match="n_periods=30"):
        simulate_rollout_power(panel, starts=[5], per_step=4, n_periods=30)
    with pytest.raises(UnknownOption, match="horizons"):
        simulate_rollout_power(panel, starts=[5], per_step=4, horizons=[3])
