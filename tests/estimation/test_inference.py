"""Each inference against the same thing worked out the long way, with every dummy and every refit."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis import did, event_study
from analysis.estimation.assignments import draw_assignments
from analysis.estimation.callaway_santanna import estimate_callaway_santanna
from analysis.estimation.clustered import spread
from analysis.estimation.errors import NotEstimable, NothingToMove, UnknownOption
from analysis.estimation.event_study import estimate_event_study
from analysis.estimation.frames import build_panel
from analysis.estimation.imputation import estimate_imputation
from analysis.estimation.inference import Ask, infer
from analysis.estimation.permutation import permute, studentised_p
from analysis.estimation.simulate import Scenario, simulate_panel
from analysis.estimation.twoway import fit_two_way
from analysis.estimation.wild import wild_draws

COLUMNS = {"unit": "u", "time": "t", "outcome": "y", "treatment": "d"}
ASK = Ask(draws=199, seed=4, conf_level=0.95)


def cells(n_units=12, n_treated=4, missing=0.12, seed=8, scheduled=False):
    """An unbalanced panel with weights and a covariate; only arithmetic is tested on it."""
    rng = np.random.default_rng(seed)
    frame = pd.MultiIndex.from_product([range(n_units), range(5)], names=["i", "t"]).to_frame(index=False)
    frame["u"] = frame.i.map("{:02d}".format)
    first = np.where(scheduled & (frame.i % 2 == 1), 3, 2)
    frame["d"] = ((frame.i < n_treated) & (frame.t >= first)).astype(int)
    frame["x"], frame["w"] = rng.normal(size=len(frame)), rng.uniform(1, 4, len(frame))
    frame["y"] = rng.normal(size=len(frame)) * (1 + frame.i % 3) + frame.x + frame.t * 0.3
    return frame[rng.random(len(frame)) > missing].reset_index(drop=True)


def design_of(frame, covariates):
    """Write out treatment, covariates and all dummies."""
    dummies = [pd.get_dummies(frame[c].astype(str), drop_first=True, dtype=float) for c in ("i", "t")]
    return np.column_stack([frame["d"], frame[covariates], np.ones(len(frame)), *dummies]).astype(float)


def refit(frame, covariates=(), weights=False):
    """Fit by least squares on dummies; return the coefficient and its CR1 error up to the constant."""
    root = np.sqrt(frame["w"].to_numpy()) if weights else np.ones(len(frame))
    X, y = design_of(frame, list(covariates)) * root[:, None], frame["y"].to_numpy() * root
    bread = np.linalg.pinv(X.T @ X)
    beta = bread @ X.T @ y
    scores = pd.DataFrame((X * (y - X @ beta)[:, None]) @ bread[0]).groupby(frame["i"].to_numpy()).sum()[0]
    return beta[0], float(np.sqrt((scores**2).sum()))


def fit_of(frame, covariates=(), weights=False, **words):
    """Fit our way."""
    return fit_two_way(
        build_panel(frame, covariates=list(covariates), weights="w" if weights else None, **COLUMNS, **words)
    )


@pytest.mark.parametrize("covariates", [(), ("x",)])
@pytest.mark.parametrize("weights", [False, True])
class TestClustered:
    """CR1, CR2 and CR3 with missing cells, with and without weights and a covariate."""

    def test_cr1_is_statsmodels(self, covariates, weights):
        """The same sandwich; statsmodels counts the unit dummies in k, so its factor is undone."""
        frame = cells()
        X = design_of(frame, list(covariates))
        weight = frame["w"] if weights else np.ones(len(frame))
        theirs = sm.WLS(frame["y"], X, weights=weight).fit(
            cov_type="cluster", cov_kwds={"groups": frame["i"].to_numpy()}
        )
        fit = fit_of(frame, covariates, weights)
        n, k_all = X.shape
        nested = fit.n_clusters - 1
        factor = np.sqrt((n - k_all) / (n - (k_all - nested)))
        # Two orders of summation of the same doubles.
        assert spread(fit, "CR1").std_error == pytest.approx(theirs.bse.iloc[0] * factor, rel=1e-9)

    def test_cr3_is_the_jackknife(self, covariates, weights):
        """Leave each unit out of the data and fit anew."""
        frame = cells()
        fit = fit_of(frame, covariates, weights)
        left = [refit(frame[frame.i != i].reset_index(drop=True), covariates, weights)[0] for i in range(12)]
        expected = np.sqrt(11 / 12 * ((np.array(left) - fit.estimate) ** 2).sum())
        assert spread(fit, "CR3").std_error == pytest.approx(expected, rel=1e-9)

    def test_cr2_is_its_formula(self, covariates, weights):
        """(I - H) on all dummies, its square root block by block, Satterthwaite from the full matrix."""
        frame = cells()
        fit = fit_of(frame, covariates, weights)
        root = np.sqrt(frame["w"].to_numpy()) if weights else np.ones(len(frame))
        X, y = design_of(frame, list(covariates)) * root[:, None], frame["y"].to_numpy() * root
        bread = np.linalg.pinv(X.T @ X)
        left = np.eye(len(y)) - X @ bread @ X.T
        columns, total = [], 0.0
        for i in range(12):
            own = np.flatnonzero(frame.i.to_numpy() == i)
            values, vectors = np.linalg.eigh(left[np.ix_(own, own)])
            # The unit's own dummy makes one eigenvalue zero: the pseudo-inverse leaves it out.
            inverse = np.where(values > 1e-10, 1 / np.sqrt(np.maximum(values, 1e-10)), 0)
            a = (vectors * inverse) @ vectors.T @ X[own] @ bread[0]
            columns.append(left[:, own] @ a)
            total += float(a @ (left @ y)[own]) ** 2
        products = np.array(columns) @ np.array(columns).T
        found = spread(fit, "CR2")
        assert found.std_error == pytest.approx(np.sqrt(total), rel=1e-8)
        assert found.degrees == pytest.approx(np.trace(products) ** 2 / (products**2).sum(), rel=1e-8)


@pytest.mark.parametrize("covariates", [(), ("x",)])
@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("scheduled", [False, True])
def test_permutations_are_refits(covariates, weights, scheduled):
    """Every draw's coefficient and t statistic equals a regression with the paths really moved."""
    frame = cells(scheduled=scheduled)
    fit = fit_of(frame, covariates, weights)
    assignments = draw_assignments(fit.panel, 40, np.random.default_rng(1), 0.95)
    draws = permute(fit, assignments, studentised=True)
    starts = np.append(fit.panel.starts, 99)
    for k in (0, 7, 39):
        moved = frame.assign(d=(frame.t >= starts[assignments.paths[k]][frame.i]).astype(int))
        coefficient, error = refit(moved, covariates, weights)
        assert draws.outcome[k] == pytest.approx(coefficient, rel=1e-8)
        assert np.sqrt(draws.variance[0][k]) == pytest.approx(error, rel=1e-8)
        tau = 0.7
        shifted = moved.assign(y=moved.y - tau * frame.d)
        coefficient, error = refit(shifted, covariates, weights)
        constant, linear, square = draws.variance[:, k]
        assert draws.outcome[k] - tau * draws.treatment[k] == pytest.approx(coefficient, rel=1e-8)
        assert np.sqrt(constant - 2 * tau * linear + tau**2 * square) == pytest.approx(error, rel=1e-8)


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


