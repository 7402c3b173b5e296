"""Published estimates that depend on means of groups alone: the means stand here, so that these run in any clone."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import callaway_santanna, did, event_study, imputation
from analysis.estimation.errors import StaggeredStart
from analysis.estimation.methods.group_time import group_times
from analysis.estimation.panel.frames import build_panel

# Mean log teen employment by the first year of a higher minimum wage (0: none) in 2003 to 2007, and counties, from the
# data of Callaway & Sant'Anna (2021), `mpdta` in their R package did.
EMPLOYMENT = {
    0: (309, (5.654630022, 5.591999998, 5.604808434, 5.638896282, 5.661132540)),
    2004: (20, (6.179696834, 6.106563563, 6.059452087, 6.026704354, 6.085387988)),
    2006: (40, (6.573993628, 6.517883716, 6.527941333, 6.557434575, 6.543040968)),
    2007: (131, (5.842906496, 5.810783128, 5.820865670, 5.823866399, 5.820048247)),
}
NAMES = {"unit": "county", "time": "year", "outcome": "employment", "treated_from": "first"}
CELLS = {
    (2004, 2004): -0.0105, (2004, 2005): -0.0704, (2004, 2006): -0.1373, (2004, 2007): -0.1008,
    (2006, 2006): -0.0046, (2006, 2007): -0.0412, (2007, 2007): -0.0261,
}  # fmt: skip


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    """Give counties that scatter about the published means: each group's noise sums to zero in each year."""
    rng, parts = np.random.default_rng(1), []
    for first, (count, means) in EMPLOYMENT.items():
        noise = rng.normal(size=(count, 5))
        values = np.array(means) + noise - noise.mean(axis=0)
        rows = {
            "county": np.repeat([f"{first}-{k}" for k in range(count)], 5),
            "year": np.tile(range(2003, 2008), count),
        }
        parts.append(pd.DataFrame({**rows, "employment": values.ravel(), "first": first}))
    return pd.concat(parts)


@pytest.mark.parametrize(
    ("aggregate", "published"), [("simple", -0.0400), ("dynamic", -0.0772), ("group", -0.0310)]
)
def test_minimum_wages_by_group_and_time(counties, aggregate, published):
    found = callaway_santanna(counties, **NAMES, aggregate=aggregate, inference="analytic")
    assert round(found.estimate, 4) == published
    cells = group_times(build_panel(counties, **NAMES), controls="never", method="dr", base="varying")
    effects = {
        (2003 + group, 2003 + period): round(effect, 4)
        for group, period, effect in zip(cells.groups, cells.periods, cells.effects, strict=True)
    }
    assert CELLS.items() <= effects.items()


def test_minimum_wages_by_regression_and_imputation(counties):
    """The two-way coefficient, imputation, and the event study's mean over event times."""
    with pytest.raises(
        StaggeredStart, match=r"did takes one common start.* Methods that take staggered starts: event-study"
    ):
        did(counties, **NAMES)
    assert round(did(counties, **NAMES, allow_staggered=True, inference="CR1").estimate, 5) == -0.03655
    assert round(imputation(counties, **NAMES, inference="analytic").estimate, 5) == -0.04771
    assert round(event_study(counties, **NAMES, aggregate="dynamic", inference="CR1").estimate, 4) == -0.0772
    assert event_study(counties, **NAMES, draws=99).inference == "multiplier"


def test_new_jerseys_double_difference():
    """Card & Krueger (1994), table 3: full-time equivalents a store before and after, New Jersey and Pennsylvania."""
    means = {("NJ", 1): 20.44, ("NJ", 2): 21.03, ("PA", 1): 23.33, ("PA", 2): 21.17}
    rows = [
        (f"{state}{wave}{k}", wave, mean + part, 2 if state == "NJ" else 0)
        for (state, wave), mean in means.items()
        for k, part in enumerate((-9.0, 0.0, 9.0))
    ]
    frame = pd.DataFrame(rows, columns=["store", "wave", "fte", "first"])
    words = {"unit": "store", "time": "wave", "outcome": "fte", "treated_from": "first"}
    # The paper rounds either change first, and has 2.76.
    assert did(frame, **words, effects="group", inference="CR2").estimate == pytest.approx(2.75)


def test_at_least_half_of_the_published_cases_are_tested_in_any_clone():
    """docs/methods.md says how many are, and marks those that need data beside the project."""
    page = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
    section = page.split("## Published values, and ours")[1]
    met, anywhere = map(int, re.search(r"Of the (\d+) that are met, (\d+) are tested", section).groups())
    rows = re.findall(
        r"^\| (?!case|---)(.*?) \| .*? \| (.*?) \|$", section.split("\nAgreement")[0], re.MULTILINE
    )
    shown = [case.endswith("†") for case, ours in rows if not re.match("not (tried|offered|done|met)", ours)]
    assert (len(shown), shown.count(False)) == (met, anywhere)
    assert 2 * anywhere >= met
