"""One number a unit and an exact t: as published, as a regression, and exact where its assumption holds."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from analysis import Panel, collapsed, simulate_frame
from analysis.estimation.errors import StaggeredStart, TooShort, UnknownOption
from analysis.estimation.panel.simulate import Scenario

NAMES = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
FEW = Scenario(n_units=14, n_periods=9, n_treated=2, first_start=5, autocorrelation=0.8)


def test_proposition_99_as_lee_and_wooldridge_print_it(refdata):
    """Logs of packs, common start: -0.4222 (0.1208); detrended -0.2270 (0.0941), p 0.0209."""
    frame = refdata("california_prop99").assign(packs=lambda rows: np.log(rows["PacksPerCapita"]))
    words = {"unit": "State", "time": "Year", "outcome": "packs", "treatment": "treated"}
    found, along = collapsed(frame, **words), collapsed(frame, **words, detrend=True)
    assert (round(found.estimate, 4), round(found.std_error, 4)) == (-0.4222, 0.1208)
    assert (round(along.estimate, 4), round(along.std_error, 4), round(along.p_value, 4)) == (
        -0.2270,
        0.0941,
        0.0209,
    )


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_it_is_a_regression_of_units_on_treatment(missing):
    frame = simulate_frame(FEW, 2)
    frame = frame[(np.random.default_rng(1).random(len(frame)) >= missing) | frame["period"].isin([1, 2, 9])]
    found = collapsed(frame, **NAMES)
    before = frame[frame["period"] <= 5].groupby("unit")["outcome"].mean()
    after = frame[frame["period"] > 5].groupby("unit")["outcome"].mean()
    treated = (frame.groupby("unit")["treated_from"].first() > 0).astype(float)
    fit = sm.OLS(after - before, sm.add_constant(treated)).fit()
    assert found.estimate == pytest.approx(fit.params.iloc[1], abs=1e-10)
    assert (found.std_error, found.p_value) == pytest.approx((fit.bse.iloc[1], fit.pvalues.iloc[1]), rel=1e-9)
    assert [found.conf_low, found.conf_high] == pytest.approx(fit.conf_int().iloc[1].tolist(), rel=1e-9)


@pytest.mark.parametrize("detrend", [False, True])
def test_normal_units_keep_the_size_however_few(detrend):
    """Two of fourteen treated, errors that remember: 400 panels, standard error 1.1 points."""
    rejected = [
        collapsed(simulate_frame(FEW, seed), **NAMES, detrend=detrend).p_value <= 0.05 for seed in range(400)
    ]
    assert 0.02 <= np.mean(rejected) <= 0.085


def test_a_line_of_its_own_takes_trends_that_differ_off():
    frame = simulate_frame(FEW, 3)
    steep = frame.assign(outcome=frame["outcome"] + frame["unit"] * frame["period"])
    words = {**NAMES, "detrend": True}
    assert collapsed(steep, **words).estimate == pytest.approx(collapsed(frame, **words).estimate, abs=1e-9)


def test_what_it_cannot_do_is_refused():
    frame = simulate_frame(FEW, 4).assign(weight=1.0)
    with pytest.raises(UnknownOption, match="takes no weights"):
        collapsed(Panel.of(frame, **NAMES, weights="weight"))
    late = frame[~((frame["unit"] == 9) & (frame["period"].between(2, 5)))]
    with pytest.raises(TooShort, match="not so for 9"):
        collapsed(late, **NAMES, detrend=True)
    with pytest.raises(StaggeredStart):
        collapsed(simulate_frame(Scenario(n_treated=4, n_starts=2), 1), **NAMES)
