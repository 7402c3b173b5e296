"""Targets set by those behind: what results say of level, fall and trend before, and how often for nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import (
    callaway_santanna,
    did,
    event_study,
    fractional,
    imputation,
    lagged_outcome,
    synthetic_control,
    synthetic_did,
    two_dates,
)
from analysis.answers.study_answer import choose_rung
from analysis.estimation.checks.design import FALL, LEVEL, SCALE, TREND, check_design
from analysis.estimation.panel.panel import Panel

NAMES = {"unit": "u", "time": "t", "outcome": "y", "treated_from": "g"}


def _panel(outcome: np.ndarray, treated: np.ndarray, start: int | np.ndarray) -> Panel:
    count, length = outcome.shape
    starts = np.where(treated, start, length).astype(np.int64)
    units, periods = tuple(map(str, range(count))), tuple(map(str, range(length)))
    return Panel(outcome, np.ones(outcome.shape, bool), starts, units, periods)


def _noise(rng: np.random.Generator, shape=(63, 10)) -> np.ndarray:
    errors = rng.normal(size=shape)
    for t in range(1, shape[1]):
        errors[:, t] = 0.6 * errors[:, t - 1] + 0.8 * errors[:, t]
    return errors


def _failed(panel: Panel, seed: int) -> set[str]:
    return {check.name for check in check_design(panel, seed=seed) if check.passed is False}


@pytest.mark.parametrize("staggered", [False, True])
@pytest.mark.parametrize("treated", [1, 3, 10])
def test_chance_fails_each_check_in_five_of_a_hundred(treated, staggered):
    """Of 200 panels the standard error is 1.5 points."""
    rng = np.random.default_rng(3)
    start = 5 + np.arange(63) % 3 if staggered else 5
    failed = [_failed(_panel(_noise(rng), np.arange(63) < treated, start), k) for k in range(200)]
    for name in (LEVEL, FALL, TREND):
        assert sum(name in names for names in failed) / 200 <= 0.095


@pytest.mark.parametrize("treated", [1, 3, 10])
def test_the_lowest_are_seen(treated):
    """The lowest of 63 are treated: their way back up is read as an effect in 11 to 30 of 100 panels."""
    rng = np.random.default_rng(4)
    for k in range(20):
        outcome = _noise(rng)
        lowest = np.argsort(np.argsort(outcome[:, :5].mean(axis=1))) < treated
        assert LEVEL in _failed(_panel(outcome, lowest, 5), k)


@pytest.mark.parametrize("count", [9, 63])
def test_the_rate_is_said_wherever_the_lowest_are_treated(count):
    """With nine units no rank is small enough to fail the check, and the lowest one is still told what that does."""
    outcome = _noise(np.random.default_rng(4), (count, 10))
    order = np.argsort(np.argsort(outcome[:, :5].mean(axis=1)))
    said = {}
    for rank in (0, count // 2):
        checks = {check.name: check for check in check_design(_panel(outcome, order == rank, 5))}
        said[rank] = "They are the lowest" in checks[LEVEL].text
        assert "chosen by their last figure" in checks[FALL].text
    assert said == {0: True, count // 2: False}


def test_units_moved_over_the_map_are_told_what_regions_do():
    rng = np.random.default_rng(5)
    several, one = (_panel(_noise(rng), np.arange(63) < k, 5) for k in (3, 1))
    assert "shocks of regions" in " ".join(did(several, draws=199).notes)
    assert "regions" not in " ".join(did(one, draws=199).notes)
    within = replace(several, strata=np.arange(63) % 6)
    assert "regions" not in " ".join(did(within, draws=199).notes)


def test_a_fall_and_a_trend_are_seen():
    rng = np.random.default_rng(5)
    treated = np.arange(63) < 10
    fallen, drifting = _noise(rng), _noise(rng)
    fallen[:10, 4] -= 2
    drifting[:10] += 0.5 * np.arange(10)
    assert _failed(_panel(fallen, treated, 5), 1) >= {FALL}
    assert _failed(_panel(drifting, treated, 5), 1) >= {TREND}
    assert "may go on" in next(c.text for c in check_design(_panel(drifting, treated, 5)) if c.name == TREND)


def test_scales_part_where_a_logistic_nation_rises():
    """All rise alike on logits, from 5 and from 50 percent: in points the low ones fall behind."""
    rng = np.random.default_rng(6)
    treated = np.arange(63) < 10
    logits = np.where(treated, -3.0, 0.0)[:, None] + 0.25 * np.arange(10) + 0.1 * rng.normal(size=(63, 10))
    panel = _panel(100 / (1 + np.exp(-logits)), treated, 5)
    checks = {check.name: check for check in check_design(panel)}
    assert checks[SCALE].passed is False
    points, logit = (row["estimate"] for row in checks[SCALE].table)
    assert points < -3
    assert abs(logit) < 1
    by_scale = {row["scale"]: row["p_value"] for row in checks[TREND].table}
    assert by_scale["points"] < 0.05 < by_scale["logits"]
    alike = np.where(treated, 0.0, 0.0)[:, None] + 0.25 * np.arange(10) + 0.1 * rng.normal(size=(63, 10))
    assert {c.name: c.passed for c in check_design(_panel(100 / (1 + np.exp(-alike)), treated, 5))}[SCALE]


def test_missing_cells_and_short_panels_leave_what_can_be_made():
    rng = np.random.default_rng(7)
    treated = np.arange(63) < 4
    two = check_design(_panel(_noise(rng, (63, 3)), treated, 2))
    assert [check.name for check in two] == [LEVEL, FALL]
    whole = _panel(_noise(rng), treated, 5)
    seen = rng.random((63, 10)) > 0.2
    gappy = Panel(np.where(seen, whole.outcome, np.nan), seen, whole.treated_from, whole.units, whole.periods)
    assert [check.name for check in check_design(gappy)] == [LEVEL, FALL, TREND]
    assert all(np.isfinite(row["difference"]) for check in check_design(gappy) for row in check.table)


@pytest.mark.parametrize(
    "method",
    [did, event_study, callaway_santanna, imputation, lagged_outcome, fractional, synthetic_did, synthetic_control,
     two_dates],
)  # fmt: skip
def test_every_result_carries_them_and_the_ladder_uses_them(method):
    rng = np.random.default_rng(8)
    treated = np.arange(63) < (1 if method in (synthetic_control, two_dates) else 4)
    outcome = 50 + 3 * rng.normal(size=(63, 1)) + rng.normal(size=(63, 8))
    outcome[treated] -= 20
    outcome[treated, 4:] += 8
    frame = pd.DataFrame({"u": np.repeat(range(63), 8), "t": np.tile(range(8), 63), "y": outcome.ravel()})
    frame["g"] = np.where(treated[frame["u"]], 4, 99)
    found = method(frame, **NAMES, draws=199)
    checks = {check.name: check.passed for check in found.checks}
    assert checks[LEVEL] is False
    assert choose_rung(found, found.checks) != "passed"
