"""The committed study of staggered and synthetic methods: whole, shown on the methods page, made again in small."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.staggered_synthetic_study import CASES, SEED, TABLE, as_markdown, study  # noqa: E402


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """The committed table."""
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_is_whole(rows: list[dict[str, str]]) -> None:
    """One row a case, one seed, a thousand repetitions, or half of that for the slowest method."""
    told = [(row["method"], int(row["treated"]), int(row["periods"]), row["variances"]) for row in rows]
    assert told == [(method, s.n_treated, s.n_periods, s.variances) for method, s in CASES]
    assert {int(row["seed"]) for row in rows} == {SEED}
    for row in rows:
        assert int(row["repetitions"]) >= (500 if row["method"] == "synthetic-did" else 1_000)


def test_the_defaults_hold(rows: list[dict[str, str]]) -> None:
    """Permutations and placebos reject no more than 5 percent of true nulls, and not much fewer."""
    for row in rows:
        if row["inference"] != "multiplier":
            error = float(row["monte_carlo_se"])
            assert 5 - 4 * error <= float(row["rejected_pct"]) <= 5 + 3 * error, row
            assert 95 - 3 * error <= float(row["covered_pct"]) <= 95 + 4 * error, row


def test_the_page_shows_the_table() -> None:
    """The rates in docs/methods.md are the committed ones."""
    assert as_markdown() in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", [0, 6, len(CASES) - 6])
def test_a_row_can_be_made_again(case: int) -> None:
    """The study is seeded and gives rates in percent."""
    method, scenario = CASES[case]
    once, again = (study(method, scenario, 3) for _ in range(2))
    assert once == again
    assert 0 <= float(str(once["rejected_pct"])) <= 100
