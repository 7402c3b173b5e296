"""Imputation of bounded shares: against dummies written out, under moved paths, and where the truth is known."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.errors import NotEstimable, NotFinite, UnknownOption
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.inference.imputed_moves import Observed, move_imputation
from analysis.estimation.methods.cell_averages import choose_averages
from analysis.estimation.methods.imputation import imputation
from analysis.estimation.methods.imputed import design_of, impute
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.shares import choose_scale

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.staggered_shares import NAMES, Shares, judge_cohorts, simulate_shares

SMALL = Shares(n_units=14, n_months=12, starts=(5, 5, 7, 9), laggards=-0.3, missing=0.05, count=400)


def small(seed: int = 3, scenario: Shares = SMALL) -> pd.DataFrame:
    frame = simulate_shares(scenario, np.random.default_rng(seed))
    rng = np.random.default_rng(seed + 1)
    return frame.assign(x=rng.normal(size=len(frame)), w=rng.uniform(1, 3, len(frame)))


def the_long_way(
    frame: pd.DataFrame,
    *,
    anticipation: int = 0,
    trends: bool = False,
    weighted: bool = False,
    x: bool = False,
) -> pd.DataFrame:
    """Fit logits of untreated rows on dummies (and lines) by least squares, and predict the treated rows."""
    design = pd.get_dummies(frame[["unit", "month"]].astype(str), dtype=float)
    if trends:
        lines = pd.get_dummies(frame["unit"].astype(str), prefix="line", dtype=float)
        design = design.join(lines.mul(frame["month"], axis=0))
    if x:
        design["x"] = frame["x"]
    never = frame["start"] == 0
    clean = never | (frame["month"] < frame["start"] - anticipation)
    root = np.sqrt(frame["w"]) if weighted else pd.Series(1.0, index=frame.index)
    logits = np.log(frame["share"] / (100 - frame["share"]))
    left = design[clean].mul(root[clean], axis=0).to_numpy()
    fitted = np.linalg.lstsq(left, (logits * root)[clean].to_numpy(), rcond=None)[0]
    treated = frame[~never & (frame["month"] >= frame["start"])]
    predicted = 100 / (1 + np.exp(-(design.loc[treated.index].to_numpy() @ fitted)))
    return treated.assign(found=treated["share"] - predicted)


@pytest.mark.parametrize("anticipation", [0, 2])
@pytest.mark.parametrize("trends", ["none", "unit"])
@pytest.mark.parametrize("more", [{}, {"weights": "w"}, {"weights": "w", "covariates": ["x"]}])
def test_logits_agree_with_dummy_variables(anticipation: int, trends: str, more: dict) -> None:
    frame = small()
    slow = the_long_way(
        frame,
        anticipation=anticipation,
        trends=trends == "unit",
        weighted="weights" in more,
        x="covariates" in more,
    )
    weights = slow["w"] if "weights" in more else np.ones(len(slow))
    found = imputation(
        frame, **NAMES, **more, scale="logit", trends=trends, anticipation=anticipation, draws=19,
        conf_level=0.9, aggregate="unit",
    )  # fmt: skip
    # Normal equations of logits: twelve digits, some lost to the trends.
    assert found.estimate == pytest.approx(np.average(slow["found"], weights=weights), abs=1e-8)
    own = {
        str(unit): np.average(rows["found"], weights=rows["w"] if "weights" in more else None)
        for unit, rows in slow.groupby("unit")
    }
    assert {term.group: term.estimate for term in found.terms} == pytest.approx(own, abs=1e-8)


@pytest.mark.parametrize("aggregate", ["simple", "dynamic", "group", "calendar"])
def test_every_draw_is_the_estimate_of_moved_paths(aggregate: str) -> None:
    """Each batch of draws equals estimates made one by one, with missing cells, weights and strata."""
    frame = small().assign(s=lambda f: f["unit"] % 2)
    panel = build_panel(frame, **NAMES, weights="w", strata="s")
    design = design_of(panel, choose_scale(panel, "logit", None), anticipation=1)
    fit = impute(panel, design)
    assignments = draw_assignments(panel, 20, np.random.default_rng(0), 0.9)
    averages = choose_averages(panel, fit.paths, aggregate)
    moves = move_imputation(panel, design, averages, Observed(5.0, 1.0), assignments)
    starts = np.append(panel.starts, panel.n_periods)
    labels = np.array(panel.periods, dtype=int)
    kept = moves.null.assignments.paths
    assert len(kept) >= 10
    for draw, paths in enumerate(kept):
        dealt = dict(zip(panel.units, starts[paths], strict=True))
        moved = frame.assign(
            start=[
                0 if dealt[str(unit)] == panel.n_periods else labels[dealt[str(unit)]]
                for unit in frame["unit"]
            ]
        )
        slow = the_long_way(moved, anticipation=1, weighted=True)
        expected = [np.average(slow["found"], weights=slow["w"])]
        key = {"dynamic": slow["month"] - slow["start"], "group": slow["start"], "calendar": slow["month"]}
        if aggregate != "simple":
            expected += [
                np.average(rows["found"], weights=rows["w"]) for _, rows in slow.groupby(key[aggregate])
            ]
        assert moves.null.effects[draw] == pytest.approx(expected, abs=1e-8)


def test_the_error_of_a_unit_is_what_the_estimate_moves_by() -> None:
    """Influence is the derivative of the estimate in a unit's outcomes, times what is left of them."""
    frame = small(5)
    panel = build_panel(frame, **NAMES, weights="w")
    design = design_of(panel, choose_scale(panel, "logit", None), trends=True)
    fit = impute(panel, design)
    target = panel.cell_weights * fit.paths.treated[0]
    target = target / target.sum()
    influence = fit.influence(target[None])[0]
    unit = int(np.flatnonzero(~panel.treated)[0])
    step, base = 1e-5, panel.outcome.copy()

    def estimate(outcome: np.ndarray) -> float:
        return float((target * fit.paths.fit(outcome).effects[0]).sum())

    logits = np.log(base / (100 - base))
    moved = logits.copy()
    moved[unit] += step * fit.gaps[0, unit]
    change = (estimate(np.where(panel.observed, 100 / (1 + np.exp(-moved)), np.nan)) - estimate(base)) / step
    assert influence[unit] == pytest.approx(change, rel=1e-4)