def test_interval_is_where_the_test_stops_rejecting():
    """Just inside each limit the effect is not rejected at 5 percent, just outside it is."""
    for name in ("permutation", "studentised-permutation", "wild"):
        frame = cells(n_units=30, n_treated=6, seed=3)
        found = did(frame, inference=name, draws=499, **COLUMNS)
        for limit, inward in ((found.conf_low, 1), (found.conf_high, -1)):
            for step, kept in ((inward, True), (-inward, False)):
                tau = limit + step * 1e-4
                shifted = frame.assign(y=frame.y - tau * frame.d)
                # The shifted outcome keeps seed and draws, so the same assignments are judged.
                assert (did(shifted, inference=name, draws=499, **COLUMNS).p_value > 0.05) is kept


def test_wild_bootstrap_is_its_refits():
    """Each draw equals a regression on the outcome rebuilt under the null with the drawn signs."""
    frame = cells()
    fit = fit_of(frame)
    drawn = wild_draws(fit, 300, np.random.default_rng(6))
    assert not drawn.exact
    rng = np.random.default_rng(6)
    signs = np.where(rng.integers(0, 2, size=(300, 12)) > 0, 1.0, -1.0)
    X = design_of(frame, [])[:, 1:]
    for k in (0, 11, 299):
        for tau in (0.0, 0.4):
            net = (frame.y - tau * frame.d).to_numpy()
            fitted = X @ np.linalg.lstsq(X, net, rcond=None)[0]
            rebuilt = fitted + signs[k][frame.i] * (net - fitted)
            coefficient, error = refit(frame.assign(y=rebuilt))
            ours = drawn.numerator[0, k] - tau * drawn.numerator[1, k]
            squares = drawn.squares[0, k] - 2 * tau * drawn.squares[1, k] + tau**2 * drawn.squares[2, k]
            assert ours / fit.variation == pytest.approx(coefficient, rel=1e-8, abs=1e-12)
            assert np.sqrt(squares) / fit.variation == pytest.approx(error, rel=1e-8)


