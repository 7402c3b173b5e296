"""Bacon decomposition: published, and the pieces add up to the two-way coefficient."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_panels import staggered_frame

from analysis.estimation.errors import NotEstimable, Unbalanced
from analysis.estimation.methods.bacon import EARLIER_LATER, LATER_EARLIER, NEVER, bacon
from analysis.estimation.methods.did import did
from analysis.estimation.results import Estimate

ORACLE = json.loads((Path(__file__).parent / "oracles" / "staggered_and_synthetic.json").read_text())
NAMES = {"unit": "unit", "time": "time", "outcome": "y", "treated_from": "start"}


def by_kind(result: Estimate, kind: str) -> tuple[float, float]:
    rows = [row for row in result.checks[0].table if row["kind"] == kind]
    share = sum(row["weight"] for row in rows)
    return round(share, 4), round(sum(row["weight"] * row["estimate"] for row in rows) / share, 4)


def test_published_castle_doctrine() -> None:
    from causaldata import castle

    frame = castle.load_pandas().data[["sid", "year", "l_homicide", "post"]].copy()
    # In this package `post` is 1 from the first whole year of a law; the published figures count from the year
    # it took effect, one before.
    since = frame[frame["post"] == 1].groupby("sid")["year"].min() - 1
    frame["since"] = frame["sid"].map(since)
    found = bacon(frame, unit="sid", time="year", outcome="l_homicide", treated_from="since")
    assert round(found.estimate, 4) == 0.0818
    assert by_kind(found, EARLIER_LATER) == (0.0598, -0.0055)
    assert by_kind(found, LATER_EARLIER) == (0.0319, 0.0703)
    assert by_kind(found, NEVER) == (0.9083, 0.0880)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("never", [True, False])
def test_pieces_add_up_to_the_two_way_coefficient(seed: int, never: bool) -> None:
    frame = staggered_frame(seed)
    frame = frame if never else frame[frame["start"] > 0]
    whole = did(frame, **NAMES, allow_staggered=True, inference="CR1").estimate
    found = bacon(frame, **NAMES)
    assert found.estimate == pytest.approx(whole, abs=1e-10)
    assert sum(found.weights.values()) == pytest.approx(1)
    assert found.weights[NEVER] == 0 or never


def test_agrees_with_diff_diff() -> None:
    found, theirs = bacon(staggered_frame(), **NAMES), ORACLE["diff_diff"]["bacon"]
    assert found.estimate == pytest.approx(theirs["estimate"], abs=1e-10)
    for kind, name in ((NEVER, "never"), (EARLIER_LATER, "earlier_later"), (LATER_EARLIER, "later_earlier")):
        assert found.weights[kind] == pytest.approx(theirs[name], abs=1e-10)


def test_warns_when_units_already_treated_weigh_much() -> None:
    frame = staggered_frame()
    assert bacon(frame, **NAMES).checks[0].passed is True
    check = bacon(frame[frame["start"] > 0], **NAMES).checks[0]
    assert check.passed is False and "already treated" in check.text


def test_refusals() -> None:
    frame = staggered_frame()
    with pytest.raises(Unbalanced, match="1 are missing, the first 0 in 1"):
        bacon(frame.drop(index=1), **NAMES)
    with pytest.raises(NotEstimable, match="neither weights nor covariates"):
        bacon(frame.assign(w=np.ones(len(frame))), **NAMES, weights="w")
