"""One coding of units: whatever type a column of ids has and however its rows lie, a unit's figures are its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.checks.of_did import check_contaminated_controls
from analysis.estimation.checks.specification import specification_curve
from analysis.estimation.errors import DuplicateCells
from analysis.estimation.methods.callaway_santanna import callaway_santanna
from analysis.estimation.methods.did import did
from analysis.estimation.methods.dose import dose_response
from analysis.estimation.methods.synthetic_control import synthetic_control
from analysis.estimation.methods.two_dates import two_dates
from analysis.estimation.panel.frames import build_panel

COLUMNS = {"unit": "unit", "time": "year", "outcome": "y", "treated_from": "start"}
# As text "9" comes after "10", as a number before it: where codings differ, the eleven units change places.
IDS: dict[str, Callable[[int], object]] = {
    "integer": lambda k: k + 1,
    "from minus five": lambda k: k - 5,
    "float": lambda k: float(k + 1),
    "text": lambda k: f"{k + 1}",
    "name": lambda k: ["TX", "CA", "NY", "WA", "OR", "NV", "AZ", "UT", "ID", "MT", "CO"][k],
    "category": lambda k: f"{k + 1}",
}


def test_blanks_and_two_codings_of_one_letter_are_one_unit():
    frame = pd.DataFrame(
        {"i": ["Hòa Bình", "Ho\u0300a Bình ", "Huế", "Huế"], "t": [1, 2, 1, 2], "y": [1.0, 3, 5, 6]}
    )
    panel = build_panel(frame.assign(s=[2, 2, 0, 0]), unit="i", time="t", outcome="y", treated_from="s")
    assert (panel.units, panel.outcome.tolist()) == (("Huế", "Hòa Bình"), [[5.0, 6.0], [1.0, 3.0]])


def _panel(n_treated: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    level, slope = rng.normal(size=11), rng.normal(size=11)
    rows = [
        {
            "place": k,
            "year": year,
            "y": level[k] + slope[k] * (year - 2000) / 5 + 0.3 * np.sin(3 * k + year),
            "x": 2 * level[k] + slope[k],
            "start": 2008 if k < n_treated else 0,
            "dose": 10.0 * (k + 1) if k < n_treated else np.nan,
        }
        for k in range(11)
        for year in range(2000, 2012)
    ]
    return pd.DataFrame(rows)


def _named(frame: pd.DataFrame, ids: str, shuffled: bool) -> tuple[pd.DataFrame, Callable[[int], object]]:
    unit = frame["place"].map(IDS[ids])
    named = frame.assign(unit=unit.astype("category") if ids == "category" else unit)
    return (named.sample(frac=1, random_state=3) if shuffled else named), IDS[ids]


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("ids", IDS)
def test_predictors_stay_with_their_units(ids, shuffled):
    """By number in one place and by text in another, each predictor row went to another unit."""
    frame, name = _named(_panel(), ids, shuffled)
    words = {**COLUMNS, "predictors": ["x:2000:2007"]}
    found = synthetic_control(frame, treated_unit=name(0), **words)
    plain = synthetic_control(_named(_panel(), "name", False)[0], **words)
    assert found.estimate == pytest.approx(plain.estimate, abs=1e-6)
    back = {str(name(k)).removesuffix(".0"): IDS["name"](k) for k in range(11)}
    assert {back[u]: w for u, w in found.weights.items()} == pytest.approx(plain.weights, abs=1e-6)


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("ids", IDS)
def test_no_estimate_depends_on_how_units_are_written(ids, shuffled):
    def estimates(ids: str, shuffled: bool) -> list[float]:
        frame, name = _named(_panel(3), ids, shuffled)
        curve = specification_curve(
            frame, unit="unit", time="year", outcomes=["y"], treated_from="start",
            leave_out={"one out": [name(10)]}, draws=99,
        )  # fmt: skip
        arranged = build_panel(frame, **COLUMNS)
        doubted = check_contaminated_controls(arranged, doubtful=[name(9)], draws=99)
        return [
            did(frame, **COLUMNS, draws=99).estimate,
            callaway_santanna(frame, **COLUMNS, draws=99).estimate,
            dose_response(frame, **COLUMNS, dose="dose", draws=99).estimate,
            two_dates(frame, **COLUMNS, treated_unit=name(1), draws=99).estimate,
            curve.rows[0]["estimate"],
            *(row["estimate"] for row in doubted.table),
        ]

    assert estimates(ids, shuffled) == pytest.approx(estimates("name", False), abs=1e-6)


def test_booleans_are_units_too():
    frame = _panel()
    two = frame[frame["place"] < 2].assign(unit=lambda rows: rows["place"] == 0)
    assert build_panel(two, **COLUMNS).units == ("False", "True")
    assert did(two, **COLUMNS).n_units == 2


def test_one_number_written_in_two_ways_is_one_unit():
    """A column that mixes 7 and "7" would otherwise hold two units of one name."""
    frame = _panel().assign(unit=lambda rows: rows["place"].astype(object))
    late = frame["year"] > 2005
    frame.loc[late, "unit"] = frame.loc[late, "unit"].map(str)
    assert build_panel(frame, **COLUMNS).n_units == 11
    with pytest.raises(DuplicateCells, match="7 in 2000"):
        build_panel(pd.concat([frame, frame.iloc[84:85].assign(unit="7")]), **COLUMNS)