def test_a_change_of_definition_common_to_all_changes_nothing() -> None:
    """A step in logits in all units is a period effect; the effects in points stay as they are."""
    rng = np.random.default_rng(4)
    frame = simulate_shares(SMALL, rng)
    logits = np.log(frame["share"] / (100 - frame["share"]))
    effect = np.where((frame["start"] > 0) & (frame["month"] >= frame["start"]), 6.0, 0.0)
    stepped = 100 / (1 + np.exp(-(logits - 0.3 * (frame["month"] >= 7))))
    words = {"scale": "logit", "inference": "analytic"}
    plain = imputation(frame.assign(share=frame["share"] + effect), **NAMES, **words)
    broken = imputation(frame.assign(share=stepped + effect), **NAMES, **words)
    # Exactly the same untreated fit; the treated cells' predictions move with the step as their shares do.
    gap = (100 / (1 + np.exp(-(logits - 0.3 * (frame["month"] >= 7)))) - frame["share"])[effect > 0].mean()
    assert gap < -3
    assert broken.estimate == pytest.approx(plain.estimate, abs=0.25)
    exact = small_effect_free(frame)
    assert exact == pytest.approx(0.0, abs=1e-9)


def small_effect_free(frame: pd.DataFrame) -> float:
    """Where logits are exactly two-way, any common step is absorbed without a trace."""
    unit, month = frame["unit"] / 10 - 1, frame["month"] / 12
    effect = np.where((frame["start"] > 0) & (frame["month"] >= frame["start"]), 6.0, 0.0)
    found = [
        imputation(
            frame.assign(share=100 / (1 + np.exp(-(unit + month + step * (frame["month"] >= 7)))) + effect),
            **NAMES, scale="logit", inference="analytic",
        ).estimate
        for step in (0.0, -0.3)
    ]  # fmt: skip
    assert found[0] == pytest.approx(6.0, abs=1e-9)
    return found[1] - found[0]


def test_shares_at_the_bounds() -> None:
    """With counts the empirical share; without, half of the smallest distance seen; both said."""
    frame = small()
    bare = frame.assign(share=frame["share"].where(frame.index != 3, 0.0))
    counted = build_panel(bare, **NAMES, extra=["count"])
    scale = choose_scale(counted, "logit", "count")
    row, column = np.argwhere(counted.outcome == 0)[0]
    share = 100 * 0.5 / (counted.extra["count"][row, column] + 1)
    assert scale.forward(counted.outcome)[row, column] == pytest.approx(np.log(share / (100 - share)))
    found = imputation(bare, **NAMES, scale="logit", denominators="count", inference="analytic")
    assert any("1 share(s) of exactly 0 or 100 %" in note and "(n + 1/2)" in note for note in found.notes)
    least = float(np.minimum(bare["share"], 100 - bare["share"]).loc[bare["share"] > 0].min()) / 2
    without = choose_scale(counted, "logit", None)
    assert without.bound[row, column] == pytest.approx(least)


