"""Interrupted series, lagged outcome, fractional shares, randomization, dummies: against formulas and print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.linalg import null_space
from scipy.stats import t as t_law

from analysis.estimation.errors import NotEstimable, PanelError, TooShort, Unbalanced, UnknownOption
from analysis.estimation.methods.fractional import fractional
from analysis.estimation.methods.lagged_outcome import lagged_outcome
from analysis.estimation.methods.memory import MEMORIES, fit_remembering
from analysis.estimation.methods.randomization import randomization_inference
from analysis.estimation.methods.regression import regress_with_dummies
from analysis.estimation.methods.segmented import its, segments
from analysis.estimation.methods.two_dates import two_dates
from analysis.estimation.panel.simulate import Scenario, simulate_frame

SIMULATED = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
PAPI = {"unit": "province_code", "time": "year", "treated_from": "treated_from"}


def series(n_periods=24, start=12, seed=2):
    """One treated series; only arithmetic is tested on it."""
    rng = np.random.default_rng(seed)
    times = np.arange(n_periods)
    values = 5 + 0.3 * times + (times >= start) * (2 - 0.1 * (times - start)) + rng.normal(size=n_periods)
    return pd.DataFrame({"unit": "a", "period": times, "outcome": values, "treated_from": start})


def test_its_is_least_squares_with_the_newey_west_formula():
    """Coefficients by the normal equations; covariance by Bartlett-weighted products of scores."""
    frame = series()
    found = its(frame, **SIMULATED, inference="newey-west")
    times, y = frame.period.to_numpy(float), frame.outcome.to_numpy()
    after = (times >= 12).astype(float)
    X = np.column_stack([np.ones(24), times, after, after * (times - 12)])
    bread = np.linalg.inv(X.T @ X)
    scores = X * (y - X @ (bread @ X.T @ y))[:, None]
    lags = int(4 * 0.24 ** (2 / 9))
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    covariance = 24 / 20 * bread @ meat @ bread
    mean = np.array([0, 0, 1, 5.5])
    # Products of 24 doubles in another order.
    assert found.estimate == pytest.approx(mean @ bread @ X.T @ y, rel=1e-9)
    assert found.std_error == pytest.approx(np.sqrt(mean @ covariance @ mean), rel=1e-9)
    half = t_law.ppf(0.975, 24 - 4) * found.std_error
    assert (found.conf_low, found.conf_high) == pytest.approx(
        (found.estimate - half, found.estimate + half), rel=1e-9
    )
    assert [term.group for term in found.terms] == ["change of level", "change of slope a period"]
    assert "no comparison" in found.estimand


@pytest.mark.parametrize(("n_periods", "lags"), [(16, 2), (24, 2), (30, 3), (48, 3), (120, 4)])
def test_newey_west_looks_back_as_far_as_its_rule_says(n_periods, lags):
    """Newey and West (1994): the whole part of 4 (T / 100) to the power 2/9."""
    found = its(series(n_periods=n_periods, start=n_periods // 2), **SIMULATED, inference="newey-west")
    assert any(f"with {lags} lag(s)" in note for note in found.notes)


def _remembering(rng, n_units, n_periods, memory):
    errors = rng.normal(size=(n_units, n_periods))
    for t in range(1, n_periods):
        errors[:, t] = memory * errors[:, t - 1] + np.sqrt(1 - memory**2) * errors[:, t]
    return errors


def _series_frame(values):
    count, length = values.shape
    frame = pd.DataFrame({"unit": np.repeat(range(count), length), "period": np.tile(range(length), count)})
    return frame.assign(outcome=values.ravel(), treated_from=np.where(frame["unit"] == 0, length // 2, 0))


def test_memories_lie_close_together_from_reversal_to_near_a_walk():
    assert (min(MEMORIES), max(MEMORIES)) == pytest.approx((-0.3, 0.98))
    assert np.diff(MEMORIES).min() > 0 and np.diff(MEMORIES).max() <= 0.0501


@pytest.mark.parametrize(("units", "level", "shown"), [(10, 0.9, "permutation"), (9, 0.9, "reml"),
                                                       (20, 0.95, "permutation"), (19, 0.95, "reml")])  # fmt: skip
def test_other_units_judge_where_they_can_reject_at_the_level(units, level, shown):
    frame = _series_frame(np.random.default_rng(4).normal(size=(units, 20)))
    assert its(frame, **SIMULATED, conf_level=level).inference == shown


def test_p_is_the_mean_of_those_under_each_memory():
    series = _remembering(np.random.default_rng(3), 1, 20, 0.5)[0]
    found = fit_remembering(series, segments(20, 10), np.eye(4))
    each = 2 * t_law.sf(abs(found.estimates[2] - 0.1) / found.errors[:, 2], 20 - 4)
    assert found.p_value(2, 0.1) == pytest.approx(found.likelihood @ each, rel=1e-9)


@pytest.mark.parametrize("side", [12, 24])
@pytest.mark.parametrize("memory", [0.0, 0.5, 0.8])
def test_one_series_keeps_its_size_whatever_its_memory(side, memory):
    """Newey–West rejected 18 to 40 in 100; here 150 series, standard error 1.8 points at 5."""
    rng = np.random.default_rng(11)
    pieces, laid_out = np.array([[0, 0, 1, (side - 1) / 2]]), segments(2 * side, side)
    values = _remembering(rng, 150, 2 * side, memory)
    rejected = np.mean([fit_remembering(one, laid_out, pieces).p_value(0) <= 0.05 for one in values])
    assert rejected <= 0.095


def test_memories_are_weighed_by_the_likelihood_of_error_contrasts():
    """What the lines leave, in coordinates of its own, is normal with mean zero under every memory."""
    laid_out, series = segments(20, 10), _remembering(np.random.default_rng(3), 1, 20, 0.5)[0]
    found = fit_remembering(series, laid_out, np.eye(4))
    basis = null_space(laid_out.T)
    apart = np.abs(np.subtract.outer(np.arange(20), np.arange(20)))
    expected = []
    for memory in MEMORIES:
        spread = basis.T @ memory**apart @ basis
        square = basis.T @ series @ np.linalg.solve(spread, basis.T @ series)
        expected.append((1 + memory) * np.linalg.det(spread) ** -0.5 * square ** (-16 / 2))
    assert found.likelihood == pytest.approx(np.array(expected) / sum(expected), rel=1e-6)


@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_other_units_take_the_treated_ones_place(memory):
    """With 29 untreated units no memory has to be known: size by rank, and a bend of three deviations is found."""
    rng = np.random.default_rng(12)
    found = []
    for _ in range(60):
        values = _remembering(rng, 30, 20, memory) + rng.normal(size=20).cumsum()
        found.append(its(_series_frame(values), **SIMULATED))
    assert {one.inference for one in found} == {"permutation"}
    assert np.mean([one.p_value <= 0.05 for one in found]) <= 0.12
    bent = values + np.where(np.arange(30) == 0, 1, 0)[:, None] * 8 * (np.arange(20) >= 10)
    assert its(_series_frame(bent), **SIMULATED).p_value == pytest.approx(1 / 30)


def test_permuted_lines_are_the_difference_of_means():
    """Each unit's own segments, averaged, are those of the averages; weights of units too."""
    rng = np.random.default_rng(13)
    frame = _series_frame(rng.normal(size=(30, 20))).assign(w=lambda rows: 1.0 + rows["unit"] % 4)
    for weights in (None, "w"):
        ranked = its(frame, **SIMULATED, weights=weights)
        alone = its(frame, **SIMULATED, weights=weights, inference="reml")
        assert ranked.estimate == pytest.approx(alone.estimate, abs=1e-10)
        assert [t.estimate for t in ranked.terms] == pytest.approx(
            [t.estimate for t in alone.terms], abs=1e-10
        )
    moving = frame.assign(w=lambda rows: 1.0 + (rows["period"] + rows["unit"]) % 4)
    assert its(moving, **SIMULATED, weights="w").inference == "reml"


