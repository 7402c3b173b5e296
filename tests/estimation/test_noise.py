"""The noise an effect is judged by: there has to be some, and what a test takes for granted of it is said."""

from __future__ import annotations

import pytest
from long_way import ASK, COLUMNS, cells

from analysis import did, event_study
from analysis.estimation.errors import NotEstimable
from analysis.estimation.inference.judge import infer
from analysis.estimation.methods.imputation import imputation
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.simulate import Scenario, simulate_panel


def test_an_exact_fit_is_not_judged():
    """Outcomes that are unit plus period effect leave rounding errors, which are no evidence."""
    frame = cells(missing=0).assign(y=lambda rows: rows.i + 0.1 * rows.t + 5.0 * rows.d)
    for name in ("default", "permutation", "wild", "CR1"):
        with pytest.raises(NotEstimable, match="exactly"):
            did(frame, inference=name, **COLUMNS)
    with pytest.raises(NotEstimable, match="exactly"):
        event_study(frame, **COLUMNS)


def test_every_test_says_what_noise_it_takes_for_granted():
    """Few treated: the note is there whatever the data; noisier ones before are seen besides."""
    for treated, rate in ((1, "20 to 32 of 100"), (3, "7 to 8 of 100")):
        notes = " ".join(
            infer(fit_two_way(simulate_panel(Scenario(n_treated=treated, n_periods=4), 2)), ASK).notes
        )
        assert rate in notes
    noisy = simulate_panel(Scenario(n_treated=10, n_periods=20, variances="treated-noisier"), 2)
    assert "treated units varied 2" in " ".join(infer(fit_two_way(noisy), ASK).notes)


@pytest.mark.parametrize(("treated", "rate"), [(1, "20 to 32"), (3, "10 to 30"), (10, "6 to 7")])
def test_averages_say_what_noise_they_take_for_granted(treated, rate):
    """The rates measured for staggered starts, in every result of so many treated."""
    panel = simulate_panel(Scenario(n_treated=treated, n_periods=6, n_starts=min(treated, 2)), seed=2)
    assert any(f"{rate} of 100" in note for note in imputation(panel, draws=199).notes)
