"""Two-way answers of other packages, stored with the script that made them (oracles/make_two_way.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_panels import staggered_frame, unbalanced_frame

from analysis import did, event_study
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.frames import build_panel

WORDS = {"unit": "unit", "time": "time", "outcome": "y", "treatment": "d"}
CASES = {"plain": {}, "covariate": {"covariates": ["x"]}, "weights": {"covariates": ["x"], "weights": "w"}}


@pytest.fixture(scope="module")
def theirs():
    """The stored answers."""
    return json.loads((Path(__file__).parent / "oracles" / "two_way.json").read_text())


@pytest.mark.parametrize("case", sorted(CASES))
def test_two_way_errors_are_pyfixests(case, theirs):
    """Coefficient, CRV1, and CRV3 once its factor is undone."""
    frame, answers = unbalanced_frame(), theirs["pyfixest"]
    one, three = (did(frame, inference=kind, **WORDS, **CASES[case]) for kind in ("CR1", "CR3"))
    # pyfixest demeans by iteration to 1e-12; ours is a direct solution.
    assert one.estimate == pytest.approx(answers[f"{case} estimate"], rel=1e-9)
    assert one.std_error == pytest.approx(answers[f"{case} CRV1"], rel=1e-8)
    # pyfixest multiplies the jackknife sum by G/(G-1) (n-1)/(n-k); MacKinnon, Nielsen and Webb, and we, by
    # (G-1)/G.
    fit = fit_two_way(build_panel(frame, **WORDS, **CASES[case]))
    n, k = len(frame), fit.n_parameters
    factor = np.sqrt((12 / 11) ** 2 * (n - 1) / (n - k))
    assert three.std_error * factor == pytest.approx(answers[f"{case} CRV3"], rel=1e-8)


def test_weighted_coefficient_is_linearmodels(theirs):
    """PanelOLS with entity and time effects, weights and a covariate; a sparse solution to about 1e-10."""
    found = did(unbalanced_frame(), inference="CR1", **WORDS, **CASES["weights"])
    assert found.estimate == pytest.approx(theirs["linearmodels"]["weights estimate"], rel=1e-8)


def test_staggered_event_times_are_pyfixests(theirs):
    """Sun and Abraham's weighted effects, each event time."""
    found = event_study(
        staggered_frame(), unit="unit", time="time", outcome="y", treated_from="start", draws=99
    )
    ours = {str(term.event_time): term.estimate for term in found.terms if not term.is_reference}
    assert ours == pytest.approx(theirs["sun-abraham"], rel=1e-8)


def test_wild_p_value_is_wildboottests(theirs):
    """All 4,096 sign patterns: the same count, but for the two that give back the sample itself."""
    ours = did(unbalanced_frame(), inference="wild", draws=9_999, **WORDS).p_value
    # wildboottest counts statistics above the observed one, we those at least as large: the pattern of ones
    # and its mirror tie with it exactly.
    assert ours == pytest.approx(theirs["wildboottest"]["p_value"] + 2 / 4096, abs=1e-12)
