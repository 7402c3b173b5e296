"""Assignments of treatment paths: all of them when few, each as likely, whole within strata and clusters."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from long_way import COLUMNS, cells, fit_of

from analysis import did, event_study
from analysis.estimation.errors import NothingToMove
from analysis.estimation.inference.assignments import draw_assignments


def test_all_assignments_are_listed_when_few():
    """Three of nine treated: 84 assignments, each once, the observed one among them."""
    panel = fit_of(cells(n_units=9, n_treated=3, missing=0)).panel
    found = draw_assignments(panel, 100, np.random.default_rng(0), 0.95)
    assert found.exact
    sets = {tuple(np.flatnonzero(row == 0)) for row in found.paths}
    assert sets == set(combinations(range(9), 3))
    assert found.smallest_p == pytest.approx(1 / 84)


def test_staggered_assignments_are_listed_once():
    """Two starts: 12!/(2! 2! 8!) = 2,970 assignments of the paths."""
    panel = fit_of(cells(n_treated=4, scheduled=True, missing=0)).panel
    found = draw_assignments(panel, 3_000, np.random.default_rng(0), 0.95)
    assert found.exact
    assert len(found.paths) == len(np.unique(found.paths, axis=0)) == 2_970


@pytest.mark.parametrize("draws", [60, 3_000])
def test_strata_and_clusters_stay_together(draws):
    """Paths move within strata only, and between whole clusters when whole clusters are treated."""
    frame = cells(n_units=24, n_treated=8, missing=0).assign(
        c=lambda rows: rows.i // 2, s=lambda rows: (rows.i // 2) % 2
    )
    panel = fit_of(frame, strata="s", cluster="c").panel
    found = draw_assignments(panel, draws, np.random.default_rng(0), 0.95)
    treated = found.paths == 0
    assert found.n_possible == 15 * 15
    assert (treated[:, 0::2] == treated[:, 1::2]).all()
    assert (treated[:, panel.strata == 0].sum(axis=1) == 4).all()


def test_every_assignment_is_as_likely_as_another():
    """Ten treated of twenty in two starts: each unit and each pair comes up as often as any other."""
    panel = fit_of(cells(n_units=20, n_treated=6, missing=0, scheduled=True)).panel
    drawn = draw_assignments(panel, 40_000, np.random.default_rng(2), 0.95).paths
    assert (np.sort(drawn, axis=1) == np.sort(drawn[:1], axis=1)).all()
    # Shares of 40,000 draws: a standard error below 0.0025, five of them allowed over 20 units and 190 pairs.
    assert (drawn == 0).mean(axis=0) == pytest.approx(np.full(20, 3 / 20), abs=0.0125)
    together = (drawn == 0).astype(float).T @ (drawn == 1).astype(float) / len(drawn)
    off = ~np.eye(20, dtype=bool)
    assert together[off] == pytest.approx(np.full(380, 9 / 380), abs=0.006)


def test_strata_that_allow_no_other_assignment_are_refused():
    """All treated in one stratum, all others in another: nothing can be moved."""
    frame = cells().assign(s=lambda rows: (rows.i < 4).astype(int))
    for method in (did, event_study):
        with pytest.raises(NothingToMove, match="wider strata"):
            method(frame, strata="s", **COLUMNS)