def test_its_with_a_comparison_takes_the_difference():
    """With untreated units the series is the difference of the two means."""
    alone, other = series(), series(seed=9).assign(unit="b", treated_from=0)
    found = its(pd.concat([alone, other]), **SIMULATED)
    difference = alone.assign(outcome=alone.outcome.to_numpy() - other.outcome.to_numpy())
    assert found.estimate == pytest.approx(its(difference, **SIMULATED).estimate, rel=1e-12)
    assert "untreated mean" in found.estimand


def test_its_lets_a_change_of_definition_have_its_own_step():
    """The step is a column of the regression; without it the change of definition is read as the start's."""
    frame = series()
    broken = frame.assign(outcome=frame.outcome - 5.0 * (frame.period >= 15))
    found = its(broken, **SIMULATED, steps=["15"])
    stepped = its(frame, **SIMULATED, steps=["15"])
    assert found.estimate == pytest.approx(stepped.estimate, rel=1e-9)
    assert found.terms[-1].group == "step of definition in 15"
    assert found.terms[-1].estimate == pytest.approx(stepped.terms[-1].estimate - 5.0, rel=1e-9)
    times, y = frame.period.to_numpy(float), broken.outcome.to_numpy()
    after = (times >= 12).astype(float)
    X = np.column_stack([np.ones(24), times, after, after * (times - 12), times >= 15])
    level, slope = np.linalg.lstsq(X, y, rcond=None)[0][2:4]
    assert found.estimate == pytest.approx(level + 5.5 * slope, rel=1e-9)
    assert abs(its(broken, **SIMULATED).estimate - found.estimate) > 1
    newey = its(broken, **SIMULATED, steps=["15"], inference="newey-west")
    half = (newey.conf_high - newey.conf_low) / 2
    assert half == pytest.approx(t_law.ppf(0.975, 24 - 5) * newey.std_error, rel=1e-9)