def test_wild_bootstrap_lists_all_signs_or_takes_webbs():
    """Eight clusters have 256 sign patterns: listed when that is enough, Webb's six points otherwise."""
    fit = fit_of(cells(n_units=8, n_treated=3, missing=0))
    assert wild_draws(fit, 300, np.random.default_rng(0)).exact
    few = wild_draws(fit, 200, np.random.default_rng(0))
    assert (few.weights, few.exact) == ("Webb", False)


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


def test_one_treated_unit_has_no_jackknife():
    """CR2 and CR3 are refused where leaving the one treated unit out leaves nothing."""
    fit = fit_two_way(simulate_panel(Scenario(n_treated=1, n_periods=6), seed=2))
    for kind in ("CR2", "CR3"):
        with pytest.raises(NotEstimable, match="one treated cluster"):
            infer(fit, kind, ASK)
    with pytest.raises(UnknownOption, match="at least 2 treated"):
        infer(fit, "studentised-permutation", ASK)
    verdict = infer(fit, "permutation", ASK)
    assert verdict.p_value >= 1 / 63
    assert "all 63" in verdict.notes[0]


def test_conley_taber_is_the_spread_of_the_controls():
    """With one treated unit the reference distribution is the controls' own changes in residuals."""
    panel = simulate_panel(Scenario(n_treated=1, n_periods=6, effect=1.0), seed=11)
    verdict = infer(fit_two_way(panel), "conley-taber", Ask(9_999, 1, 0.95))
    after = panel.treatment[0]
    changes = panel.outcome[:, after].mean(axis=1) - panel.outcome[:, ~after].mean(axis=1)
    own = changes[1:] - changes[1:].mean()
    effect = changes[0] - changes[1:].mean()
    # 9,999 draws from 62 controls: the share has a standard error of half a point.
    assert verdict.p_value == pytest.approx((np.abs(own) >= abs(effect)).mean(), abs=0.02)


def test_ferman_pinto_widens_for_a_small_treated_unit():
    """Where variance falls with size, a small treated unit has a wider interval than Conley-Taber gives it."""
    rng = np.random.default_rng(0)
    sizes = np.concatenate([[5.0], np.geomspace(5, 500, 60)])
    noise = rng.normal(size=(61, 6)) * np.sqrt(0.1 + 50 / sizes)[:, None]
    frame = pd.DataFrame(
        [(i, t, noise[i, t], int(i == 0 and t >= 3), sizes[i]) for i in range(61) for t in range(6)],
        columns=["u", "t", "y", "d", "n"],
    )
    narrow = did(frame, inference="conley-taber", weights="n", **COLUMNS)
    wide = did(frame, inference="ferman-pinto", weights="n", **COLUMNS)
    assert wide.conf_high - wide.conf_low > 1.5 * (narrow.conf_high - narrow.conf_low)
    with pytest.raises(UnknownOption, match="sizes"):
        did(frame, inference="ferman-pinto", **COLUMNS)


