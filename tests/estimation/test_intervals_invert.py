"""Intervals hold what their tests do not reject: just inside an end the effect taken off leaves p above 5 percent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import callaway_santanna, did, event_study, imputation
from analysis.estimation.errors import TooFewDraws
from analysis.estimation.panel.simulate import Scenario, simulate_frame

NAMES = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
WORDS = {"draws": 199, "seed": 3}


def made(holed: bool, n_treated: int = 4, mean: float = 0.0) -> pd.DataFrame:
    scenario = Scenario(
        n_units=20, n_periods=12, n_treated=n_treated, n_starts=2, first_start=7, effect=0.7, mean=mean
    )
    frame = simulate_frame(scenario, 5)
    return frame[np.random.default_rng(2).random(len(frame)) > 0.05] if holed else frame


def without(frame: pd.DataFrame, effect: float) -> pd.DataFrame:
    """Take a constant effect off the treated cells."""
    treated = (frame["treated_from"] > 0) & (frame["period"] >= frame["treated_from"])
    return frame.assign(outcome=frame["outcome"] - effect * treated)


@pytest.mark.parametrize("holed", [False, True])
@pytest.mark.parametrize(
    ("method", "inference", "words"),
    [
        (did, "permutation", {"allow_staggered": True}),
        (did, "studentised-permutation", {"allow_staggered": True}),
        (event_study, "permutation", {}),
        (event_study, "studentised-permutation", {}),
        (callaway_santanna, "permutation", {}),
        (callaway_santanna, "studentised-permutation", {}),
        (imputation, "permutation", {}),
        (imputation, "studentised-permutation", {}),
        (imputation, "scaled-permutation", {}),
    ],
)
def test_ends_are_where_the_test_turns(method, inference, words, holed):
    frame = made(holed)
    found = method(frame, **NAMES, **WORDS, **words, inference=inference)
    width = found.conf_high - found.conf_low
    for end, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
        inside, outside = (
            method(
                without(frame, end + step * outwards * width), **NAMES, **WORDS, **words, inference=inference
            )
            for step in (-0.001, 0.001)
        )
        assert inside.p_value > 0.05 >= outside.p_value


def test_on_logits_the_ends_are_nearly_there():
    """A draw's effect is taken as a line between two values there: right to a tenth of the interval."""
    frame = made(True, mean=50)
    words = {**WORDS, "scale": "logit", "inference": "studentised-permutation"}
    found = imputation(frame, **NAMES, **words)
    width = found.conf_high - found.conf_low
    for end, outwards in ((found.conf_low, -1), (found.conf_high, 1)):
        inside, outside = (
            imputation(without(frame, end + step * outwards * width), **NAMES, **words)
            for step in (-0.1, 0.1)
        )
        assert inside.p_value > 0.05 > outside.p_value


def test_units_alone_at_their_date_are_told_what_that_does():
    said = [" ".join(imputation(made(False, k), **NAMES, **WORDS).notes) for k in (2, 4)]
    assert ["A start date has one unit" in notes for notes in said] == [False, False]
    short = [
        made(False, k).query("period > 4") for k in (2, 4)
    ]  # too few periods before to go by their own variation
    said = [" ".join(imputation(frame, **NAMES, **WORDS).notes) for frame in short]
    assert ["A start date has one unit" in notes for notes in said] == [True, False]


@pytest.mark.parametrize("inference", ["wild", "CR3", "conley-taber"])
def test_too_few_draws_are_refused_whatever_is_asked(inference):
    with pytest.raises(TooFewDraws, match="at least 19"):
        did(made(False), **NAMES, allow_staggered=True, inference=inference, draws=5)


@pytest.mark.parametrize(
    ("n_treated", "said"), [(4, "far too small; the rule is permutation"), (9, "5 to 9 of 100")]
)
def test_standard_errors_asked_for_with_few_treated_say_their_rate(n_treated, said):
    found = imputation(made(False, n_treated), **NAMES, **WORDS, inference="multiplier")
    assert said in found.notes[0]
