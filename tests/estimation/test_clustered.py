"""Clustered errors against the same sandwich, jackknife and formula on all dummies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from long_way import ASK, cells, design_of, fit_of, refit

from analysis.estimation.errors import NotEstimable, UnknownOption
from analysis.estimation.inference.clustered import spread
from analysis.estimation.inference.judge import infer
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.simulate import Scenario, simulate_panel


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


def test_one_treated_unit_has_no_jackknife():
    """CR2 and CR3 are refused where leaving the one treated unit out leaves nothing."""
    fit = fit_two_way(simulate_panel(Scenario(n_treated=1, n_periods=6), seed=2))
    for kind in ("CR2", "CR3"):
        with pytest.raises(NotEstimable, match="one treated cluster"):
            infer(fit, replace(ASK, inference=kind))
    with pytest.raises(UnknownOption, match="at least 2 treated"):
        infer(fit, replace(ASK, inference="studentised-permutation"))
    verdict = infer(fit, replace(ASK, inference="permutation"))
    assert verdict.p_value >= 1 / 63
    assert "all 63" in verdict.notes[0]
