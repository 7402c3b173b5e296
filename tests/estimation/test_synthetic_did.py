"""Synthetic difference in differences: published, against a generic solver and diff-diff, placebos, cohorts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_panels import factor_frame
from scipy.optimize import minimize

from analysis.estimation.errors import NoControlLeft, TooShort, Unbalanced, UnknownOption
from analysis.estimation.methods.synthetic_did import synthetic_did
from analysis.estimation.methods.weighted_did import WeightedDids, average_cohorts, weighted_dids

ORACLE = json.loads((Path(__file__).parent / "oracles" / "staggered_and_synthetic.json").read_text())
NAMES = {"unit": "unit", "time": "time", "outcome": "y", "treatment": "treated"}


def weighted_did(treated: np.ndarray, controls: np.ndarray, start: int) -> WeightedDids:
    """Compare one treated group with all controls."""
    ours = np.arange(len(treated) + len(controls)) < len(treated)
    return weighted_dids(np.concatenate([treated, controls]), ours[None, :], ~ours[None, :], start)


def matrices(frame: pd.DataFrame, n_treated: int = 1) -> tuple[np.ndarray, np.ndarray]:
    wide = frame.pivot(index="unit", columns="time", values="y").to_numpy()
    return wide[:n_treated], wide[n_treated:]


def test_published_proposition_99(refdata: Callable[[str], pd.DataFrame]) -> None:
    names = {"unit": "State", "time": "Year", "outcome": "PacksPerCapita", "treatment": "treated"}
    found = synthetic_did(refdata("california_prop99"), **names)
    assert round(found.estimate, 1) == -15.6
    assert found.n_treated == 1 and found.n_units == 39


def by_generic_solver(design: np.ndarray, target: np.ndarray, penalty: float) -> np.ndarray:
    """Weights with a free constant, the constant solved for like the weights."""
    count = design.shape[1]

    def loss(point: np.ndarray) -> float:
        error = design @ point[1:] + point[0] - target
        return float(error @ error + penalty * (point[1:] @ point[1:]))

    found = minimize(
        loss,
        np.append(0.0, np.full(count, 1 / count)),
        method="SLSQP",
        bounds=[(None, None)] + [(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda p: p[1:].sum() - 1},
        options={"ftol": 1e-15, "maxiter": 5000},
    )
    return found.x[1:]


def test_agrees_with_a_generic_solver() -> None:
    treated, controls = matrices(factor_frame(n_units=11, n_periods=12, start=8))
    found = weighted_did(treated, controls, 8)
    before = controls[:, :8]
    penalty = np.sqrt(4) * np.diff(before, axis=1).std(ddof=1) ** 2 * 8
    unit = by_generic_solver(before.T, treated[0, :8], penalty)
    times = by_generic_solver(before, controls[:, 8:].mean(axis=1), 0.0)
    # SLSQP stops at about the square root of machine precision.
    assert found.unit_weights[0, 1:] == pytest.approx(unit, abs=1e-4)
    assert found.time_weights[0] == pytest.approx(times, abs=1e-4)
    gap = treated[0] - unit @ controls
    assert found.estimates[0] == pytest.approx(gap[8:].mean() - times @ gap[:8], abs=1e-3)


def test_agrees_with_diff_diff() -> None:
    theirs = ORACLE["diff_diff"]["synthetic_did"]["estimate"]
    # Their Frank-Wolfe search stops before the optimum: the third digit.
    assert synthetic_did(factor_frame(), **NAMES).estimate == pytest.approx(theirs, abs=5e-3)


def test_even_weights_make_difference_in_differences() -> None:
    rng = np.random.default_rng(0)
    controls = np.tile(rng.normal(size=8), (5, 1)) + rng.normal(size=(5, 1))
    treated = controls[:2] + 3 * (np.arange(8) >= 5)
    assert weighted_did(treated, controls, 5).estimates == pytest.approx(3, abs=1e-9)


def test_recovers_the_effect_it_was_given() -> None:
    errors = np.array(
        [weighted_did(*matrices(factor_frame(s, n_treated=3), 3), 11).estimates[0] - 2 for s in range(80)]
    )
    assert abs(errors.mean()) < 3 * errors.std() / np.sqrt(len(errors))


def test_cohorts_count_by_their_treated_cells() -> None:
    treated, controls = matrices(factor_frame(n_treated=3), 3)
    starts = np.array([11, 13, 13])
    series, ours = np.concatenate([treated, controls]), np.arange(3)
    whole = average_cohorts(series, ours[None, :], starts, np.arange(len(series)) >= 3)
    early, late = weighted_did(treated[:1], controls, 11), weighted_did(treated[1:], controls, 13)
    assert whole.estimates == pytest.approx((5 * early.estimates + 6 * late.estimates) / 11)
    assert whole.paths[0, 15] == pytest.approx((early.paths[0, 11] + 2 * late.paths[0, 13]) / 3)
    assert whole.paths[0, 15 + 4] == pytest.approx(early.paths[0, 15])


def test_staggered_starts_are_taken() -> None:
    frame = factor_frame(n_treated=3, n_units=25)
    later = (frame["unit"] == "u02") & (frame["time"] < 2013)
    frame = frame.assign(y=frame["y"] - 2 * frame["treated"] * later, treated=frame["treated"] * ~later)
    found = synthetic_did(frame, **NAMES, draws=99)
    assert found.estimate == pytest.approx(2, abs=1)
    assert [t.event_time for t in found.terms][-1] == 4


def test_placebos_are_all_controls_in_turn() -> None:
    treated, controls = matrices(factor_frame())
    found = synthetic_did(factor_frame(), **NAMES, inference="placebo")
    estimates = [
        weighted_did(controls[[i]], np.delete(controls, i, axis=0), 11).estimates[0] for i in range(20)
    ]
    own = weighted_did(treated, controls, 11).estimates[0]
    assert found.std_error == pytest.approx(np.std(estimates))
    assert found.p_value == (1 + np.sum(np.abs(estimates) >= abs(own))) / 21
    # 5 % of 21 ranks is one: the interval reaches as far as the largest placebo.
    assert found.conf_high - found.estimate == pytest.approx(np.abs(estimates).max())
    paper = synthetic_did(factor_frame(), **NAMES, inference="placebo-variance")
    assert paper.conf_high - paper.estimate == pytest.approx(1.959964 * np.std(estimates), rel=1e-6)


def test_periods_are_ranked_among_the_placebos_own() -> None:
    controls = matrices(factor_frame())[1]
    found = synthetic_did(factor_frame(), **NAMES, inference="placebo")
    fits = [weighted_did(controls[[i]], np.delete(controls, i, axis=0), 11) for i in range(20)]
    for term in (term for term in found.terms if term.event_time >= 0):
        paths = [abs(fit.paths[0, 11 + term.event_time]) for fit in fits]
        assert term.p_value == (1 + np.sum(np.array(paths) >= abs(term.estimate))) / 21
        assert (term.conf_low, term.conf_high) == pytest.approx(
            (term.estimate - max(paths), term.estimate + max(paths))
        )
    assert all(
        term.conf_low is term.conf_high is term.p_value is None for term in found.terms if term.event_time < 0
    )


def test_scaled_placebos_are_held_against_their_own_variation() -> None:
    treated, controls = matrices(factor_frame())
    found = synthetic_did(factor_frame(), **NAMES)
    before = np.concatenate([treated, controls])[:, :11]
    net = before - before.mean(axis=0)
    own, *others = (net - net.mean(axis=1, keepdims=True)).std(axis=1, ddof=1)
    estimates = [
        weighted_did(controls[[i]], np.delete(controls, i, axis=0), 11).estimates[0] for i in range(20)
    ]
    ratios = np.abs(estimates) / others
    assert found.inference == "scaled-placebo"
    assert found.p_value == (1 + np.sum(ratios >= abs(found.estimate) / own)) / 21
    assert found.conf_high - found.estimate == pytest.approx(ratios.max() * own)


def test_false_positives_stay_near_five_percent() -> None:
    rejected, n_runs = 0, 120
    for seed in range(n_runs):
        frame = factor_frame(seed + 50, n_units=20, n_periods=8, start=5)
        frame = frame.assign(y=frame["y"] - 2 * frame["treated"])
        rejected += synthetic_did(frame, **NAMES).p_value <= 0.05
    # 5 % of 120 is 6 with a standard error of 2.4.
    assert rejected <= 6 + 3 * 2.4


def test_refusals() -> None:
    frame = factor_frame()
    with pytest.raises(UnknownOption, match="covariates"):
        synthetic_did(frame.assign(x=1.0), **NAMES, covariates=["x"])
    with pytest.raises(Unbalanced, match="u00"):
        synthetic_did(frame.drop(index=0), **NAMES)
    with pytest.raises(TooShort, match="at least 3 periods"):
        synthetic_did(frame[frame["time"] >= 2009], **NAMES)
    with pytest.raises(NoControlLeft, match="2 for 1 treated"):
        synthetic_did(frame[frame["unit"].isin(["u00", "u01", "u02"])], **NAMES)
    found = synthetic_did(frame.drop(index=frame.index[(frame["unit"] == "u07")][:1]), **NAMES)
    assert any("u07" in note for note in found.notes)
    assert found.estimate == pytest.approx(synthetic_did(frame[frame["unit"] != "u07"], **NAMES).estimate)
    assert "u07" not in found.weights