def test_a_denominator_of_zero_is_named_with_its_unit_and_period() -> None:
    frame = small()
    bare = frame.assign(count=frame["count"].where(frame.index != frame.index[3], 0))
    unit, month = frame["unit"].iloc[3], frame["month"].iloc[3]
    with pytest.raises(NotFinite, match=rf"above 0; {unit} in {month}: 0\. Correct the counts"):
        imputation(bare, **NAMES, scale="logit", denominators="count", inference="analytic")


def test_what_is_no_share_in_percent_is_refused() -> None:
    frame = small()
    with pytest.raises(NotFinite, match="from 0 to 100 percent"):
        imputation(frame.assign(share=frame["share"] + 60), **NAMES, scale="logit")
    with pytest.raises(NotFinite, match="Multiply it by 100"):
        imputation(frame.assign(share=frame["share"] / 100), **NAMES, scale="logit")
    with pytest.raises(UnknownOption, match="Allowed: points, logit"):
        imputation(frame, **NAMES, scale="probit")
    with pytest.raises(UnknownOption, match="anticipation=-1"):
        imputation(frame, **NAMES, anticipation=-1)
    with pytest.raises(NotEstimable, match=r"anticipation=5 a treated unit needs 1 .* 1, 2 have fewer"):
        imputation(frame, **NAMES, scale="logit", anticipation=5)


def test_recovers_a_truth_in_points() -> None:
    """Laggards under logistic growth: unbiased in logits, biased in points."""
    scenario = Shares(laggards=-0.45)
    errors = {"logit": [], "points": []}
    for seed in range(30):
        frame = simulate_shares(scenario, np.random.default_rng([8, seed]))
        truth = frame.loc[(frame["start"] > 0) & (frame["month"] >= frame["start"]), "effect"].mean()
        for scale, found in errors.items():
            found.append(imputation(frame, **NAMES, scale=scale, inference="analytic").estimate - truth)
    spread = np.std(errors["logit"]) / np.sqrt(30)
    assert abs(np.mean(errors["logit"])) < 3 * spread
    assert np.mean(errors["points"]) < -10 * spread


def test_one_unit_a_date_and_a_missing_cell_keep_the_test() -> None:
    """True nulls rejected at 5 % by the default: 120 panels of six dates with one unit each and one hole."""
    rejected = sum(hit for _, hit, _ in judge_cohorts(1, "default", range(120)))
    # Six expected; more than 13 come by chance in 3 of 1,000.
    assert rejected <= 13


def test_permutation_stays_with_many_treated_of_small_cohorts() -> None:
    scenario = Shares(n_units=30, n_months=20, starts=tuple(range(6, 19)), missing=0.02)
    frame = small(2, scenario)
    for more in ({}, {"weights": "w"}, {"covariates": ["x"]}):
        found = imputation(frame, **NAMES, **more, scale="logit", draws=99)
        assert found.inference.endswith("permutation"), more
        assert found.conf_low is not None and found.conf_low < found.estimate < found.conf_high
        assert found.std_error is None and "multiplier" not in found.p_values


def test_an_interval_holds_what_the_test_does_not_reject() -> None:
    """At either limit of the interval, taking that effect off leaves a p near the level."""
    frame = small(6, Shares(n_units=40, n_months=20, starts=(8, 9, 10, 11, 12), missing=0.02))
    found = imputation(frame, **NAMES, scale="logit", draws=799)
    treated = (frame["start"] > 0) & (frame["month"] >= frame["start"])
    for limit in (found.conf_low, found.conf_high):
        net = frame.assign(share=(frame["share"] - limit * treated).clip(0.05, 99.95))
        p_value = imputation(net, **NAMES, scale="logit", draws=799).p_value
        # The draws' effects are taken as linear in the hypothesis between two values.
        assert p_value == pytest.approx(0.05, abs=0.01)


def test_numbers_do_not_depend_on_names_or_order() -> None:
    frame = small()
    words = {**NAMES, "scale": "logit", "draws": 99, "aggregate": "unit"}
    shuffled = frame.sample(frac=1, random_state=1)
    assert imputation(shuffled, **words) == imputation(frame, **words)


def test_missing_cells_leave_an_interval_around_the_estimate() -> None:
    """Moved paths that find no cell after their start once made all draws unknown and the interval a point."""
    frame = small()
    for seed in range(6):
        gone = np.random.default_rng(seed).random(len(frame)) < 0.35
        found = imputation(frame[~gone], **NAMES, scale="logit", draws=99, seed=1, inference="permutation")
        assert found.conf_low < found.estimate < found.conf_high
