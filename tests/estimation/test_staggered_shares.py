"""The committed study of bounded shares: whole, shown on the methods page, within its bounds, made again in small."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.staggered_shares import (  # noqa: E402
    ROWS,
    SEED,
    TABLE,
    alone_as_markdown,
    as_markdown,
    cohorts_as_markdown,
    study,
)

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], Row]:
    """The committed table."""
    with TABLE.open(newline="") as file:
        return {(row["case"], row["method"]): row for row in csv.DictReader(file)}


def test_the_table_is_whole(rows: dict[tuple[str, str], Row]) -> None:
    """Rows in the order of the cases, one seed, 200 repetitions at the least."""
    assert list(rows) == ROWS
    assert {int(row["seed"]) for row in rows.values()} == {SEED}
    assert min(int(row["repetitions"]) for row in rows.values()) >= 200


def test_logits_find_the_truth_and_keep_their_level(rows: dict[tuple[str, str], Row]) -> None:
    """No bias beyond simulation error without a dip, coverage 92 to 98 percent, true nulls rejected in 2 to 8."""
    for case in ("no effect", "effect"):
        row = rows[case, "imputation, logit"]
        assert abs(float(row["bias"])) <= 3 * float(row["bias_se"]), row
        assert 92 <= float(row["covered_pct"]) <= 98, row
    dipped = rows["laggards and dip", "imputation, logit, anticipation 2"]
    assert abs(float(dipped["bias"])) <= 3 * float(dipped["bias_se"]), dipped
    assert 2 <= float(rows["no effect", "imputation, logit"]["rejected_pct"]) <= 8


def test_units_alone_at_their_date_keep_the_default_and_break_the_errors(
    rows: dict[tuple[str, str], Row],
) -> None:
    for (case, method), row in rows.items():
        if case == "units a date" and method.endswith("default"):
            assert 2 <= float(row["rejected_pct"]) <= 8, row
    assert float(rows["units a date", "1 units a date, date means"]["rejected_pct"]) > 40


def test_the_page_shows_the_table() -> None:
    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    assert as_markdown() in page and alone_as_markdown() in page
    assert cohorts_as_markdown() in page


@pytest.mark.parametrize("row", [ROWS[0], ROWS[5], ROWS[-1]])
def test_a_row_can_be_made_again(row: tuple[str, str]) -> None:
    once, again = (study(*row, 2) for _ in range(2))
    assert once == again