def test_same_seed_same_answer_whatever_else_is_asked():
    """The studentised p-value does not depend on which inferences stand beside it."""
    frame = cells(n_units=30, n_treated=8)
    alone = did(frame, inference="studentised-permutation", draws=199, **COLUMNS)
    beside = did(frame, draws=199, **COLUMNS)
    assert alone.p_value == beside.p_values["studentised-permutation"]
    fit = fit_of(frame)
    moved = permute(
        fit, draw_assignments(fit.panel, 199, ASK.generator("permutation"), 0.95), studentised=True
    )
    assert 0 < studentised_p(moved, fit) <= 1


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


def test_an_exact_fit_is_not_judged():
    """Outcomes that are unit plus period effect leave rounding errors, which are no evidence."""
    frame = cells(missing=0).assign(y=lambda rows: rows.i + 0.1 * rows.t + 5.0 * rows.d)
    for name in ("default", "permutation", "wild", "CR1"):
        with pytest.raises(NotEstimable, match="exactly"):
            did(frame, inference=name, **COLUMNS)
    with pytest.raises(NotEstimable, match="exactly"):
        event_study(frame, **COLUMNS)


def test_strata_that_allow_no_other_assignment_are_refused():
    """All treated in one stratum, all others in another: nothing can be moved."""
    frame = cells().assign(s=lambda rows: (rows.i < 4).astype(int))
    for method in (did, event_study):
        with pytest.raises(NothingToMove, match="wider strata"):
            method(frame, strata="s", **COLUMNS)


def test_inference_against_the_rule_is_told():
    """Whoever asks for what the rule would not choose gets it, with what is wrong with it."""
    for treated, name, said in (
        (3, "CR1", "far more often"),
        (3, "wild", "hardly ever"),
        (10, "conley-taber", "made for fewer"),
    ):
        panel = simulate_panel(Scenario(n_treated=treated, n_periods=6), seed=2)
        assert said in " ".join(infer(fit_two_way(panel), name, ASK).notes)


def test_scaled_permutation_is_each_effect_over_its_unit_s_own_variation():
    """One treated unit: move it the long way, divide by each unit's deviation before, rank; and invert that."""
    panel = simulate_panel(
        Scenario(n_units=30, n_treated=1, n_periods=12, effect=2.5, variances="unequal"), seed=3
    )
    verdict = infer(fit_two_way(panel), "default", ASK)
    before = panel.outcome[:, :6] - panel.outcome[:, :6].mean(axis=0)
    deviations = before.std(axis=1, ddof=1)
    effects = []
    for unit in range(30):
        moved = np.where(np.arange(30) == unit, 6, 12)
        effects.append(fit_two_way(replace(panel, treated_from=moved)).estimate)
    ratios = np.abs(effects) / deviations
    assert verdict.inference == "scaled-permutation"
    assert verdict.p_value == (ratios >= ratios[0] * (1 - 1e-9)).mean()
    assert verdict.p_values["permutation"] == (np.abs(effects) >= abs(effects[0]) * (1 - 1e-9)).mean()
    for limit, outwards in ((verdict.conf_low, -1e-6), (verdict.conf_high, 1e-6)):
        for step, kept in ((-outwards, True), (outwards, False)):
            without = replace(panel, outcome=panel.outcome - (limit + step) * panel.treatment)
            p_value = infer(fit_two_way(without), "scaled-permutation", ASK).p_value
            assert (p_value > 0.05) is kept


def test_scaled_permutation_withstands_a_noisy_treated_unit():
    """Twice as noisy as the others: the plain test rejects a true null in 31 of 100, this one in 5."""
    scenario, plain, scaled = Scenario(n_treated=1, n_periods=10, variances="treated-noisier"), 0, 0
    for seed in range(200):
        verdict = infer(fit_two_way(simulate_panel(scenario, seed)), "default", ASK)
        scaled += verdict.p_value <= 0.05
        plain += verdict.p_values["permutation"] <= 0.05
    # 5 % of 200 is 10 with a standard error of 3.1.
    assert scaled <= 10 + 3 * 3.1 < plain


