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
    """Rows in the order of the cases, one seed, every case with like units there; 500 repetitions at the least."""
    cases = [(method, s.n_treated, s.n_periods, s.variances) for method, s in CASES]
    told = [(row["method"], int(row["treated"]), int(row["periods"]), row["variances"]) for row in rows]
    assert told == [case for case in cases if case in told]
    assert {case for case in cases if case[3] != "treated-noisier"} <= set(told)
    assert {int(row["seed"]) for row in rows} == {SEED}
    assert min(int(row["repetitions"]) for row in rows) >= 500


def test_the_defaults_hold(rows: list[dict[str, str]]) -> None:
    """Where units are alike: 3.5 to 6.5 percent of true nulls rejected, 93.5 to 96.5 percent of intervals cover."""
    for row in rows:
        within = 3.5 <= float(row["rejected_pct"]) <= 6.5 and 93.5 <= float(row["covered_pct"]) <= 96.5
        assert row["holds"] == ("yes" if within else "no")
        if row["inference"].startswith("scaled"):
            # With a third of the units noisier, what the controls add is taken as noisier too: fewer rejections.
            cautious = row["variances"] == "treated-noisier" and float(row["rejected_pct"]) < 3.5
            assert within or cautious, row
        elif row["inference"] != "multiplier" and row["variances"] != "treated-noisier":
            # Ranks among groups of controls are no exact test; with several treated the result says how far off.
            by_groups = row["method"] == "synthetic-did" and row["treated"] != "1"
            assert within or (by_groups and float(row["rejected_pct"]) <= 7), row


def test_the_page_shows_the_table() -> None:
    """The rates in docs/methods.md are the committed ones."""
    assert as_markdown() in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", [0, 9, len(CASES) - 9])
def test_a_row_can_be_made_again(case: int) -> None:
    """The study is seeded and gives rates in percent."""
    method, scenario = CASES[case]
    once, again = (study(method, scenario, 3) for _ in range(2))
    assert once == again
    assert 0 <= float(str(once["rejected_pct"])) <= 100