def test_a_step_in_the_period_of_the_start_cannot_be_told_apart():
    with pytest.raises(NotEstimable, match="cannot be told"):
        its(series(), **SIMULATED, steps=["12"])
    with pytest.raises(UnknownOption, match="steps name 99"):
        its(series(), **SIMULATED, steps=["99"])


def test_its_refuses_short_and_gappy_series():
    """Seven points before are too few; a missing cell changes whose mean it is."""
    with pytest.raises(TooShort, match="there are 7 before"):
        its(series(start=7), **SIMULATED)
    gappy = pd.concat([series(), series(seed=9).assign(unit="b").iloc[1:]])
    with pytest.raises(Unbalanced, match="1 of 48"):
        its(gappy, **SIMULATED)
    with pytest.raises(UnknownOption, match="cluster"):
        its(series().assign(c=1), cluster="c", **SIMULATED)


def test_lagged_outcome_is_the_regression_on_the_lag(papi):
    """Scores from 2022 on treatment, year and the score of 2021, by statsmodels, and left out one by one."""
    found = lagged_outcome(papi, outcome="d81_portal_access", inference="CR3", **PAPI)
    score, codes = "d81_portal_access", ["province_code"]
    before = papi[papi["year"] == 2021].set_index(codes)[score].rename("before")
    rows = papi[papi["year"] >= 2022].join(before, on=codes).dropna(subset=[score, "before"])

    def fit(cells, outcome):
        years = pd.get_dummies(cells["year"].astype(str), dtype=float)
        return sm.OLS(
            outcome, years.assign(d=(cells["treated_from"] > 0).astype(float), before=cells["before"])
        ).fit()

    whole = fit(rows, rows[score]).params["d"]
    assert found.estimate == pytest.approx(whole, rel=1e-9)
    names = rows["province_code"].unique()
    left = [
        fit(rest, rest[score]).params["d"]
        for name in names
        if len(rest := rows[rows["province_code"] != name])
    ]
    jackknife = np.sqrt((len(names) - 1) / len(names) * ((np.array(left) - whole) ** 2).sum())
    assert found.std_error == pytest.approx(jackknife, rel=1e-9)
    assert (found.n_units, found.n_obs) == (len(names), len(rows) + len(names))
    assert "22, 24, 27" in " ".join(found.notes)


def test_the_bracket_holds_when_treatment_follows_a_dip():
    """Units treated because they dipped: the difference in differences is too high, the lagged one is not."""
    rng = np.random.default_rng(3)
    before = rng.normal(size=400)
    after = 0.5 * before + rng.normal(size=400)
    treated = before < -1
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(400), 2),
            "period": np.tile([1, 2], 400),
            "outcome": np.column_stack([before, after]).ravel(),
            "treated_from": np.repeat(np.where(treated, 2, 0), 2),
        }
    )
    found = lagged_outcome(frame, draws=99, **SIMULATED)
    lagged, change = (term.estimate for term in found.terms)
    # The truth is 0; its standard error is about 0.15 with 60-odd treated.
    assert abs(lagged) < 0.45
    assert change > 0.5


