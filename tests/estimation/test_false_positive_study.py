"""The committed study of false positives: run in small, and held to what the methods page says."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

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
        if row["variances"] != "treated-noisier":
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
