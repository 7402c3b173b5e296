"""Predictor weights: the global optimum of a published case, the proof where there is one, and nothing worse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.methods.predictor_weights import choose_importance, donor_weights
from analysis.estimation.methods.simplex import nearest_in_hull


def _loss(weights, target, donors):
    return float(((weights @ donors - target) ** 2).mean())


def test_the_basque_optimum_of_becker_and_klossner():
    """Their .63279 .21931 .14790, loss .004286, mean gap -.77096: local searches stop at .008865 (.8508 .1492)."""
    rows = pd.read_csv(Path(__file__).parent / "published" / "basque.csv").set_index("unit")
    years = [name for name in rows if name.isdigit()]
    predictors, paths = rows.drop(columns=years), rows[years]
    name = next(unit for unit in rows.index if "Vasco" in unit)
    others = rows.index != name
    gaps = (predictors[others] - predictors.loc[name]).to_numpy()
    window = [str(year) for year in range(1960, 1970)]
    target, donors = paths.loc[name, window].to_numpy(float), paths.loc[others, window].to_numpy(float)
    weights = donor_weights(gaps, choose_importance(gaps, target, donors))
    assert round(_loss(weights, target, donors), 6) == 0.004286
    found = {unit.split(" ")[0]: w for unit, w in zip(rows.index[others], weights, strict=True) if w > 1e-3}
    assert found == pytest.approx({"Cataluna": 0.63279, "Baleares": 0.21931, "Madrid": 0.14790}, abs=2e-4)
    gap = paths.loc[name] - weights @ paths[others]
    assert gap["1970":"1990"].mean() == pytest.approx(-0.77096, abs=2e-4)


@pytest.mark.parametrize("seed", range(4))
def test_where_the_outcomes_optimum_can_be_led_to_it_is(seed):
    """Predictors that are the outcomes in other units: weights of one over the units squared lead to the bound."""
    rng = np.random.default_rng(seed)
    donors, target = rng.normal(size=(12, 15)), rng.normal(size=15)
    apart = donors - target
    freely = nearest_in_hull(apart.T)
    units = rng.uniform(0.5, 2, 15)
    found = donor_weights(apart * units, choose_importance(apart * units, target, donors))
    assert _loss(found, target, donors) == pytest.approx(_loss(freely, target, donors), rel=1e-6)