@pytest.mark.parametrize("covariates", [None, ["x"]])
def test_fractional_is_a_binomial_glm(papi, covariates):
    """Coefficients and clustered errors of statsmodels' logit, and its effect by predicting twice."""
    rows = papi.assign(
        share=((papi["d81_portal_access"] - 1 / 3) / 3).clip(lower=0), x=papi["d82_internet_access"]
    )
    rows = rows.dropna(subset=["share", "x"])
    found = fractional(rows, outcome="share", covariates=covariates, inference="CR1", **PAPI)
    group = (rows["treated_from"] > 0).astype(float)
    design = pd.get_dummies(rows["year"].astype(str), dtype=float).assign(
        group=group, d=group * (rows["year"] >= 2022)
    )
    if covariates:
        design["x"] = rows["x"]
    codes = pd.factorize(rows["province_code"])[0]
    model = sm.GLM(rows["share"], design, family=sm.families.Binomial())
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": codes}, tol=1e-12, maxiter=100)

    def effect(parameters):
        on = design[design["d"] == 1]
        index = on.to_numpy() @ parameters
        without = on.assign(d=0.0).to_numpy() @ parameters
        return 100 * np.mean(1 / (1 + np.exp(-index)) - 1 / (1 + np.exp(-without)))

    parameters, step = fit.params.to_numpy(), 1e-5
    assert found.estimate == pytest.approx(effect(parameters), rel=1e-6)
    slope = [
        (effect(parameters + step * e) - effect(parameters - step * e)) / 2 / step
        for e in np.eye(len(parameters))
    ]
    delta = np.sqrt(np.array(slope) @ fit.cov_params().to_numpy() @ np.array(slope))
    # statsmodels' small-sample factor is G/(G-1) (n-1)/(n-k); ours leaves the second part out, as quasi-
    # likelihood does. Central differences are good to 1e-9 of the slope.
    n, k = design.shape
    assert found.std_error * np.sqrt((n - 1) / (n - k)) == pytest.approx(delta, rel=1e-5)
    assert found.unit == "percentage points"
    degrees = len(np.unique(codes)) - 1
    assert found.p_value == pytest.approx(
        2 * t_law.sf(abs(found.estimate) / found.std_error, degrees), rel=1e-9
    )
    assert found.conf_high - found.estimate == pytest.approx(t_law.ppf(0.975, degrees) * found.std_error)


def test_fractional_stays_within_bounds_and_says_how_it_read_them():
    """Percentages near a ceiling: the effect cannot lead above 100; what is no share is refused."""
    scenario = Scenario(n_units=40, n_periods=6, n_treated=20, mean=95, unit_sd=1, effect=3.0, ceiling=100.0)
    frame = simulate_frame(scenario, seed=1)
    found = fractional(frame, **SIMULATED)
    true = frame.loc[(frame.treated_from > 0) & (frame.period >= frame.treated_from), "true_effect"].mean()
    # Sampling error of a mean of 60 cells with sd about 1.2, differenced: 0.3; bound at three of them.
    assert found.estimate == pytest.approx(true, abs=0.9)
    assert "percentages" in found.notes[0]
    bounded = frame.assign(outcome=np.where(np.arange(len(frame)) % 2, 100.0, frame.outcome))
    bounded.loc[3, "outcome"] = 120.0
    with pytest.raises(PanelError, match="'outcome' holds 120; allowed: shares to 1, or percentages to 100"):
        fractional(bounded, **SIMULATED)
    zeros = frame.assign(outcome=np.where(frame.treated_from > 0, 0.0, frame.outcome / 100))
    with pytest.raises(NotEstimable, match="all 0 or"):
        fractional(zeros, **SIMULATED)


def test_school_blocks(refdata):
    """Randomization inference on school blocks within pairs: b = -0.1807, p about 0.107."""
    rows = refdata("colombia").dropna(subset=["dayscorab"])
    found = randomization_inference(
        rows,
        outcome="dayscorab",
        treatment="b_treat",
        covariates=["b_dayscorab", "miss_b_dayscorab", "round2", "round3"],
        strata="b_pair",
        cluster="b_block",
        draws=4_999,
    )
    assert round(found.estimate, 4) == -0.1807
    # Two counts of 5,000 random draws each: the standard error of their difference is 0.006.
    assert found.p_value == pytest.approx(0.107, abs=0.015)
    assert (found.n_obs, found.n_units, found.n_treated) == (2346, 63, 32)


def test_grunfeld():
    """Baltagi's within estimator on Grunfeld's ten firms."""
    firms = sm.datasets.grunfeld.load_pandas().data
    ten = firms[firms["firm"] != "American Steel"]
    results = regress_with_dummies(ten, outcome="invest", regressors=["value", "capital"], unit="firm")
    assert results.params[["value", "capital"]].round(3).tolist() == [0.110, 0.310]
    assert results.bse[["value", "capital"]].round(3).tolist() == [0.012, 0.017]


