"""Sign changes of the treated units' own effects, by hand and where their noise is unlike the others'."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analysis import did
from analysis.estimation.errors import NotEstimable
from analysis.estimation.panel.simulate import Scenario, simulate_frame, simulate_panel

NAMES = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}


@pytest.mark.parametrize(("n_treated", "draws"), [(7, 199), (9, 199)])
def test_by_hand(n_treated, draws):
    """All 128 signs, or draws of the 512: the share at least as far out, the interval where it turns."""
    frame = simulate_frame(Scenario(n_units=25, n_periods=8, n_treated=n_treated, effect=0.6), 3)
    found = did(frame, **NAMES, inference="sign-changes", draws=draws)
    wide = frame.pivot(index="unit", columns="period", values="outcome").to_numpy()
    changes = wide[:, 4:].mean(axis=1) - wide[:, :4].mean(axis=1)
    own = changes[:n_treated] - changes[n_treated:].mean()
    assert found.estimate == pytest.approx(own.mean())

    def p_value(effects):
        means = np.abs(np.array(list(product([1, -1], repeat=n_treated))) @ effects)
        return (means >= abs(effects.sum()) - 1e-9).mean()

    exact = n_treated == 7
    # Of 199 draws the standard error is at most 3.5 points.
    assert found.p_value == pytest.approx(p_value(own), abs=1e-12 if exact else 0.1)
    assert found.notes[0].startswith(f"sign-changes: {'all 128' if exact else '199 draws of 512'} signs of")
    assert f"the smallest p attainable is {2 / 2**n_treated:.2g}" in found.notes[0]
    if exact:
        width = found.conf_high - found.conf_low
        for end, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
            inside, outside = (p_value(own - end - step * outwards * width) for step in (-0.001, 0.001))
            assert inside > 0.05 >= outside


def test_noisier_treated_units_are_no_effect():
    """Twice as noisy treated: permutation rejects 7 to 8 of 100 with few treated, sign changes keep to 5."""
    rejected = [
        did(
            simulate_panel(Scenario(n_units=40, n_periods=6, n_treated=7, variances="treated-noisier"), seed),
            inference="sign-changes", draws=199,
        ).p_value <= 0.05
        for seed in range(200)
    ]  # fmt: skip
    # Of 128 signs 6 are 4.7 percent; 200 panels have a standard error of 1.5 points.
    assert 0.01 <= np.mean(rejected) <= 0.09


@pytest.mark.parametrize("words", [{"n_treated": 1}, {"n_starts": 2}])
def test_where_units_have_no_effects_of_their_own_it_is_refused(words):
    panel = simulate_panel(Scenario(n_units=25, n_periods=8, **{"n_treated": 4, **words}), 3)
    with pytest.raises(NotEstimable, match="two or more treated units with one start"):
        did(panel, inference="sign-changes", allow_staggered=True)
