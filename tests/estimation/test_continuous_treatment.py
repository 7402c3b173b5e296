"""Two-way regressions on a share of the year: Cheng & Hoekstra (2013), Journal of Human Resources 48(3), table 5."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import regress_with_dummies

# Share of its first year in which each State's castle doctrine law was in force (the authors' `cdl`).
FIRST_YEAR = {
    1: (2006, 0.580822), 2: (2006, 0.295890), 3: (2006, 0.684932), 10: (2005, 0.246575), 11: (2006, 0.5),
    15: (2006, 0.5), 17: (2006, 0.6), 18: (2006, 0.468493), 19: (2006, 0.375342), 23: (2006, 0.246575),
    25: (2006, 0.5), 26: (2007, 0.339726), 27: (2009, 0.676712), 35: (2007, 0.413699), 36: (2008, 0.306849),
    37: (2006, 0.161644), 41: (2006, 0.558904), 42: (2006, 0.5), 43: (2007, 0.608219), 44: (2007, 0.328767),
    49: (2008, 0.838356),
}  # fmt: skip
CONTROLS = (
    "l_police", "unemployrt", "l_income", "poverty", "blackm_15_24", "whitem_15_24", "blackm_25_44", "whitem_25_44",
    "l_prisoner", "l_lagprisoner", "l_exp_subsidy", "l_exp_pubwelfare",
)  # fmt: skip


@pytest.fixture(scope="module")
def castle() -> pd.DataFrame:
    """Murders in 50 States, 2000 to 2010, with the share of the year under the law."""
    from causaldata import castle as published

    frame = published.load_pandas().data
    first, part = (frame["sid"].map(lambda sid, k=k: FIRST_YEAR.get(sid, (9999, 0.0))[k]) for k in (0, 1))
    return frame.assign(cdl=(frame["year"] > first) + (frame["year"] == first) * part)


@pytest.mark.parametrize(
    ("weights", "published"),
    [
        ("popwt", ((0.0801, 0.0342), (0.0946, 0.0279), (0.0937, 0.0290))),
        (None, ((0.0877, None), (0.0811, None), (0.0600, None))),
    ],
)
def test_the_published_coefficients_of_a_share_of_the_year(castle, weights, published):
    """State and year effects; with region by year; with twelve controls. Their last digit is a rounded one."""
    regions = [f"r{year}{region}" for year in range(2001, 2011) for region in (1, 2, 3)]
    for more, (coefficient, error) in zip(([], regions, [*regions, *CONTROLS]), published, strict=True):
        found = regress_with_dummies(
            castle, outcome="l_homicide", regressors=["cdl", *more], unit="sid", time="year", weights=weights,
            cluster="sid",
        )  # fmt: skip
        assert found.params["cdl"] == pytest.approx(coefficient, abs=5.1e-5)
        if error:
            # State effects are nested in the clusters and count as one term; statsmodels counts fifty.
            factor = np.sqrt((found.nobs - len(found.params)) / (found.nobs - len(found.params) + 49))
            assert found.bse["cdl"] * factor == pytest.approx(error, abs=1.1e-4)
