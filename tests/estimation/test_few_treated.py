"""Conley–Taber and Ferman–Pinto: the controls' residuals as the yardstick."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from long_way import COLUMNS

from analysis import did
from analysis.estimation.errors import UnknownOption
from analysis.estimation.inference.few_treated import control_draws
from analysis.estimation.inference.judge import Ask, infer
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.simulate import Scenario, simulate_panel


def test_conley_taber_is_the_spread_of_the_controls():
    """With one treated unit the reference distribution is the controls' own changes in residuals."""
    panel = simulate_panel(Scenario(n_treated=1, n_periods=6, effect=1.0), seed=11)
    verdict = infer(fit_two_way(panel), Ask(9_999, 1, 0.95, "conley-taber"))
    after = panel.treatment[0]
    changes = panel.outcome[:, after].mean(axis=1) - panel.outcome[:, ~after].mean(axis=1)
    own = changes[1:] - changes[1:].mean()
    effect = changes[0] - changes[1:].mean()
    # 9,999 draws from 62 controls: the share has a standard error of half a point.
    assert verdict.p_value == pytest.approx((np.abs(own) >= abs(effect)).mean(), abs=0.02)


def test_ferman_pinto_widens_for_a_small_treated_unit():
    """Where variance falls with size, a small treated unit has a wider interval than Conley-Taber gives it."""
    rng = np.random.default_rng(0)
    sizes = np.concatenate([[5.0], np.geomspace(5, 500, 60)])
    noise = rng.normal(size=(61, 6)) * np.sqrt(0.1 + 50 / sizes)[:, None]
    frame = pd.DataFrame(
        [(i, t, noise[i, t], int(i == 0 and t >= 3), sizes[i]) for i in range(61) for t in range(6)],
        columns=["u", "t", "y", "d", "n"],
    )
    narrow = did(frame, inference="conley-taber", weights="n", **COLUMNS)
    wide = did(frame, inference="ferman-pinto", weights="n", **COLUMNS)
    assert wide.conf_high - wide.conf_low > 1.5 * (narrow.conf_high - narrow.conf_low)
    with pytest.raises(UnknownOption, match="sizes"):
        did(frame, inference="ferman-pinto", **COLUMNS)


def test_a_huge_unit_is_not_taken_to_be_without_noise():
    """Controls whose squared errors are exactly one over their size: a unit a million times as large keeps a share."""
    panel = simulate_panel(Scenario(n_treated=1, n_periods=6), seed=11)
    after = panel.treatment[0]
    changes = panel.outcome[1:, after].mean(axis=1) - panel.outcome[1:, ~after].mean(axis=1)
    errors = changes - changes.mean()
    sizes = np.append(1e12, errors**-2.0)
    drawn = control_draws(fit_two_way(panel), 5_000, np.random.default_rng(1), sizes).effects
    assert np.abs(drawn).max() == pytest.approx(np.sqrt(0.05 * (errors**2).mean()), rel=1e-6)


@pytest.mark.parametrize("inference", ["conley-taber", "ferman-pinto"])
@pytest.mark.parametrize("skewed", [1.0, -1.0])
def test_ends_are_not_mirrored(inference, skewed):
    """Controls whose noise has a long upper tail leave the effect a long lower end: estimate less the quantiles."""
    rng = np.random.default_rng(4)
    noise = skewed * np.where(np.arange(6) >= 3, rng.exponential(size=(61, 1)), 0.0) + 0.01 * rng.normal(
        size=(61, 6)
    )
    frame = pd.DataFrame(
        [(i, t, noise[i, t], int(i == 0 and t >= 3), 1.0) for i in range(61) for t in range(6)],
        columns=["u", "t", "y", "d", "n"],
    )
    found = did(frame, inference=inference, weights="n", **COLUMNS)
    changes = noise[1:, 3:].mean(axis=1) - noise[1:, :3].mean(axis=1)
    low, high = np.quantile(changes - changes.mean(), [0.025, 0.975])
    # Quantiles of 9,999 draws from 60 values fall on one or its neighbour, half a unit away; mirrored, two units.
    assert found.estimate - found.conf_low == pytest.approx(high, abs=0.6)
    assert found.conf_high - found.estimate == pytest.approx(-low, abs=0.6)
