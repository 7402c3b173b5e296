"""Checks, power and specification curve: on the survey, and on simulated panels whose truth is known."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

from analysis import build_panel
from analysis.errors import RequestError
from analysis.estimation.checks.of_did import (
    check_contaminated_controls,
    check_definition_break,
    check_leave_one_out,
    check_placebo_date,
    check_placebo_outcome,
    check_pre_trend,
    check_regression_to_mean,
)
from analysis.estimation.checks.power import check_detectable_effect, simulate_power
from analysis.estimation.checks.specification import specification_curve
from analysis.estimation.inference.noise import noise_ratio
from analysis.estimation.methods.did import did
from analysis.estimation.panel.simulate import Scenario, simulate_frame, simulate_panel
from analysis.estimation.results import Power, SpecificationCurve, from_json, to_json

PAPI = {"unit": "province_code", "time": "year", "treated_from": "treated_from"}


@pytest.fixture(scope="module")
def access(papi):
    """Access to local portals, the outcome the targets were about."""
    return build_panel(papi, outcome="d81_portal_access", **PAPI)


class TestOnTheSurvey:
    """What each check says about PAPI 8.1 with ten provinces treated from 2022."""

    def test_pre_period_is_not_flat(self, access):
        """The joint test is near 9 percent: held to 10, it is not passed."""
        found = check_pre_trend(access)
        assert found.passed is False
        assert {row["event_time"] for row in found.table} == {-3, -2}
        assert str(found).startswith("pre-trend: not passed. Joint test of 2")
        assert found._repr_html_().count("<tr") == 3
        assert found.frame()["event_time"].tolist() == [-3, -2]

    def test_a_placebo_start_finds_the_dip(self, access):
        """Pretending 2021 gives minus 0.034, which is the dip of that year."""
        found = check_placebo_date(access)
        assert found.table[0]["start"] == "2021"
        assert round(found.table[0]["estimate"], 3) == -0.034
        assert found.passed is False

    def test_the_negative_control_is_quiet(self, papi):
        """Internet at home: 0.0040 and nothing to be seen."""
        found = check_placebo_outcome(build_panel(papi, outcome="d82_internet_access", **PAPI))
        assert found.passed is True
        assert round(found.table[0]["estimate"], 4) == 0.0040

    def test_leaving_out_a_province_equals_estimating_without_it(self, access, papi):
        """63 rows, the one that moves most first; Cao Bằng by a refit from the frame."""
        found = check_leave_one_out(access)
        assert len(found.table) == 63
        assert found.table[0]["left_out"] == "04"
        rest = build_panel(papi[papi.province_code != "04"], outcome="d81_portal_access", **PAPI)
        assert found.table[0]["estimate"] == pytest.approx(did(rest, inference="CR1").estimate, rel=1e-9)
        assert found.passed is True

    def test_matching_on_the_dip_halves_the_rise(self, access):
        """Against controls that dipped alike the rise since 2021 is less than half as large."""
        found = check_regression_to_mean(access)
        assert found.passed is False
        assert {len(row["matched"]) for row in found.table} == {3}

    def test_recoding_doubtful_provinces(self, access):
        """Bắc Giang and Hòa Bình set targets too: left out, then counted as treated."""
        found = check_contaminated_controls(access, doubtful=["24", "17"], draws=999)
        assert [row["coding"] for row in found.table] == [
            "as coded",
            "doubtful left out",
            "doubtful as treated",
        ]
        assert [row["n_treated"] for row in found.table] == [10, 10, 12]
        with pytest.raises(RequestError, match="allowed are the untreated"):
            check_contaminated_controls(access, doubtful=["04"])

    def test_a_break_inside_the_window_is_told(self, access):
        """8.1 jumped in 2023 for no documented reason; up to 2022 there is nothing to see."""
        found = check_definition_break(access, breaks={"2023": "jump without a documented change"})
        assert found.passed is False
        assert found.table[-1]["window"] == "2019 to 2022"
        assert check_definition_break(access, breaks={"2019": "not comparable before"}).passed is True
        with pytest.raises(RequestError, match="2031"):
            check_definition_break(access, breaks={"2031": "x"})

    def test_specification_curve(self, papi):
        """Every combination has its row; one that cannot be made says why."""
        found = specification_curve(
            papi,
            unit="province_code",
            time="year",
            treated_from="treated_from",
            outcomes=["d81_portal_access", "d82_internet_access"],
            windows=[None, (2020, 2024), (2022, 2024)],
            leave_out={"all": (), "without the doubtful": ("24", "17")},
            methods=["did", "lagged-outcome"],
            draws=99,
        )
        frame = found.frame()
        assert len(frame) == 24
        assert frame["reason"].notna().sum() == 8
        assert frame.loc[frame["window"] == "2022 to 2024", "reason"].str.contains("before").all()
        first = frame.query("outcome == 'd81_portal_access' and window == 'all' and controls == 'all'")
        assert round(first.set_index("method").loc["did", "estimate"], 4) == 0.0198
        matplotlib.use("Agg")
        assert "8 not possible" in found.plot().get_title()
        assert from_json(SpecificationCurve, to_json(found)).rows[0]["method"] == "did"
        with pytest.raises(RequestError, match="magic"):
            specification_curve(papi, outcomes=["d81_portal_access"], methods=["magic"], **PAPI)


def test_checks_that_cannot_be_made_say_so():
    """One period before and one treated unit leave little to check."""
    short = simulate_panel(Scenario(n_units=20, n_periods=3, n_treated=1, first_start=1), seed=1)
    assert check_pre_trend(short, draws=99).passed is None
    assert check_placebo_date(short).passed is None
    assert check_regression_to_mean(short).passed is None
    assert "cannot be left out" in check_leave_one_out(short).text


def test_a_dip_before_treatment_is_found():
    """Treated units fall by three just before: the rise after is mostly the return, and matching shows it."""
    dipped = simulate_panel(Scenario(n_treated=10, n_periods=8, dip=3.0, autocorrelation=0), seed=3)
    found = check_regression_to_mean(dipped)
    assert "-" in found.text.split("moved by")[1][:3]
    assert check_pre_trend(dipped, draws=499).passed is False


def test_power_counts_what_estimating_would_find():
    """The share found at an effect equals the share of panels, with that effect really added, that reject."""
    panel = simulate_panel(Scenario(n_units=30, n_periods=6, n_treated=6), seed=5)
    curve = simulate_power(panel, inferences=["CR3"], effects=[0.0, 1.0], repetitions=200)
    rng, effect, found = np.random.default_rng(9), 1.0, []
    base = panel.outcome - did(panel, inference="CR1").estimate * panel.treatment
    for _ in range(200):
        starts = rng.permutation(panel.treated_from)
        outcome = base + effect * (np.arange(6)[None, :] >= starts[:, None])
        moved = type(panel)(outcome, panel.observed, starts, panel.units, panel.periods)
        found.append(did(moved, inference="CR3").p_value <= 0.05)
    # Two shares of 200 repetitions: the standard error of their difference is at most 0.05.
    assert curve.rows[1]["power"] == pytest.approx(np.mean(found), abs=0.12)
    assert curve.rows[0]["power"] < 0.15


def test_power_of_papi(access):
    """The panel could have shown about 0.04 (1.4 points of respondents), and says so in a sentence."""
    found = simulate_power(access, inferences=["default", "CR3"], repetitions=100, draws=199)
    assert 0.03 < found.detectable["default"] < 0.06
    assert "10 of 63 units" in found.text
    shares = [row["power"] for row in found.rows if row["inference"] == "default"]
    # Near zero, rejections with the wrong sign grow rarer as those with the right one grow more frequent.
    assert shares[8:] == sorted(shares[8:])
    assert shares[0] < 0.15
    assert shares[-1] > 0.95
    assert from_json(Power, to_json(found)) == found
    matplotlib.use("Agg")
    assert len(found.plot().get_lines()) == 3
    check = check_detectable_effect(access, plausible=0.01, repetitions=50, draws=199)
    assert check.passed is False
    assert "could not have been seen" in check.text


def test_too_few_units_can_show_nothing():
    """One treated of twelve: the smallest p is 1/12, so no effect can be found at 5 percent."""
    panel = simulate_panel(Scenario(n_units=12, n_periods=6, n_treated=1), seed=5)
    found = simulate_power(panel, repetitions=20, draws=99)
    assert found.detectable == {}
    assert "none, whatever its size" in found.text
    assert did(panel).conf_low is None


class TestSimulatedPanels:
    """Simulated panels are what their scenario says."""

    def test_they_are_seeded_and_say_what_they_are(self):
        """The same seed, the same panel; the frame is marked."""
        one, two = (simulate_frame(Scenario(), seed=7) for _ in range(2))
        assert one.equals(two)
        assert one.attrs["simulated"] is True

    def test_errors_remember(self):
        """Autocorrelation 0.5 and standard deviation 1, over 400 units of 40 periods."""
        scenario = Scenario(n_units=400, n_periods=40, unit_sd=0, period_sd=0)
        outcome = simulate_panel(scenario, seed=1).outcome
        # 16,000 cells: the standard error of the correlation is below 0.01, of the deviation below 0.015.
        assert np.corrcoef(outcome[:, :-1].ravel(), outcome[:, 1:].ravel())[0, 1] == pytest.approx(
            0.5, abs=0.04
        )
        assert outcome.std() == pytest.approx(1.0, abs=0.06)

    def test_effects_starts_and_ceiling(self):
        """Staggered starts, effects that grow and differ, and none beyond the ceiling."""
        scenario = Scenario(
            n_treated=9, n_starts=3, effect=5, effect_growth=0.5, effect_sd=1, mean=95, ceiling=100.0
        )
        frame = simulate_frame(scenario, seed=2)
        assert sorted(frame.loc[frame.treated_from > 0, "treated_from"].unique()) == [11, 12, 13]
        assert frame["outcome"].max() == 100
        untreated = frame[(frame.treated_from == 0) | (frame.period < frame.treated_from)]
        assert (untreated["true_effect"] == 0).all()
        treated = frame.drop(untreated.index)
        assert treated["true_effect"].std() > 0.5

    def test_noisier_treated_units_are_noticed(self):
        """Twice the noise is seen before treatment, and the permutation says so."""
        noisy = simulate_panel(Scenario(n_treated=3, n_periods=40, variances="treated-noisier"), seed=2)
        assert noise_ratio(noisy) == pytest.approx(2.0, abs=0.5)
        assert "times as much" in " ".join(did(noisy, draws=99).notes)
        alike = simulate_panel(Scenario(n_treated=3, n_periods=40), seed=2)
        assert "times as much" not in " ".join(did(alike, draws=99).notes)

    @pytest.mark.parametrize(
        "words",
        [
            {"n_treated": 63},
            {"first_start": 0},
            {"n_starts": 11},
            {"variances": "odd"},
            {"autocorrelation": 1.0},
        ],
    )
    def test_impossible_scenarios_are_refused(self, words):
        """Each says what is allowed."""
        with pytest.raises(RequestError, match="llowed"):
            simulate_panel(Scenario(**words), seed=1)


def test_one_treated_unit_of_another_size_is_judged_by_size():
    """With weights that differ the rule turns to Ferman-Pinto, and names permutation beside it."""
    frame = simulate_frame(Scenario(n_units=40, n_periods=8, n_treated=1), seed=1)
    frame["population"] = 50.0 * frame["unit"]
    panel = build_panel(
        frame,
        unit="unit",
        time="period",
        outcome="outcome",
        treated_from="treated_from",
        weights="population",
    )
    found = did(panel, draws=499)
    assert found.inference == "ferman-pinto"
    assert set(found.p_values) == {"ferman-pinto", "permutation", "scaled-permutation"}
