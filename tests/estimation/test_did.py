"""Two-way fixed effects: published values, dummies by least squares, and the survey panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis import did
from analysis.estimation.errors import NoControlLeft, NotEstimable, StaggeredStart

PAPI = {"unit": "province_code", "time": "year", "treated_from": "treated_from"}


def by_dummies(frame, unit, time, outcome, treatment, weights=None, covariates=()):
    """Fit the same regression with every dummy written out."""
    columns = [frame[[treatment, *covariates]].astype(float)]
    columns += [pd.get_dummies(frame[c].astype(str), drop_first=True, dtype=float) for c in (unit, time)]
    design = sm.add_constant(pd.concat(columns, axis=1))
    values = sm.WLS(frame[outcome], design, weights=1.0 if weights is None else frame[weights])
    return values.fit().params[treatment]


def made_up(seed=3, n_units=20, n_periods=6, missing=0.15):
    """A small unbalanced panel with weights and a covariate: only arithmetic is tested on it."""
    rng = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product([range(n_units), range(n_periods)], names=["i", "t"]).to_frame(
        index=False
    )
    cells["d"] = ((cells.i < 7) & (cells.t >= 3)).astype(int)
    cells["x"] = rng.normal(size=len(cells)) * 40 + 300
    cells["w"] = rng.uniform(1, 9, len(cells))
    cells["y"] = rng.normal(size=len(cells)) + 0.02 * cells.x + cells.i + 0.5 * cells.d
    return cells[rng.random(len(cells)) > missing]


def test_papi_first_look(papi):
    """The numbers of a first look at the survey: estimate, cells, CR1, permutation."""
    found = did(papi, outcome="d81_portal_access", inference="CR1", **PAPI)
    assert round(found.estimate, 4) == 0.0198
    assert (found.n_obs, found.n_units, found.n_treated) == (370, 63, 10)
    assert round(found.std_error, 4) == 0.0171
    moved = did(papi, outcome="d81_portal_access", **PAPI)
    assert moved.inference == "studentised-permutation"
    # The first look drew 2,000 times: its p-values carry a standard error of 0.009.
    assert moved.p_values["permutation"] == pytest.approx(0.17, abs=0.02)
    assert moved.p_values["studentised-permutation"] == pytest.approx(0.26, abs=0.03)
    assert set(moved.p_values) == {"studentised-permutation", "permutation", "wild", "CR3"}


def test_papi_negative_control(papi):
    """Internet at home cannot be moved by targets: the estimate is near zero."""
    found = did(papi, outcome="d82_internet_access", inference="CR1", **PAPI)
    assert round(found.estimate, 4) == 0.0040
    assert round(found.std_error, 4) == 0.0718


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("covariates", [None, ["x"]])
def test_equals_least_squares_on_dummies(weights, covariates):
    """The projection is least squares on all dummies, missing cells, weights and covariates included."""
    cells = made_up()
    found = did(
        cells,
        unit="i",
        time="t",
        outcome="y",
        treatment="d",
        weights=weights,
        covariates=covariates,
        inference="CR1",
    )
    expected = by_dummies(cells, "i", "t", "y", "d", weights, covariates or ())
    # Both solve the same normal equations in doubles; the covariate's size of 300 costs three digits.
    assert found.estimate == pytest.approx(expected, rel=1e-9)


def test_new_jersey(refdata):
    """Card and Krueger (1994): the double difference of their four means, and 2.75 (1.34) on stores seen twice."""
    stores = refdata("card_krueger")
    words = {"unit": "id", "time": "d", "outcome": "fte", "treated_from": "nj"}
    pooled = did(stores, effects="group", **words)
    means = stores.groupby(["nj", "d"])["fte"].mean()
    assert means.round(2).tolist() == [23.33, 21.17, 20.44, 21.03]
    changes = means.groupby("nj").agg(lambda two: two.iloc[1] - two.iloc[0])
    assert pooled.estimate == pytest.approx(changes[1] - changes[0], rel=1e-9)
    # The public file gives 2.7536 to everyone. The paper prints 2.76, which is its two changes rounded first: 0.59
    # in New Jersey, -2.17 in Pennsylvania.
    assert round(pooled.estimate, 4) == 2.7536
    assert changes.round(2).tolist() == [-2.17, 0.59]
    both = stores.groupby("id")["fte"].transform("count") == 2
    balanced = did(stores[both], inference="CR2", **words)
    assert round(balanced.estimate, 2) == 2.75
    assert round(balanced.std_error, 2) == 1.34


def test_minimum_wage(refdata):
    """Callaway and Sant'Anna's county panel: the two-way coefficient."""
    words = {"unit": "countyreal", "time": "year", "outcome": "lemp", "treated_from": "first.treat"}
    with pytest.raises(StaggeredStart, match="callaway-santanna"):
        did(refdata("mpdta"), **words)
    found = did(refdata("mpdta"), allow_staggered=True, **words)
    assert round(found.estimate, 5) == -0.03655
    assert "Starts differ" in found.notes[0]


def test_castle_doctrine():
    """The two-way coefficient on log homicide in Goodman-Bacon's castle doctrine example."""
    from causaldata import castle

    states = castle.load_pandas().data.assign(l_homicide=lambda rows: np.log(rows["homicide"]))
    # `post` is on from the year after the law took effect; the published figure counts from the year itself.
    begun = states[states["post"] > 0].groupby("sid")["year"].min() - 1
    states["start"] = states["sid"].map(begun)
    words = {"unit": "sid", "time": "year", "outcome": "l_homicide", "treated_from": "start"}
    found = did(states, allow_staggered=True, **words)
    assert round(found.estimate, 4) == 0.0818


def test_california(refdata):
    """One treated state of 39: permutation finds nothing remarkable in -27.35."""
    packs = refdata("california_prop99")
    found = did(packs, unit="State", time="Year", outcome="PacksPerCapita", treatment="treated")
    assert round(found.estimate, 2) == -27.35
    # Over each state's own variation in the 19 years before, 4 of 39 are as large.
    assert found.inference == "scaled-permutation" and found.p_value == pytest.approx(4 / 39)
    # All 39 placements are listed: 5 are as large, p = 0.128; 0.12 is what random draws came to.
    assert found.p_values["permutation"] == pytest.approx(5 / 39)
    assert found.std_error is None
    assert "all 39" in " ".join(found.notes)
    asked = did(
        packs, unit="State", time="Year", outcome="PacksPerCapita", treatment="treated", inference="CR1"
    )
    assert round(asked.std_error, 1) == 2.8
    assert "asked for" in asked.notes[0]


def test_all_treated_in_the_end_is_refused():
    """Without a unit never treated, two-way effects have nothing to compare with."""
    cells = pd.DataFrame({"i": [1, 1, 1, 2, 2, 2], "t": [0, 1, 2] * 2, "y": [1.0, 2, 4, 1, 3, 4]})
    with pytest.raises((NoControlLeft, StaggeredStart)):
        did(
            cells.assign(start=cells.i.map({1: 1, 2: 2})),
            unit="i",
            time="t",
            outcome="y",
            treated_from="start",
        )


def test_covariate_equal_to_the_treatment_is_refused():
    """A covariate that is the treatment leaves nothing to estimate."""
    cells = made_up().assign(copy=lambda rows: rows.d * 2.0)
    with pytest.raises(NotEstimable, match="Drop the covariate"):
        did(cells, unit="i", time="t", outcome="y", treatment="d", covariates=["copy"])
