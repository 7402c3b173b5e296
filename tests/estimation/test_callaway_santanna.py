"""Group-time effects: published, against csdid, by hand, and on panels whose truth we know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from made_panels import staggered_frame

from analysis.estimation.errors import NoControlLeft, NotEstimable, UnknownOption
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.inference.moved_paths import (
    move_linear,
    move_refit,
    observed_variance,
    refit_variance,
)
from analysis.estimation.methods.callaway_santanna import callaway_santanna, gather_effects
from analysis.estimation.methods.comparison import CollinearCovariates, NoOverlap, compare_adjusted
from analysis.estimation.methods.group_time import AGGREGATES, aggregate_effects, group_times
from analysis.estimation.panel.frames import build_panel

ORACLE = json.loads((Path(__file__).parent / "oracles" / "staggered_and_synthetic.json").read_text())
NAMES = {"unit": "unit", "time": "time", "outcome": "y", "treated_from": "start"}


@pytest.mark.parametrize("case", ORACLE["csdid"])
def test_agrees_with_csdid(case: str) -> None:
    method, controls, formula, aggregate = case.split(" ")
    covariates = ["x"] if formula == "y~x" else None
    words = {"method": method, "controls": controls, "aggregate": aggregate, "inference": "analytic"}
    ours = callaway_santanna(staggered_frame(), **NAMES, covariates=covariates, **words)
    theirs = ORACLE["csdid"][case]
    # Same formulas in the same arithmetic; logits are solved to 1e-8.
    assert ours.estimate == pytest.approx(theirs["estimate"], abs=1e-7)
    assert ours.std_error == pytest.approx(theirs["std_error"], abs=1e-6)


def test_one_cell_by_hand() -> None:
    frame = staggered_frame()
    wide = frame.pivot(index="unit", columns="time", values="y")
    start = frame.groupby("unit")["start"].first()
    change = wide[6] - wide[4]
    by_hand = change[start == 5].mean() - change[start == 0].mean()
    cells = {(t.group, t.period): t for t in callaway_santanna(frame, **NAMES, inference="analytic").terms}
    assert cells["5", "6"].estimate == pytest.approx(by_hand, abs=1e-12)
    spread = [change[start == s].var(ddof=0) / (start == s).sum() for s in (5, 0)]
    assert cells["5", "6"].std_error == pytest.approx(np.sqrt(sum(spread)), abs=1e-12)


def test_missing_cells_use_the_units_seen_in_both_periods() -> None:
    frame = staggered_frame()
    gone = (frame["unit"] == 70) & (frame["time"] == 6) | (frame["unit"] == 3) & (frame["time"] == 4)
    holed = frame[~gone]
    wide, start = (
        holed.pivot(index="unit", columns="time", values="y"),
        frame.groupby("unit")["start"].first(),
    )
    change = (wide[6] - wide[4]).dropna()
    kept = start[change.index]
    cells = {(t.group, t.period): t.estimate for t in callaway_santanna(holed, **NAMES).terms}
    by_hand = change[kept == 5].mean() - change[kept == 0].mean()
    assert cells["5", "6"] == pytest.approx(by_hand, abs=1e-12)


def test_weights_repeat_units() -> None:
    frame = staggered_frame().assign(w=lambda f: 1 + (f["unit"] % 3 == 0))
    copies = pd.concat([frame, frame[frame["w"] == 2].assign(unit=lambda f: f["unit"] + 1000)])
    weighted = callaway_santanna(frame, **NAMES, weights="w", inference="analytic", aggregate="dynamic")
    repeated = callaway_santanna(copies, **NAMES, inference="analytic", aggregate="dynamic")
    assert weighted.estimate == pytest.approx(repeated.estimate, abs=1e-12)


def test_recovers_the_effects_it_was_given() -> None:
    found = {"simple": [], "never": [], "dr": []}
    for seed in range(40):
        frame = staggered_frame(seed + 100)
        truth = frame.loc[frame["treated"] == 1, "true_effect"].mean()
        words = {"covariates": ["x"], "method": "dr", "inference": "analytic"}
        found["simple"].append(
            callaway_santanna(frame, **NAMES, controls="not-yet", **words).estimate - truth
        )
    errors = np.array(found["simple"])
    # The covariate's trend is adjusted for, so the errors average to zero: within three standard errors.
    assert abs(errors.mean()) < 3 * errors.std() / np.sqrt(len(errors))


def test_clusters_widen_errors_and_merge_units() -> None:
    frame = staggered_frame()
    twins = pd.concat([frame, frame.assign(unit=lambda f: f["unit"] + 1000)]).assign(
        pair=lambda f: f["unit"] % 1000
    )
    alone = callaway_santanna(frame, **NAMES, inference="analytic")
    paired = callaway_santanna(twins, **NAMES, inference="analytic", cluster="pair")
    assert paired.std_error == pytest.approx(alone.std_error, rel=1e-9)


def few_treated(sizes: tuple[int, ...] = (2, 2), n_units: int = 24, seed: int = 5) -> pd.DataFrame:
    frame = staggered_frame(seed, n_units)
    start = np.zeros(n_units, dtype=int)
    start[: sum(sizes)] = np.repeat([3, 5], sizes)
    return frame.assign(start=np.repeat(start, 8), y=frame["y"] - frame["true_effect"])


def test_the_rule_follows_the_number_treated() -> None:
    one = callaway_santanna(few_treated((1, 0)), **NAMES)
    assert (one.inference, one.std_error, set(one.p_values)) == ("permutation", None, {"permutation"})
    assert all(term.std_error is None for term in one.terms)
    assert any("smallest p" in note for note in one.notes)
    few = callaway_santanna(few_treated((2, 2)), **NAMES, draws=199)
    assert (few.inference, few.std_error) == ("studentised-permutation", None)
    some = callaway_santanna(few_treated((5, 5)), **NAMES, draws=199)
    assert some.inference == "studentised-permutation" and some.std_error is not None
    assert set(some.p_values) == {"permutation", "studentised-permutation", "multiplier"}
    many = callaway_santanna(staggered_frame(n_units=120), **NAMES, draws=199)
    assert many.inference == "multiplier" and many.std_error is not None


def test_one_treated_among_all_units_is_an_exact_rank() -> None:
    frame = few_treated((1, 0))
    wide = frame.pivot(index="unit", columns="time", values="y").to_numpy()
    effects = []
    for unit in range(24):
        gaps = wide[unit] - np.delete(wide, unit, axis=0).mean(axis=0)
        effects.append(gaps[3:].mean() - gaps[2])
    found = callaway_santanna(frame, **NAMES)
    assert found.estimate == pytest.approx(effects[0], abs=1e-12)
    assert found.p_value == pytest.approx(np.mean(np.abs(effects) >= abs(effects[0]) - 1e-12))


@pytest.mark.parametrize("kind", AGGREGATES)
@pytest.mark.parametrize("controls", ["never", "not-yet"])
def test_one_product_serves_every_permutation(kind: str, controls: str) -> None:
    panel = build_panel(few_treated((3, 2)), **NAMES)
    assignments = draw_assignments(panel, 25, np.random.default_rng(0), 0.9)
    cells = group_times(panel, controls=controls, method="dr", base="varying")
    several = gather_effects(panel, cells, aggregate_effects(cells, kind), controls, "dr", "varying")
    fast = move_linear(panel, several.move.loadings(), several.move.exposures(), assignments)
    slow = move_refit(panel, several.move.estimate, several.move.exposures(), assignments)
    assert fast.effects == pytest.approx(slow.effects, abs=1e-12)
    assert fast.shares[:, :1] == pytest.approx(slow.shares, abs=1e-12)


@pytest.mark.parametrize("kind", AGGREGATES)
@pytest.mark.parametrize("controls", ["never", "not-yet"])
@pytest.mark.parametrize("base", ["varying", "universal"])
def test_draws_at_once_are_the_estimator_run_on_each(kind: str, controls: str, base: str) -> None:
    """Missing cells and weights: the same effects, shares and squared errors as by estimating every draw anew."""
    rng = np.random.default_rng(5)
    frame = few_treated((3, 2)).assign(weight=lambda f: 1 + f["unit"] % 3)
    panel = build_panel(frame[rng.random(len(frame)) > 0.15], **NAMES, weights="weight")
    assignments = draw_assignments(panel, 40, rng, 0.9)
    cells = group_times(panel, controls=controls, method="dr", base=base)
    moves = gather_effects(panel, cells, aggregate_effects(cells, kind), controls, "dr", base).move
    fast = moves(assignments)
    slow = move_refit(panel, moves.estimate, moves.exposures(), assignments)
    assert (fast.null.assignments.paths == slow.assignments.paths).all()
    assert fast.null.effects == pytest.approx(slow.effects, abs=1e-10, nan_ok=True)
    assert fast.null.shares[:, :1] == pytest.approx(slow.shares, abs=1e-10)
    assert fast.null.variance == pytest.approx(slow.variance, abs=1e-10)
    assert fast.own == pytest.approx(refit_variance(panel, moves.estimate, moves.exposures()), abs=1e-10)
    # Of the observed assignment each term finds its own exposure whole, if it is one after the start.
    own = replace(assignments, paths=np.searchsorted(panel.starts, panel.treated_from)[None].astype(np.int16))
    found = moves(own).null.shares[0]
    after = [True, *(event is None or event >= 0 for event in _event_times(panel, cells, kind))]
    assert found[after] == pytest.approx(1)


def _event_times(panel, cells, kind):
    several = gather_effects(panel, cells, aggregate_effects(cells, kind), "never", "dr", "varying")
    return [label.event_time for label in several.labels]


def test_false_positives_with_few_treated_stay_near_five_percent() -> None:
    rng, rejected, n_runs = np.random.default_rng(8), 0, 150
    names = {"unit": "unit", "time": "time", "outcome": "y", "treated_from": "start"}
    for _ in range(n_runs):
        noise = rng.normal(size=(30, 5)).cumsum(axis=1)
        start = np.repeat([2, 3, 0], [2, 1, 27])
        frame = pd.DataFrame(
            {
                "unit": np.repeat(np.arange(30), 5),
                "time": np.tile(np.arange(5), 30),
                "y": noise.ravel(),
                "start": np.repeat(start, 5),
            }
        )
        rejected += callaway_santanna(frame, **names, draws=99).p_value <= 0.05
    # 5 % of 150 is 7.5 with a standard error of 2.7.
    assert rejected <= 7.5 + 3 * 2.7


def test_bands_are_wider_than_pointwise_intervals() -> None:
    words = {"aggregate": "dynamic", "draws": 499}
    band = callaway_santanna(staggered_frame(), **NAMES, inference="multiplier", **words)
    point = callaway_santanna(staggered_frame(), **NAMES, inference="analytic", **words)
    for wide, narrow in zip(band.terms, point.terms, strict=True):
        assert wide.conf_high - wide.conf_low > narrow.conf_high - narrow.conf_low


def test_universal_base_marks_its_reference() -> None:
    terms = callaway_santanna(staggered_frame(), **NAMES, aggregate="dynamic", base="universal").terms
    (reference,) = [t for t in terms if t.is_reference]
    assert (reference.event_time, reference.estimate, reference.p_value) == (-1, 0.0, None)


def test_refusals() -> None:
    frame = staggered_frame()
    with pytest.raises(UnknownOption, match="simple, dynamic, group, calendar"):
        callaway_santanna(frame, **NAMES, aggregate="mean")
    gone = frame[(frame["start"] > 0) | (frame["time"] == frame["time"].min())]
    with pytest.raises(NoControlLeft, match=r"No never-treated unit is observed.* Try controls=\"not-yet\""):
        callaway_santanna(gone, **NAMES)
    with pytest.raises(NoControlLeft):
        callaway_santanna(frame[frame["start"] > 0], **NAMES)
    assert callaway_santanna(frame[frame["start"] > 0], **NAMES, controls="not-yet").n_units == 40
    with pytest.raises(CollinearCovariates, match="1 are independent"):
        callaway_santanna(frame.assign(one=1.0), **NAMES, covariates=["one"])
    with pytest.raises(UnknownOption, match="studentised"):
        callaway_santanna(few_treated((1, 0)), **NAMES, inference="studentised-permutation")
    apart = np.arange(20.0)
    with pytest.raises(NoOverlap):
        compare_adjusted(apart**2, apart >= 10, np.ones(20), apart[:, None], "ipw")


def test_without_noise_nothing_is_judged() -> None:
    frame = few_treated((2, 2))
    flat = frame.assign(y=frame["time"] + (frame["start"] > 0) * (frame["time"] >= frame["start"]) * 1.0)
    with pytest.raises(NotEstimable, match="no noise"):
        callaway_santanna(flat, **NAMES, draws=99)


def test_refits_studentise_like_the_fast_way() -> None:
    panel = build_panel(few_treated((3, 0)), **NAMES)
    cells = group_times(panel, controls="never", method="dr", base="varying")
    several = gather_effects(panel, cells, aggregate_effects(cells, "simple"), "never", "dr", "varying")
    fast = observed_variance(panel, several.move.loadings(), several.move.exposures())
    slow = refit_variance(panel, several.move.estimate, several.move.exposures())
    # One start date: the groups' shares do not enter, so the two are the same sum.
    assert fast == pytest.approx(slow, abs=1e-10)


def test_holes_leave_no_draw_out() -> None:
    """A unit that lacks a cell is dealt the path of a unit alone at its date: the overall effect is still known."""
    frame = few_treated((1, 1))
    holed = frame.drop(index=frame.index[(frame["unit"] >= 12) & (frame["time"] == 3)])
    for aggregate in AGGREGATES:
        found = callaway_santanna(holed, **NAMES, aggregate=aggregate, draws=99)
        note = next(note for note in found.notes if "smallest p" in note)
        assert "99 draws" in note and found.p_value is not None


def test_holes_keep_the_studentised_rule() -> None:
    holed = few_treated((4, 4)).drop(index=5)
    found = callaway_santanna(holed, **NAMES, draws=99)
    assert found.inference == "studentised-permutation" and found.conf_low is not None
    whole = callaway_santanna(few_treated((4, 4)), **NAMES, draws=99)
    # One cell of 192 is gone: nearly the same answer, by the other way.
    assert found.estimate == pytest.approx(whole.estimate, abs=0.2)
    assert found.p_value == pytest.approx(whole.p_value, abs=0.15)


@pytest.mark.parametrize("slope", [1.0, 2.5])
def test_comparison_units_count_by_their_odds_up_to_the_trim(slope):
    """statsmodels' logit gives the odds; a unit whose chance is 0.9 counts nine times one whose chance is a half."""
    rng = np.random.default_rng(6)
    values = rng.normal(size=400)
    treated = rng.random(400) < 1 / (1 + np.exp(-slope * values))
    change = values**2 + rng.normal(size=400)
    chance = sm.Logit(treated.astype(float), sm.add_constant(values)).fit(disp=0).predict()
    odds = np.where(treated | (chance >= 0.995), 0.0, chance / (1 - chance))
    expected = change[treated].mean() - odds @ change / odds.sum()
    found, _ = compare_adjusted(change, treated, np.ones(400), values[:, None], "ipw")
    assert found == pytest.approx(expected, abs=1e-6)
    assert ((chance > 0.6) & ~treated).sum() > 10