def test_two_dates_take_the_others_change_off(papi):
    """Thái Nguyên's change from 2021 to 2024 less the mean change of the provinces never treated."""
    found = two_dates(papi, outcome="d81_portal_access", treated_unit="19", **PAPI)
    wide = papi.pivot(index="province_code", columns="year", values="d81_portal_access")
    change = (wide[2024] - wide[2021]).dropna()
    never = change[papi.groupby("province_code")["treated_from"].first().reindex(change.index) == 0]
    assert found.estimate == pytest.approx(change["19"] - never.mean(), rel=1e-9)
    gaps = pd.concat([never - (never.sum() - never + change["19"]) / len(never), pd.Series([found.estimate])])
    assert found.p_value == pytest.approx((gaps.abs() >= abs(found.estimate) - 1e-12).mean())
    with pytest.raises(UnknownOption, match="10 are treated"):
        two_dates(papi, outcome="d81_portal_access", **PAPI)


def test_two_dates_bound_what_the_others_may_have_moved():
    """Others known in months 1 and 7 only: a line, and the fastest pace between their figures."""
    frame = pd.DataFrame(
        {
            "unit": ["a", "a", "b", "b", "b"],
            "period": ["2022-03", "2022-06", "2022-01", "2022-02", "2022-07"],
            "outcome": [28.0, 60.0, 20.0, 26.0, 36.0],
            "treated_from": ["2022-05", "2022-05", None, None, None],
        }
    )
    found = two_dates(frame, **SIMULATED)
    # From February to July 2 points a month; from January to February 6, the fastest.
    assert {term.group: round(term.estimate, 6) for term in found.terms} == {
        "straight line": 32 - 3 * 2.0,
        "fastest pace": 32 - 3 * 6.0,
    }
    assert found.inference == "none"
    with pytest.raises(NotEstimable, match="lie around"):
        two_dates(frame.iloc[:-1], **SIMULATED)


@pytest.mark.parametrize("treated", [1, 3, 15])
@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_fractional_fits_ordinary_panels_of_shares(treated, spread):
    """Small counts, many exact zeros: Newton's full steps left the concave likelihood in one draw of hundreds."""
    rng = np.random.default_rng(5)
    for _ in range(4):
        units = spread * rng.normal(size=(63, 1))
        units[:treated] = rng.uniform(0, 1, (treated, 1))
        logits = -3 + units + 0.4 * np.arange(6) + 0.7 * rng.normal(size=(63, 6))
        shares = rng.binomial(40, 1 / (1 + np.exp(-logits))) / 40
        frame = pd.DataFrame(
            {
                "unit": np.repeat(np.arange(63), 6),
                "period": np.tile(np.arange(6), 63),
                "share": shares.ravel(),
            }
        )
        frame["start"] = np.where(frame["unit"] < treated, 3, 99)
        found = fractional(
            frame,
            unit="unit",
            time="period",
            outcome="share",
            treated_from="start",
            inference="permutation",
            draws=199,
        )
        assert 0 < found.p_value <= 1


def test_fractional_gives_every_unit_the_treatment_in_turn():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(24), 4), "period": np.tile(np.arange(4), 24)})
    frame["share"] = rng.uniform(0.2, 0.8, len(frame))
    words = {"unit": "unit", "time": "period", "outcome": "share", "treated_from": "start"}
    each = [
        fractional(frame.assign(start=np.where(frame["unit"] == unit, 2, 99)), **words).estimate
        for unit in range(24)
    ]
    found = fractional(frame.assign(start=np.where(frame["unit"] == 5, 2, 99)), **words)
    assert found.p_value == pytest.approx(np.mean(np.abs(each) >= abs(each[5]) - 1e-9))


def test_fractional_counts_the_draws_it_cannot_fit():
    """Provinces without a single online dossier: given the treatment in a draw, the logit has no maximum."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(30), 4), "period": np.tile(np.arange(4), 30)})
    frame["share"] = np.where(frame["unit"] < 20, rng.uniform(0.2, 0.6, len(frame)), 0.0)
    frame["start"] = np.where(frame["unit"] == 0, 2, 99)
    found = fractional(frame, unit="unit", time="period", outcome="share", treated_from="start")
    assert found.p_value >= 1 / 20
    assert any("10 more could not be fitted" in note for note in found.notes)
    assert any("all 20 assignments" in note for note in found.notes)
