"""Imputation: published, against dummy-variable least squares, diff-diff, and panels whose truth we know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_panels import staggered_frame

from analysis.estimation.errors import NotEstimable, PanelError
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.inference.imputed_moves import Observed, move_imputation
from analysis.estimation.methods.cell_averages import choose_averages
from analysis.estimation.methods.imputation import Model, gather_effects, imputation
from analysis.estimation.methods.imputed import design_of, impute
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.shares import Scale

ORACLE = json.loads((Path(__file__).parent / "oracles" / "staggered_and_synthetic.json").read_text())
NAMES = {"unit": "unit", "time": "time", "outcome": "y", "treated_from": "start"}
POINTS = Scale("points", np.zeros(1))


def by_dummies(
    frame: pd.DataFrame, weights: np.ndarray | None = None, covariate: str | None = None
) -> np.ndarray:
    """Effects on the treated rows: fit dummies to the untreated rows, predict the treated ones."""
    design = pd.get_dummies(frame[["unit", "time"]].astype(str), dtype=float)
    if covariate:
        design[covariate] = frame[covariate]
    clean, root = frame["treated"] == 0, np.ones(len(frame)) if weights is None else np.sqrt(weights)
    fitted = np.linalg.lstsq(
        design[clean].to_numpy() * root[clean, None], frame["y"][clean].to_numpy() * root[clean], rcond=None
    )[0]
    return (frame["y"] - design.to_numpy() @ fitted)[~clean].to_numpy()


def test_agrees_with_dummy_variables() -> None:
    frame = staggered_frame()
    assert imputation(frame, **NAMES).estimate == pytest.approx(by_dummies(frame).mean(), abs=1e-10)


def test_holes_weights_and_covariates_agree_with_dummy_variables() -> None:
    rng = np.random.default_rng(2)
    frame = staggered_frame().assign(
        z=lambda f: rng.normal(size=len(f)) + f["time"], w=lambda f: 1 + f["unit"] % 4
    )
    holed = frame[rng.random(len(frame)) > 0.1].reset_index(drop=True)
    weights = holed["w"].to_numpy(float)
    effects = by_dummies(holed, weights, "z")
    expected = np.average(effects, weights=weights[holed["treated"] == 1])
    found = imputation(holed, **NAMES, weights="w", covariates=["z"], draws=99)
    assert found.estimate == pytest.approx(expected, abs=1e-9)


def test_standard_error_agrees_with_diff_diff() -> None:
    found, theirs = (
        imputation(staggered_frame(), **NAMES, inference="analytic"),
        ORACLE["diff_diff"]["imputation"],
    )
    assert found.estimate == pytest.approx(theirs["estimate"], abs=1e-10)
    assert found.std_error == pytest.approx(theirs["std_error"], abs=1e-10)


def test_weights_on_cells_reproduce_the_estimate() -> None:
    panel = build_panel(staggered_frame(), **NAMES)
    fit = impute(panel, design_of(panel, POINTS))
    target = fit.paths.treated[0] / fit.paths.treated.sum()
    on_cells = fit.paths.weights_on_cells(target[None])[0]
    assert (on_cells * panel.outcome).sum() == pytest.approx((target * fit.effects[0]).sum(), abs=1e-10)
    assert on_cells.sum(axis=0) == pytest.approx(0, abs=1e-12)
    assert on_cells.sum(axis=1) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("aggregate", ["dynamic", "group", "calendar"])
def test_terms_average_to_the_estimate(aggregate: str) -> None:
    frame = staggered_frame()
    found = imputation(frame, **NAMES, aggregate=aggregate, draws=99)
    times = frame["time"] - frame["start"]
    key = {"dynamic": times, "group": frame["start"], "calendar": frame["time"]}[aggregate]
    sizes = key[frame["treated"] == 1].value_counts().sort_index().to_numpy()
    assert np.average([t.estimate for t in found.terms], weights=sizes) == pytest.approx(
        found.estimate, abs=1e-10
    )


def test_recovers_the_effects_it_was_given() -> None:
    errors = []
    for seed in range(60):
        frame = staggered_frame(seed + 300)
        # Without the covariate's trend, which two-way effects alone cannot see.
        frame = frame.assign(y=frame["y"] - 0.15 * frame["x"] * frame["time"])
        truth = frame.loc[frame["treated"] == 1, "true_effect"].mean()
        errors.append(imputation(frame, **NAMES, inference="analytic").estimate - truth)
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))


@pytest.mark.parametrize("aggregate", ["simple", "dynamic", "group", "calendar"])
def test_one_product_serves_every_permutation(aggregate: str) -> None:
    """The product for plain panels and the batch of fits give the same draws."""
    panel = build_panel(staggered_frame(), **NAMES)
    assignments = draw_assignments(panel, 20, np.random.default_rng(0), 0.9)
    model = Model(aggregate=aggregate)
    fast = gather_effects(panel, model, POINTS).move(assignments)
    design = design_of(panel, POINTS)
    averages = choose_averages(panel, impute(panel, design).paths, aggregate)
    slow = move_imputation(panel, design, averages, Observed(0.0, 1.0), assignments)
    assert fast.null.effects == pytest.approx(slow.null.effects, abs=1e-10)
    assert fast.null.shares[:, 0] == pytest.approx(slow.null.shares[:, 0], abs=1e-10)


def test_periods_without_untreated_units_are_refused() -> None:
    frame = staggered_frame()
    with pytest.raises(NotEstimable, match="every unit observed in 6, 7 is treated"):
        imputation(frame[frame["start"] > 0], **NAMES)


def test_treated_cells_need_an_outcome_and_a_weight() -> None:
    frame = staggered_frame().assign(w=lambda f: (f["treated"] == 0).astype(float))
    with pytest.raises(PanelError, match="no outcome from their start on"):
        imputation(frame, **NAMES, weights="w")
