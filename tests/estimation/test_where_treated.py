"""Where the treated lie: regions are asked for by strata or clusters, looked at, and change what is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import callaway_santanna, did, event_study, imputation
from analysis.estimation.checks.where_treated import check_where_treated, lie_together
from analysis.estimation.errors import NothingToMove
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.panel.panel import Panel

# Viet Nam's regions: provinces, and those of the ten that set targets by August 2022.
SIZES, OF_TEN = (5, 13, 14, 14, 11, 6), (0, 2, 1, 6, 0, 1)


def _panel(rng: np.random.Generator, of_region: tuple[int, ...] = OF_TEN, shock: float = 0.7) -> Panel:
    """Six years, the treatment from the fourth on; each region has a random walk of its own."""
    region = np.repeat(np.arange(6), SIZES)
    place = np.concatenate([np.arange(size) for size in SIZES])
    walks = shock * rng.normal(size=(6, 6)).cumsum(axis=1)
    outcome = rng.normal(size=(63, 1)) + walks[region] + rng.normal(size=(63, 6))
    start = np.where(place < np.array(of_region)[region], 3, 6).astype(np.int64)
    names = tuple(f"{k:02d}" for k in range(63))
    return Panel(outcome, np.ones((63, 6), bool), start, names, tuple("012345"), strata=region)


def test_the_real_ten_lie_together_and_one_in_each_region_does_not():
    rng = np.random.default_rng(1)
    check = check_where_treated(_panel(rng))
    assert check.passed is False
    assert "within regions" in check.text
    assert [(row["treated"], row["units"]) for row in check.table] == list(zip(OF_TEN, SIZES, strict=True))
    assert lie_together(_panel(rng))
    assert check_where_treated(_panel(rng, (1, 2, 2, 2, 2, 1))).passed is True
    assert check_where_treated(_panel(rng, (1, 3, 3, 2, 1, 0))).passed is True
    assert check_where_treated(_panel(rng, (0, 0, 1, 0, 0, 0))).passed is None


def test_a_whole_region_treated_leaves_nothing_within_it():
    panel = _panel(np.random.default_rng(1), (5, 0, 0, 0, 0, 0))
    check = check_where_treated(panel)
    assert check.passed is False
    assert "too few other units" in check.text
    assert not lie_together(panel)


def test_within_regions_shocks_of_regions_are_no_effect():
    """Four in a hundred panels are 0.8 standard errors either way of 300; over the map 14 were measured."""
    rng = np.random.default_rng(7)
    rejected = np.zeros(2)
    for seed in range(300):
        panel = _panel(rng)
        for k, one in enumerate((panel, replace(panel, strata=None))):
            rejected[k] += did(one, draws=199, seed=seed).p_value <= 0.05
    assert rejected[0] / 300 <= 0.085
    assert rejected[1] / 300 >= 0.10


@pytest.mark.parametrize("whole", [False, True], ids=["treated differ within", "whole clusters treated"])
@pytest.mark.parametrize("draws", [99, 100_000])
def test_paths_move_within_clusters_or_with_them(whole, draws):
    """`cluster="region"` used to permute single units over the map without a word."""
    rng = np.random.default_rng(2)
    outcome, cluster = rng.normal(size=(12, 4)), np.repeat(np.arange(4), 3)
    treated = cluster == 1 if whole else np.isin(np.arange(12), (0, 3, 4))
    panel = Panel(
        outcome, np.ones((12, 4), bool), np.where(treated, 2, 4).astype(np.int64),
        tuple("abcdefghijkl"), tuple("0123"), cluster=cluster,
    )  # fmt: skip
    found = draw_assignments(panel, draws, rng, 0.95)
    counts = np.array([(found.paths[:, cluster == c] == 0).sum(axis=1) for c in range(4)]).T
    if whole:
        assert found.moved == "clusters"
        assert set(map(tuple, counts.tolist())) == {(3, 0, 0, 0), (0, 3, 0, 0), (0, 0, 3, 0), (0, 0, 0, 3)}
    else:
        assert found.moved == "units within clusters"
        assert set(map(tuple, counts.tolist())) == {(1, 2, 0, 0)}
        assert found.n_possible == 9


@pytest.mark.parametrize("method", [did, event_study, callaway_santanna, imputation])
def test_clusters_within_which_treatment_differs_change_what_is_said(papi, method):
    frame = papi.assign(region=papi["province_code"].str[0])
    names = {
        "unit": "province_code",
        "time": "year",
        "outcome": "d81_portal_access",
        "treated_from": "treated_from",
    }
    alone, within = method(frame, **names, draws=99), method(frame, **names, draws=99, cluster="region")
    assert within.estimate == pytest.approx(alone.estimate, abs=1e-12)
    assert within.p_value != alone.p_value
    assert any("to units within clusters" in note for note in within.notes)


def test_clusters_treated_alike_throughout_leave_nothing_to_move():
    frame_like = _panel(np.random.default_rng(1), (5, 0, 0, 0, 0, 0))
    with pytest.raises(NothingToMove, match="wider strata or clusters"):
        draw_assignments(frame_like, 99, np.random.default_rng(1), 0.95)
