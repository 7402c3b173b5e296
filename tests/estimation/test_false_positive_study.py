"""The committed studies of false positives and of warnings: run in small, held to what the methods page says."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import warning_study  # noqa: E402
from benchmarks.false_positive_study import SCENARIOS, SEED, TABLE, as_markdown, study  # noqa: E402


@pytest.fixture(scope="module")
def rows():
    """The committed table."""
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_is_whole(rows):
    """One row a scenario, one seed, at least a thousand repetitions."""
    told = [(int(row["treated"]), int(row["periods"]), row["variances"]) for row in rows]
    assert told == [(s.n_treated, s.n_periods, s.variances) for s in SCENARIOS]
    assert {int(row["seed"]) for row in rows} == {SEED}
    assert min(int(row["repetitions"]) for row in rows) >= 1_000


def test_the_default_holds_where_the_page_says_so(rows):
    """With treated units like the others: 3.5 to 6.5 percent false positives, 93.5 to 96.5 percent coverage."""
    for row in rows:
        rate, coverage = float(row["default_pct"]), float(row["default_coverage_pct"])
        within = 3.5 <= rate <= 6.5 and 93.5 <= coverage <= 96.5
        assert row["default_holds"] == ("yes" if within else "no")
        if row["variances"] != "treated-noisier" or row["default_inference"] == "scaled-permutation":
            assert within, row


def test_the_page_shows_the_table():
    """The rates in docs/methods.md are the committed ones."""
    assert as_markdown() in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")


def test_a_row_can_be_made_again():
    """The study runs, is seeded, and gives rates in percent."""
    scenario = SCENARIOS[6]
    once, again = (study(scenario, repetitions=8) for _ in range(2))
    assert once == again
    assert 0 <= float(once["default_pct"]) <= 100
    assert once["default_inference"] == "studentised-permutation"


def test_where_the_default_does_not_hold_the_result_warns(rows):
    """Every result of a cell outside the band says so; where it holds by its construction, none does."""
    with warning_study.TABLE.open(newline="") as file:
        warned = {
            (r["treated"], r["periods"], r["variances"]): r
            for r in csv.DictReader(file)
            if r["method"] == "did"
        }
    for row in rows:
        found = warned.get((row["treated"], row["periods"], row["variances"]))
        if row["default_holds"] == "no":
            assert found is not None and float(found["warned_pct"]) == 100, row
        elif row["default_inference"] == "scaled-permutation":
            assert found is not None and float(found["warned_pct"]) == 0, row


def test_the_page_shows_the_warnings():
    """The shares in docs/methods.md are the committed ones, and can be made again."""
    assert warning_study.as_markdown() in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    method, scenario = warning_study.CASES[0]
    assert warning_study.study(method, scenario, 3)["warned_pct"] == "100"
