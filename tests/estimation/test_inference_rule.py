"""The rule follows the number of treated and their sizes, and says what is wrong with another choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from long_way import ASK

from analysis.estimation.inference import infer
from analysis.estimation.simulate import Scenario, simulate_panel
from analysis.estimation.twoway import fit_two_way


def test_the_rule_follows_the_number_of_treated():
    """One: plain permutation; up to five: no standard error; up to twelve: CR3 beside; more: CR3."""
    shown = {}
    for treated in (1, 3, 5, 6, 12, 13, 52, 60):
        panel = simulate_panel(Scenario(n_treated=treated, n_periods=6), seed=2)
        verdict = infer(fit_two_way(panel), "default", ASK)
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
        verdict = infer(fit_two_way(replace(panel, weights=np.tile(sizes, periods))), "default", ASK)
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
        assert said in " ".join(infer(fit_two_way(panel), name, ASK).notes)
