"""The rule follows the number of treated and their sizes, and says what is wrong with another choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from long_way import ASK
from scipy.stats import norm

from analysis import callaway_santanna, did, event_study, imputation
from analysis.estimation.errors import UnknownOption
from analysis.estimation.inference.judge import infer
from analysis.estimation.inference.rule import count_side
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.simulate import Scenario, simulate_panel


def test_the_rule_follows_the_number_of_treated():
    """One: plain permutation; up to five: no standard error; up to twelve: CR3 beside; more: CR3."""
    shown = {}
    for treated in (1, 3, 5, 6, 12, 13, 52, 60):
        panel = simulate_panel(Scenario(n_treated=treated, n_periods=6), seed=2)
        verdict = infer(fit_two_way(panel), ASK)
        shown[treated] = (verdict.inference, verdict.std_error is None)
    assert shown == {
        1: ("permutation", True),
        3: ("studentised-permutation", True),
        5: ("studentised-permutation", True),
        6: ("studentised-permutation", False),
        12: ("studentised-permutation", False),
        13: ("CR3", False),
        52: ("studentised-permutation", False),
        60: ("studentised-permutation", True),
    }


def test_one_treated_of_unlike_sizes():
    """Sizes that differ: each unit's own variation where there are periods enough, Ferman–Pinto where not."""
    sizes = np.linspace(1, 9, 63)[:, None]
    for periods, shown in ((12, "scaled-permutation"), (6, "ferman-pinto")):
        panel = simulate_panel(Scenario(n_treated=1, n_periods=periods), seed=1)
        verdict = infer(fit_two_way(replace(panel, weights=np.tile(sizes, periods))), ASK)
        assert verdict.inference == shown
        assert set(verdict.p_values) == {"scaled-permutation", "permutation", "ferman-pinto"}


def test_inference_against_the_rule_is_told():
    """Whoever asks for what the rule would not choose gets it, with what is wrong with it."""
    for treated, name, said in (
        (3, "CR1", "far more often"),
        (3, "wild", "hardly ever"),
        (10, "conley-taber", "made for fewer"),
    ):
        panel = simulate_panel(Scenario(n_treated=treated, n_periods=6), seed=2)
        assert said in " ".join(infer(fit_two_way(panel), replace(ASK, inference=name)).notes)


@pytest.mark.parametrize(
    ("per_date", "dates", "shown"),
    [
        (1, 1, "permutation"),
        (5, 1, "studentised-permutation"),
        (13, 1, "studentised-permutation"),
        (40, 1, "studentised-permutation"),
        (41, 1, "multiplier"),
        (5, 9, "multiplier"),
        (4, 12, "studentised-permutation"),
    ],
)
@pytest.mark.parametrize("method", [callaway_santanna, event_study, imputation])
def test_averages_go_by_the_number_of_units_and_of_units_a_date(method, per_date, dates, shown):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"u": np.repeat(range(110), dates + 4), "t": np.tile(range(dates + 4), 110)})
    frame["g"] = np.where(frame["u"] < per_date * dates, 3 + frame["u"] % dates, 99)
    frame["y"] = rng.normal(size=len(frame))
    found = method(frame, unit="u", time="t", outcome="y", treated_from="g", draws=99)
    assert found.inference == shown


@pytest.mark.parametrize("method", [did, callaway_santanna, imputation])
def test_two_treated_units_can_be_studentised_and_one_cannot(method):
    words = {"inference": "studentised-permutation", "draws": 99}
    two, one = (simulate_panel(Scenario(n_units=20, n_treated=n, n_periods=6), 2) for n in (2, 1))
    assert method(two, **words).inference == "studentised-permutation"
    with pytest.raises(UnknownOption, match="at least 2 treated and 2 untreated"):
        method(one, **words)


def test_as_many_treated_as_untreated_are_called_treated():
    assert (
        count_side(simulate_panel(Scenario(n_units=10, n_treated=5, n_periods=4), 1))
        == "5 of 10 clusters are treated"
    )
    assert (
        count_side(simulate_panel(Scenario(n_units=10, n_treated=6, n_periods=4), 1))
        == "4 of 10 clusters are untreated"
    )


def test_analytic_errors_are_judged_by_the_normal_law():
    panel = simulate_panel(Scenario(n_units=20, n_treated=7, n_periods=6, effect=0.5), 2)
    found = callaway_santanna(panel, inference="analytic")
    for one in (found, *found.terms):
        assert one.p_value == pytest.approx(2 * norm.sf(abs(one.estimate) / one.std_error))
        half = norm.ppf(0.975) * one.std_error
        assert (one.conf_low, one.conf_high) == pytest.approx((one.estimate - half, one.estimate + half))


@pytest.mark.parametrize("seed", range(5))
def test_the_assignment_seen_is_one_of_those_listed(seed):
    """No other of the 45 lies as far out as a large effect: its own place is the one that counts."""
    panel = simulate_panel(Scenario(n_units=10, n_treated=2, n_periods=6, effect=50.0), seed)
    for inference in ("permutation", "studentised-permutation"):
        assert did(panel, inference=inference).p_value == pytest.approx(1 / 45)