def test_scaled_permutation_is_refused_where_it_cannot_be():
    """Several treated, weights, or no variation before: named, and never shown by default."""
    with pytest.raises(NotEstimable, match="one treated unit, and 3"):
        infer(
            fit_two_way(simulate_panel(Scenario(n_treated=3, n_periods=12), seed=1)),
            "scaled-permutation",
            ASK,
        )
    panel = simulate_panel(Scenario(n_treated=1, n_periods=12), seed=1)
    flat = replace(panel, outcome=np.where(np.arange(12) < 6, panel.outcome[:, :1], panel.outcome))
    with pytest.raises(NotEstimable, match="vary before the start"):
        infer(fit_two_way(flat), "scaled-permutation", ASK)
    covered = replace(panel, covariates={"x": panel.outcome[::-1]})
    assert infer(fit_two_way(covered), "default", ASK).inference == "permutation"
    short = infer(fit_two_way(simulate_panel(Scenario(n_treated=1, n_periods=8), seed=1)), "default", ASK)
    assert short.inference == "permutation" and "scaled-permutation" in short.p_values


def test_one_treated_of_unlike_sizes():
    """Sizes that differ: each unit's own variation where there are periods enough, Ferman–Pinto where not."""
    sizes = np.linspace(1, 9, 63)[:, None]
    for periods, shown in ((12, "scaled-permutation"), (6, "ferman-pinto")):
        panel = simulate_panel(Scenario(n_treated=1, n_periods=periods), seed=1)
        verdict = infer(fit_two_way(replace(panel, weights=np.tile(sizes, periods))), "default", ASK)
        assert verdict.inference == shown
        assert set(verdict.p_values) == {"scaled-permutation", "permutation", "ferman-pinto"}


def test_every_test_says_what_noise_it_takes_for_granted():
    """Few treated: the note is there whatever the data; noisier ones before are seen besides."""
    for treated, rate in ((1, "20 to 32 of 100"), (3, "7 to 8 of 100")):
        notes = " ".join(
            infer(
                fit_two_way(simulate_panel(Scenario(n_treated=treated, n_periods=4), 2)), "default", ASK
            ).notes
        )
        assert rate in notes
    noisy = simulate_panel(Scenario(n_treated=10, n_periods=20, variances="treated-noisier"), 2)
    assert "treated units varied 2" in " ".join(infer(fit_two_way(noisy), "default", ASK).notes)


@pytest.mark.parametrize("estimate", [estimate_callaway_santanna, estimate_imputation, estimate_event_study])
def test_averages_of_one_treated_unit_are_held_against_its_own_variation(estimate):
    """Each estimator run anew with every unit as the treated one, over that unit's deviation before."""
    panel = simulate_panel(
        Scenario(n_units=24, n_treated=1, n_periods=12, effect=1.5, variances="unequal"), seed=8
    )
    before = panel.outcome[:, :6] - panel.outcome[:, :6].mean(axis=0)
    effects = [
        estimate(replace(panel, treated_from=np.where(np.arange(24) == unit, 6, 12)), draws=199).estimate
        for unit in range(24)
    ]
    ratios = np.abs(effects) / before.std(axis=1, ddof=1)
    found = estimate(panel, draws=199)
    assert found.inference == "scaled-permutation"
    assert found.p_value == pytest.approx((ratios >= ratios[0] * (1 - 1e-9)).mean())
    assert any("own variation in the 6 periods" in note for note in found.notes)


@pytest.mark.parametrize(("treated", "rate"), [(1, "20 to 32"), (3, "10 to 30"), (10, "6 to 7")])
def test_averages_say_what_noise_they_take_for_granted(treated, rate):
    """The rates measured for staggered starts, in every result of so many treated."""
    panel = simulate_panel(Scenario(n_treated=treated, n_periods=6, n_starts=min(treated, 2)), seed=2)
    assert any(f"{rate} of 100" in note for note in estimate_imputation(panel, draws=199).notes)
